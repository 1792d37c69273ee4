package pst

import (
	"unpop/migrate/mapi"
	"unpop/migrate/source/pst/ndb"
)

// asked is how many messages are asked for the code page of a store.
const asked = 200

// guessPage finds the code page of an ANSI store, which says nothing about it itself: the one of most of its first messages,
// that of the language in which they were written where they don't say either. 0 is unknown.
func (s *store) guessPage() int {
	votes, messages := map[int]int{}, 0
	for node, err := range s.file.Nodes() {
		if err != nil || node.ID.Type() != ndb.TypeMessage {
			continue
		}
		if messages++; messages > asked {
			break
		}
		if o, err := s.folderObject(node.ID); err == nil {
			votes[mapi.CodePage(o)]++
		}
	}
	best := 0
	for page, n := range votes {
		if page != 0 && (n > votes[best] || best == 0 || n == votes[best] && page < best) {
			best = page
		}
	}
	return best
}
