package pop3

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"sync"

	"unpop/migrate"
)

// A Part is the account's mailbox: what the server listed, and what the spool has of it and kept of earlier days.
type Part struct {
	s *Source

	mu      sync.Mutex // guards listing
	listing []item
	tries   map[string]int // how often a message broke the connection; given up, and told, at mostTries
}

// mostTries is how often a message may break the connection before the others go on without it.
const mostTries = 5

// Info describes the mailbox. The stamp is made of the listing, so that a second run only lists.
func (p *Part) Info() migrate.PartInfo {
	listing, held := p.listed(), p.held(context.Background())
	info := migrate.PartInfo{Name: partName, Folder: p.folder(), Stamp: p.stamp(listing, held)}
	p.s.spool.mu.Lock()
	defer p.s.spool.mu.Unlock()
	x := p.s.spool.index
	for _, e := range x.entries {
		if e.base != "" {
			info.Bytes += e.octets
		}
	}
	for _, it := range listing {
		if !x.has(it, held) {
			info.Bytes += max(it.size, 0)
		}
	}
	return info
}

// Remarks tells how many messages were not fetched because another source has them.
func (p *Part) Remarks() []string {
	listing, held := p.listed(), p.held(context.Background())
	p.s.spool.mu.Lock()
	defer p.s.spool.mu.Unlock()
	n := 0
	for _, it := range listing {
		if p.s.spool.index.spares(it, held) {
			n++
		}
	}
	switch n {
	case 0:
		return nil
	case 1:
		return []string{"1 message not fetched, as another source has it"}
	default:
		return []string{fmt.Sprintf("%d messages not fetched, as other sources have them", n)}
	}
}

func (p *Part) folder() migrate.Folder {
	return migrate.Folder{Account: p.s.opts.Account(), Path: []string{"INBOX"}, Role: migrate.RoleInbox}
}

func (p *Part) listed() []item {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.listing
}

// stamp changes with the listing, with what other sources hold of it, and with the spool's epoch. It is empty where UIDLs say nothing.
func (p *Part) stamp(listing []item, held map[migrate.Left]string) string {
	lines := make([]string, 0, len(listing))
	p.s.spool.mu.Lock()
	defer p.s.spool.mu.Unlock()
	x := p.s.spool.index
	for _, it := range listing {
		if it.alike {
			return ""
		}
		spared := x.spares(it, held)
		lines = append(lines, fmt.Sprintf("%q %d %v\n", it.uidl, it.size, spared))
	}
	slices.Sort(lines)
	sum := sha256.New()
	sum.Write([]byte(x.epoch))
	for _, line := range lines {
		sum.Write([]byte(line))
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// held asks what other sources hold. An answer that can't be had spares nothing.
func (p *Part) held(ctx context.Context) map[migrate.Left]string {
	if p.s.about.Held == nil {
		return nil
	}
	held, err := p.s.about.Held(ctx)
	if err != nil {
		return nil
	}
	return held
}

// has reports whether a message need not be fetched.
func (x *index) has(it item, held map[migrate.Left]string) bool {
	if it.alike {
		return false
	}
	at, ok := x.byUIDL[it.uidl]
	return ok && x.entries[at].size == it.size || x.spares(it, held)
}

// spares reports whether another source was found to hold a message, and still does.
func (x *index) spares(it item, held map[migrate.Left]string) bool {
	e, ok := x.held[it.uidl]
	_, still := held[migrate.Left{UIDL: it.uidl, Size: it.size}]
	return ok && still && e.size == it.size
}

// todo are the messages to fetch, in the order of the server.
func (p *Part) todo() []item {
	held := p.held(context.Background())
	p.s.spool.mu.Lock()
	defer p.s.spool.mu.Unlock()
	var todo []item
	for _, it := range p.listing {
		if !p.s.spool.index.has(it, held) && p.tries[key(it)] < mostTries {
			todo = append(todo, it)
		}
	}
	slices.SortFunc(todo, func(a, b item) int { return cmp.Compare(a.number, b.number) })
	return todo
}

// key names a message across sessions as well as can be.
func key(it item) string {
	if it.alike {
		return fmt.Sprintf("%s %d", it.uidl, it.number)
	}
	return it.uidl
}

// Copies yields what the spool has, in the order in which it came, and then fetches what is missing and yields each message when it
// is on disk. A message that the server refuses to give is an error beside its copy. A lost connection is made anew.
func (p *Part) Copies(ctx context.Context) iter.Seq2[*migrate.Copy, error] {
	return func(yield func(*migrate.Copy, error) bool) {
		if err := p.s.spool.enter(ctx); err != nil {
			yield(nil, err)
			return
		}
		goOn := p.spooled(ctx, yield)
		if goOn {
			f := fetch{p: p, ctx: ctx, yield: yield}
			goOn = f.run()
		}
		if err := p.s.spool.leave(); err != nil && goOn {
			yield(nil, err)
		}
	}
}

// spooled yields what the spool has.
func (p *Part) spooled(ctx context.Context, yield func(*migrate.Copy, error) bool) bool {
	for _, e := range p.s.spool.entries() {
		if err := ctx.Err(); err != nil {
			yield(nil, err)
			return false
		}
		if !yield(p.copyOf(&e), nil) {
			return false
		}
	}
	return true
}

// entries are those with a file.
func (s *spool) entries() []entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.index.entries), func(e entry) bool { return e.base == "" })
}

func (p *Part) copyOf(e *entry) *migrate.Copy {
	c := &migrate.Copy{Ref: e.base, Folder: p.folder(), Size: e.octets}
	if e.octets == 0 {
		c.Flaw = "empty message"
	}
	return c
}
