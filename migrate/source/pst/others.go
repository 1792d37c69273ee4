package pst

import (
	"context"
	"iter"
	"sync"

	"unpop/migrate"
	"unpop/migrate/source/outlook"
	"unpop/migrate/source/pst/ndb"
)

// Others implements [migrate.Exporter]: contacts and distribution lists as vCards; appointments, tasks, journal entries and notes as
// iCalendar objects.
func (s *Source) Others(ctx context.Context) iter.Seq2[*migrate.Other, error] {
	return func(yield func(*migrate.Other, error) bool) {
		for _, f := range s.files {
			if f.err != nil {
				if !yield(nil, f.err) {
					return
				}
				continue
			}
			for _, p := range f.folderParts() {
				if !p.listOthers(ctx, yield) {
					return
				}
			}
		}
	}
}

// otherCounts are how many items that are no mail each folder has, as far as it was listed.
type otherCounts struct {
	mu      sync.Mutex
	folders map[string]int64
}

func (c *otherCounts) set(folder string, others outlook.Counts) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.folders == nil {
		c.folders = map[string]int64{}
	}
	c.folders[folder] = others.Sum()
}

// OtherItems implements [migrate.OtherCounter].
func (s *Source) OtherItems() map[string]int64 {
	all := map[string]int64{}
	for _, f := range s.files {
		f.counts.mu.Lock()
		for folder, n := range f.counts.folders {
			if n > 0 {
				all[folder] += n
			}
		}
		f.counts.mu.Unlock()
	}
	return all
}

// listOthers lists what is no mail in a folder; it returns false when it is to stop.
func (p *part) listOthers(ctx context.Context, yield func(*migrate.Other, error) bool) bool {
	for i, e := range p.file.loadTree().in(p.folder.node) {
		if err := ctx.Err(); err != nil {
			yield(nil, err)
			return false
		}
		m, err := p.other(e.message)
		if err != nil {
			if !yield(nil, p.fault(i+1, err)) {
				return false
			}
			continue
		}
		if m != nil && !yield(outlook.Other(m, p.where(), p.file.options()), nil) {
			return false
		}
	}
	return true
}

// other opens an item; nil if it is mail, or settings.
func (p *part) other(id ndb.NID) (*item, error) {
	node, err := p.file.file.Node(id)
	if err != nil {
		return nil, err
	}
	m, err := p.file.item(node, nil)
	if err != nil {
		return nil, err
	}
	if _, mail, user := outlook.Kind(m); mail || !user {
		return nil, nil
	}
	return m, nil
}
