package pop3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"unpop/migrate"
)

// Dispose deletes messages on the server, implementing [migrate.Disposer]: of those that the refs name, and no more than most of them,
// each that is listed under the UIDL and with the size that it was fetched with, and whose header is the one in the spool. DELE only
// marks; the server deletes when it answers QUIT (RFC 1939 section 6), so that of a session that ends otherwise nothing counts, and the
// next call finds what is left. The spool keeps its files.
func (s *Source) Dispose(ctx context.Context, part string, refs []string, most int) (gone int64, err error) {
	if part != partName {
		return 0, fmt.Errorf("pop3: no such part: %q", part)
	}
	if err := s.spool.enter(ctx); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.spool.leave()) }()
	p := &Part{s: s, tries: map[string]int{}}
	ses, err := s.begin(ctx, p) // compares the listing with the spool
	if err != nil {
		return 0, err
	}
	due, err := p.proven(ctx, ses, refs)
	if err == nil {
		gone, err = ses.remove(ctx, due[:min(most, len(due))])
	}
	if err != nil {
		ses.drop() // nothing is deleted then
		return 0, err
	}
	if err := ses.quit(ctx); err != nil {
		return 0, fmt.Errorf("delete: the server did not confirm: %w", err)
	}
	return gone, nil
}

// proven picks the messages that are what the spool has: the header is looked at once more, whatever was seen before.
func (p *Part) proven(ctx context.Context, ses *session, refs []string) ([]item, error) {
	wanted := make(map[string]bool, len(refs))
	for _, ref := range refs {
		wanted[ref] = true
	}
	var due []item
	for _, it := range p.listed() {
		if e, ok := p.s.spool.known(it); ok && e.base != "" && e.size == it.size && wanted[e.base] {
			due = append(due, it)
		}
	}
	if !ses.caps.top || len(due) == 0 {
		return due, nil
	}
	proven := due[:0:0]
	err := ses.headers(ctx, due, func(i int, h header, err error) {
		if e, ok := p.s.spool.known(due[i]); ok && err == nil && e.head == sum(h.digest[:16]) {
			proven = append(proven, due[i])
		}
	})
	return proven, err
}

// deletes is how many DELE leave at once.
const deletes = 100

// remove marks messages for deletion, and counts those that the server marked.
func (s *session) remove(ctx context.Context, items []item) (marked int64, err error) {
	defer s.gate.guard(ctx)()
	for len(items) > 0 {
		n := 1
		if s.caps.pipelining {
			n = min(deletes, len(items))
		}
		var text strings.Builder
		for _, it := range items[:n] {
			fmt.Fprintf(&text, "DELE %d\r\n", it.number)
		}
		if _, err := io.WriteString(s.gate, text.String()); err != nil {
			return marked, lost(ctx, err)
		}
		for range n {
			ok, err := s.gate.answer()
			if err != nil {
				return marked, lost(ctx, err)
			}
			if ok {
				marked++
			}
		}
		items = items[n:]
	}
	return marked, nil
}

var (
	_ migrate.Disposer   = (*Source)(nil)
	_ migrate.Attachable = (*Source)(nil)
)
