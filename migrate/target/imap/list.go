package imap

import (
	"context"
	"iter"
	"slices"
	"strconv"

	"unpop/migrate"
)

const (
	// listPages is how many pages are asked for before the first is answered. They are in memory.
	listPages = 8
	// listLine is about how long a command may be. Servers take 8000 octets at least (RFC 7162 section 4).
	listLine = 7000
)

// A page is a question that is not answered yet. It is answered when all is found, or its commands are done.
type page struct {
	uids  []migrate.UID
	found []migrate.Found // by the index of the UID
	left  int             // not found
	open  int             // commands
}

func (p *page) answered() bool { return p.left == 0 || p.open == 0 }

// there are the messages that were found.
func (p *page) there() []migrate.Found {
	return slices.DeleteFunc(p.found, func(f migrate.Found) bool { return f.UID == 0 })
}

// List implements [migrate.Lister]: UID FETCH (RFC822.SIZE FLAGS) on sets of UIDs, pipelined, so that a long line is never idle.
func (s *Session) List(ctx context.Context, pages iter.Seq[[]migrate.UID]) iter.Seq2[[]migrate.Found, error] {
	return func(yield func([]migrate.Found, error) bool) {
		left := false
		err := s.do(ctx, migrate.Refused, func() error {
			l := &lister{s: s, take: newListing(s.wire), open: map[string]*page{}}
			s.wire.listing.Store(l.take)
			defer s.wire.listing.Store(nil)
			defer s.wire.paced.disarm()
			err := l.run(pages, func(found []migrate.Found) bool {
				left = !yield(found, nil)
				return !left
			})
			l.drain()
			return err
		})
		if err != nil && !left {
			yield(nil, err)
		}
	}
}

// lister is one call of List.
type lister struct {
	s      *Session
	take   *listing
	ahead  []*page
	open   map[string]*page // by the tags of commands, of pages that are answered too
	failed error            // the first refusal
}

// run asks ahead and answers in order, until there are no more pages or nobody wants the answers.
func (l *lister) run(pages iter.Seq[[]migrate.UID], answer func([]migrate.Found) bool) error {
	for uids := range pages {
		if err := l.ask(uids); err != nil {
			return err
		}
		if len(l.ahead) < listPages {
			continue
		}
		if more, err := l.first(answer); err != nil || !more {
			return err
		}
	}
	for len(l.ahead) > 0 {
		if more, err := l.first(answer); err != nil || !more {
			return err
		}
	}
	return nil
}

// first waits until the oldest page is answered.
func (l *lister) first(answer func([]migrate.Found) bool) (more bool, err error) {
	p := l.ahead[0]
	for !p.answered() {
		if err := l.receive(); err != nil {
			return false, err
		}
	}
	l.ahead = l.ahead[1:]
	if l.failed != nil {
		return false, l.failed
	}
	return answer(p.there()), nil
}

// ask sends the commands for a page.
func (l *lister) ask(uids []migrate.UID) error {
	p := &page{uids: slices.Clone(uids), found: make([]migrate.Found, len(uids)), left: len(uids)}
	l.ahead = append(l.ahead, p)
	w := l.s.wire
	for rest := p.uids; len(rest) > 0; {
		var set string
		set, rest = uidSet(rest, listLine)
		tag := w.newTag()
		l.open[tag] = p
		p.open++
		line := tag + " UID FETCH " + set + " (RFC822.SIZE FLAGS)"
		w.debug.client(line)
		if err := w.send(line); err != nil {
			return err
		}
	}
	return nil
}

// receive takes one answer. Servers may answer several commands at once: Dovecot ends none as long as others bring something.
func (l *lister) receive() error {
	item, alive := l.take.next()
	if !alive {
		_, cause := l.s.wire.end()
		return cause
	}
	if item.end.tag != "" {
		l.ended(item.end)
		return nil
	}
	for _, p := range l.ahead {
		if i, asked := slices.BinarySearch(p.uids, item.found.UID); asked && p.found[i].UID == 0 {
			p.found[i] = item.found
			p.left--
			break
		}
	}
	return nil
}

func (l *lister) ended(r response) {
	if p := l.open[r.tag]; p != nil {
		p.open--
		delete(l.open, r.tag)
	}
	if len(l.open) == 0 { // the next page may be long in coming
		l.s.wire.paced.disarm()
	}
	if r.kind != "OK" && l.failed == nil {
		l.failed = classify(r, migrate.Refused, false)
	}
}

// drain waits for what was asked and nobody wants any more, so that the session can go on.
func (l *lister) drain() {
	for len(l.open) > 0 && l.receive() == nil {
	}
}

// uidSet writes ascending UIDs as a set (RFC 9051 section 9, sequence-set) of about limit octets, and returns those left over.
func uidSet(uids []migrate.UID, limit int) (set string, rest []migrate.UID) {
	var text []byte
	for len(uids) > 0 && len(text) < limit {
		run := 1
		for run < len(uids) && uids[run] == uids[run-1]+1 {
			run++
		}
		if len(text) > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendUint(text, uint64(uids[0]), 10)
		if run > 1 {
			text = strconv.AppendUint(append(text, ':'), uint64(uids[run-1]), 10)
		}
		uids = uids[run:]
	}
	return string(text), uids
}
