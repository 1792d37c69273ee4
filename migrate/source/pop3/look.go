package pop3

import (
	"context"

	"unpop/migrate"
)

// list asks the server what there is and compares it with the spool.
func (p *Part) list(ctx context.Context, ses *session) error {
	items, err := ses.list(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.listing = items
	p.mu.Unlock()
	for _, it := range items {
		if !p.s.spool.knows(it) {
			p.s.spool.adopt(it)
		}
	}
	if err := p.lookAgain(ctx, ses); err != nil {
		return err
	}
	return p.recognise(ctx, ses, p.held(ctx))
}

// knows reports whether a UIDL is in the index, with whatever size.
func (s *spool) knows(it item) bool {
	_, ok := s.known(it)
	return ok
}

// known returns what the index says of a UIDL.
func (s *spool) known(it item) (entry, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, ok := s.index.byUIDL[it.uidl]; ok && !it.alike {
		return s.index.entries[at], true
	}
	e, ok := s.index.held[it.uidl]
	return e, ok && !it.alike
}

// sampled is how many messages are looked at in each session although nothing speaks against their UIDLs.
const sampled = 16

// lookAgain looks at messages whose UIDL is known and whose size is another one, and at a sample of the others; if one of the sample is
// not what it was, at all. A message with another header is another message.
func (p *Part) lookAgain(ctx context.Context, ses *session) error {
	var resized, same []item
	for _, it := range p.listed() {
		switch e, ok := p.s.spool.known(it); {
		case ok && e.size != it.size:
			resized = append(resized, it)
		case ok:
			same = append(same, it)
		}
	}
	if _, err := p.compare(ctx, ses, resized, true); err != nil {
		return err
	}
	sample, rest := spread(same)
	others, err := p.compare(ctx, ses, sample, false)
	if err == nil && others > 0 {
		_, err = p.compare(ctx, ses, rest, false)
	}
	return err
}

// spread takes some items from all over the list, the first and the last among them.
func spread(items []item) (sample, rest []item) {
	if len(items) <= sampled {
		return items, nil
	}
	next := 0
	for i, it := range items {
		if i == next*(len(items)-1)/(sampled-1) {
			sample = append(sample, it)
			next++
		} else {
			rest = append(rest, it)
		}
	}
	return sample, rest
}

// compare looks at the headers of known messages and counts those that are others now. Where no header can be had, doubt decides
// whether the message counts as another one, which is then fetched and recognised by its bytes.
func (p *Part) compare(ctx context.Context, ses *session, items []item, doubt bool) (others int, err error) {
	judge := func(it item, other bool) {
		if other {
			others++
			p.s.spool.other(it)
		} else {
			p.s.spool.again(it)
		}
	}
	if len(items) == 0 {
		return 0, nil
	}
	if !ses.caps.top {
		for _, it := range items {
			judge(it, doubt)
		}
		return others, nil
	}
	err = ses.headers(ctx, items, func(i int, h header, err error) {
		e, _ := p.s.spool.known(items[i])
		judge(items[i], err != nil && doubt || err == nil && e.head != sum(h.digest[:16]))
	})
	return others, err
}

// again notes the size that a known message has now.
func (s *spool) again(it item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.index.byUIDL[it.uidl]
	if !ok || s.index.entries[at].size == it.size {
		return
	}
	s.index.again(at, it.uidl, it.size)
	s.note(s.index.entries[at].againLine())
}

// other notes that a UIDL is another message's now. What was fetched under it stays.
func (s *spool) other(it item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index.release(it.uidl)
	s.note("other " + quote(it.uidl) + "\n")
	s.renew()
}

// recognise looks for messages with new UIDLs that need not be fetched: one that the spool has under a UIDL which the server no longer
// lists, and one that another source holds. The size nominates, the header decides.
func (p *Part) recognise(ctx context.Context, ses *session, held map[migrate.Left]string) error {
	if !ses.caps.top {
		return nil
	}
	vanished := p.vanished()
	var some []item
	for _, it := range p.listed() {
		if p.s.spool.knows(it) || it.alike || it.size < 0 {
			continue
		}
		if _, ok := held[migrate.Left{UIDL: it.uidl, Size: it.size}]; ok || vanished.sizes[it.size] {
			some = append(some, it)
		}
	}
	claims := map[likeness][]item{}
	err := ses.headers(ctx, some, func(i int, h header, err error) {
		it := some[i]
		id, ok := held[migrate.Left{UIDL: it.uidl, Size: it.size}]
		switch {
		case err != nil || h.messageID == "":
		case ok && id == h.messageID:
			p.s.spool.spare(it, h)
		case h.trace:
			k := likeness{sum(h.digest[:16]), it.size}
			claims[k] = append(claims[k], it)
		}
	})
	for k, items := range claims {
		if places := vanished.bodies[k]; len(items) == 1 && len(places) == 1 {
			p.s.spool.rename(places[0], items[0])
		}
	}
	return err
}

// A likeness is what two looks at one message agree on. With the trace of its way, and without another one like it, that is proof.
type likeness struct {
	head sum
	size int64
}

// lostSight are the messages of the spool that the server doesn't list, or not under the UIDL that they had: another has it now.
type lostSight struct {
	sizes  map[int64]bool
	bodies map[likeness][]int
}

func (p *Part) vanished() lostSight {
	there := map[string]bool{}
	for _, it := range p.listed() {
		there[it.uidl] = true
	}
	v := lostSight{sizes: map[int64]bool{}, bodies: map[likeness][]int{}}
	p.s.spool.mu.Lock()
	defer p.s.spool.mu.Unlock()
	for at, e := range p.s.spool.index.entries {
		if e.base != "" && !(there[e.uidl] && p.s.spool.index.owns(at)) {
			v.sizes[e.size] = true
			k := likeness{e.head, e.size}
			v.bodies[k] = append(v.bodies[k], at)
		}
	}
	return v
}

// rename gives a message of the spool its new UIDL.
func (s *spool) rename(at int, it item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index.again(at, it.uidl, it.size)
	s.note(s.index.entries[at].againLine())
}

// spare notes that another source holds a message.
func (s *spool) spare(it item, h header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := entry{uidl: it.uidl, size: it.size, head: sum(h.digest[:16])}
	s.index.held[it.uidl] = e
	s.note(e.line())
}
