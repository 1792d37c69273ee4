package imap

import (
	"strings"

	goimap "github.com/emersion/go-imap/v2"
)

// askSpaces sends NAMESPACE. A server that says nothing has one namespace.
func (s *Session) askSpaces() func() (*goimap.NamespaceData, error) {
	if !s.wire.caps.Has(goimap.CapNamespace) {
		return func() (*goimap.NamespaceData, error) { return &goimap.NamespaceData{}, nil }
	}
	asked := s.client.Namespace()
	return func() (*goimap.NamespaceData, error) {
		spaces, err := asked.Wait()
		if err != nil && isAnswer(err) {
			err = nil
		}
		return spaces, err
	}
}

// isForeign tells the mailboxes of other users and those of all (RFC 2342 section 5), by the longest prefix that fits.
func isForeign(spaces *goimap.NamespaceData, name string) bool {
	others := max(longestPrefix(spaces.Other, name), longestPrefix(spaces.Shared, name))
	return others > longestPrefix(spaces.Personal, name) && !strings.EqualFold(name, inbox)
}

// longestPrefix is the length of the longest prefix that a name has, or that it is without its delimiter; -1 if there is none.
func longestPrefix(spaces []goimap.NamespaceDescriptor, name string) int {
	longest := -1
	for _, space := range spaces {
		if strings.HasPrefix(name+string(space.Delim), decodeShifts(space.Prefix)) {
			longest = max(longest, len(space.Prefix))
		}
	}
	return longest
}
