package migrate

import "context"

// An Attachable is a [Source] whose mail lies on a server and is fetched while it is scanned. It is scanned after the others, as what
// they hold need not be fetched.
type Attachable interface {
	Source
	// Attach tells the source, before its parts are listed, about the run that it takes part in.
	Attach(about Surroundings)
}

// Surroundings are what a source may know of the run. The functions may be called by any goroutine.
type Surroundings struct {
	// Held tells which messages of POP3 servers the other sources of the run hold, as far as they are scanned: their Message-IDs.
	Held func(ctx context.Context) (map[Left]string, error)
	// Notice tells the user why nothing moves; empty when it moves again.
	Notice func(text string)
}

// Left names a message that POP3 may have left on a server: the UIDL that a mail client noted in its own copy, and the clean size of
// that copy.
type Left struct {
	UIDL string
	Size int64
}

// attach makes the run known to the sources that want to know it.
func (m *Migration) attach() {
	for id, s := range m.byID {
		if a, ok := s.(Attachable); ok {
			a.Attach(Surroundings{
				Held:   func(ctx context.Context) (map[Left]string, error) { return m.heldBeside(ctx, id) },
				Notice: m.p.SetNotice,
			})
		}
	}
}

// heldBeside lists what the sources hold beside one of them. Where folders are left out, copies in them must not stand for a message
// elsewhere, so none counts.
func (m *Migration) heldBeside(ctx context.Context, id int64) (map[Left]string, error) {
	if len(m.opts.Include)+len(m.opts.Exclude) > 0 {
		return nil, nil
	}
	var others []int64
	for _, other := range m.ids {
		if other != id {
			others = append(others, other)
		}
	}
	held, twice := map[Left]string{}, map[Left]bool{}
	for l, err := range m.account.LeftOnServers(ctx, others) {
		if err != nil {
			return nil, err
		}
		k := Left{l.UIDL, l.Size}
		if id, ok := held[k]; ok && id != l.MessageID {
			twice[k] = true
		}
		held[k] = l.MessageID
	}
	for k := range twice {
		delete(held, k)
	}
	return held, nil
}

// attachedLast returns the scans, those of sources that fetch their mail last.
func attachedLast(scans []*sourceScan) []*sourceScan {
	var first, last []*sourceScan
	for _, s := range scans {
		if _, ok := s.source.(Attachable); ok {
			last = append(last, s)
		} else {
			first = append(first, s)
		}
	}
	return append(first, last...)
}
