package outlook

import (
	"slices"
	"sync"
)

// Hurts remembers which messages of a source could not be read whole, by part.
type Hurts struct {
	mu   sync.Mutex
	list map[string]*hurt
}

type hurt struct {
	seen  map[string]bool // references
	texts []string
}

// maxHurts bounds how many messages of a part are told of.
const maxHurts = 50

// Add notes a message, once.
func (h *Hurts) Add(part, ref, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.list == nil {
		h.list = map[string]*hurt{}
	}
	one := h.list[part]
	if one == nil {
		one = &hurt{seen: map[string]bool{}}
		h.list[part] = one
	}
	if len(one.seen) >= maxHurts || one.seen[ref] {
		return
	}
	one.seen[ref] = true
	one.texts = append(one.texts, text)
}

// Of returns what was noted of a part.
func (h *Hurts) Of(part string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.list[part] == nil {
		return nil
	}
	return slices.Clone(h.list[part].texts)
}
