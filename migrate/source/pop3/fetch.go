package pop3

import (
	"context"
	"errors"
	"io"
	"time"

	"unpop/migrate"
)

// A fetch brings what is missing into the spool.
type fetch struct {
	p     *Part
	ctx   context.Context //nolint:containedctx // of one call of Copies
	yield func(*migrate.Copy, error) bool

	todo   []item
	listed map[string]bool // UIDLs that the server has now
	buf    []byte
	whole  []arrival // messages on their way to the disk, in their order
	since  time.Time // of the first message that isn't surely on disk
	count  int       // and how many there are
	got    int       // messages since the last listing
}

// An arrival is a message that is whole.
type arrival struct {
	it item
	m  *incoming
}

// settling is how many messages may be on their way to the disk.
const settling = 32

// errEnough says that whoever wanted the copies wants no more.
var errEnough = errors.New("enough")

// A localError is about this machine: a new connection won't mend it.
type localError struct{ error }

// Unwrap returns the cause.
func (e localError) Unwrap() error { return e.error }

// run fetches until nothing is missing, and reports whether the end was reached.
func (f *fetch) run() bool {
	for {
		if f.todo = f.p.todo(); len(f.todo) == 0 {
			f.p.s.farewell(f.ctx)
			if !f.more() {
				return true
			}
		}
		err := f.session()
		var local localError
		switch {
		case err == nil || errors.Is(err, errAnew):
		case errors.Is(err, errEnough):
			return false
		case errors.As(err, &local) || !isBroken(err):
			f.yield(nil, err)
			return false
		default:
			if err := f.p.s.retry.pause(f.ctx, err); err != nil {
				f.yield(nil, err)
				return false
			}
		}
	}
}

// more reports whether another session may show other messages.
func (f *fetch) more() bool {
	yes := f.p.s.opts.Partial && f.got > 0
	f.got = 0
	return yes
}

// errAnew says that the list of what is missing was made anew.
var errAnew = errors.New("anew")

// session fetches in one session: the one that was kept, if it is this part's, or a new one, for which numbers are other numbers.
func (f *fetch) session() error {
	s := f.p.s
	if s.kept == nil || s.listed != f.p {
		ses, err := s.begin(f.ctx, f.p)
		if err != nil {
			return localError{err}
		}
		s.kept, s.listed = ses, f.p
		return errAnew
	}
	ses := s.kept
	if ctx, held := f.ctx, f.p.held(f.ctx); len(held) > 0 { // the other sources have been read since the listing
		if err := f.p.recognise(ctx, ses, held); err != nil {
			f.over()
			return err
		}
		if f.todo = f.p.todo(); len(f.todo) == 0 {
			return nil
		}
	}
	err := f.retrieve(ses)
	if settled := f.settle(0, errors.Is(err, errEnough)); settled != nil && (err == nil || !errors.Is(err, errEnough)) {
		err = settled
	}
	if err != nil {
		f.over()
		return err
	}
	return f.flush()
}

// over ends the session: it is of no more use.
func (f *fetch) over() {
	f.p.s.breaks++
	f.p.s.kept.drop()
	f.p.s.kept, f.p.s.listed = nil, nil
}

// retrieve fetches the messages.
func (f *fetch) retrieve(ses *session) error {
	defer ses.gate.guard(f.ctx)()
	f.buf = make([]byte, 64<<10)
	f.listed = map[string]bool{}
	for _, it := range f.p.listed() {
		f.listed[it.uidl] = true
	}
	q := queue{s: ses, items: f.todo, command: retrieve, weight: func(it item) int64 { return max(it.size, 1<<10) }}
	err := q.run(f.one)
	var local localError
	if err == nil || errors.Is(err, errEnough) || errors.As(err, &local) {
		return err
	}
	return lost(f.ctx, f.cut(f.todo[q.at], err))
}

// one takes a message, or the refusal to give it.
func (f *fetch) one(i int, body io.Reader, refusal error) error {
	it := f.todo[i]
	if refusal != nil {
		return f.giveUp(it, refusal)
	}
	m, err := f.p.s.spool.create()
	if err != nil {
		return localError{err}
	}
	if _, err := io.CopyBuffer(m, body, f.buf); err != nil {
		m.drop()
		if m.err != nil {
			return localError{m.err}
		}
		return err
	}
	m.settle()
	f.whole = append(f.whole, arrival{it, m})
	return f.settle(settling, false)
}

// settle takes messages into the spool as they come to be on disk, until so many are left, and yields them unless nobody wants them
// any more.
func (f *fetch) settle(left int, quiet bool) (err error) {
	for len(f.whole) > left {
		a := f.whole[0]
		f.whole = f.whole[1:]
		e, fresh, failed := a.m.keep(a.it, f.listed)
		switch {
		case failed != nil:
			err, quiet = errors.Join(err, localError{failed}), true
			continue
		case quiet || !fresh:
		case !f.yield(f.p.copyOf(&e), nil):
			err, quiet = errors.Join(err, errEnough), true
		}
		f.p.s.retry.worked()
		f.p.s.breaks = 0
		f.got++
		if a.it.alike { // the index can't tell
			f.p.tries[key(a.it)] = mostTries
		}
		if failed := f.kept(); failed != nil {
			err, quiet = errors.Join(err, failed), true
		}
	}
	return err
}

// cut counts a message that the connection broke in, or before; one with which it does so again and again is given up.
func (f *fetch) cut(it item, err error) error {
	if f.ctx.Err() != nil {
		return err
	}
	f.p.tries[key(it)]++
	if errors.Is(err, errTooLong) {
		f.p.tries[key(it)] = mostTries
	}
	if f.p.tries[key(it)] < mostTries {
		return err
	}
	if giving := f.giveUp(it, err); giving != nil {
		return giving
	}
	return err
}

// giveUp tells of a message that can't be had.
func (f *fetch) giveUp(it item, err error) error {
	f.p.tries[key(it)] = mostTries
	c := &migrate.Copy{Ref: "not fetched: " + key(it), Folder: f.p.folder(), Size: max(it.size, 0)}
	if !f.yield(c, messageError(it.number, err)) {
		return errEnough
	}
	return nil
}

// Messages are put on disk for good after so many, or so long.
const (
	flushCount = 64
	flushTime  = time.Second
)

// kept counts a message, and flushes if it is time.
func (f *fetch) kept() error {
	if f.count == 0 {
		f.since = time.Now()
	}
	if f.count++; f.count < flushCount && time.Since(f.since) < flushTime {
		return nil
	}
	return f.flush()
}

func (f *fetch) flush() error {
	f.count = 0
	if err := f.p.s.spool.flush(); err != nil {
		return localError{err}
	}
	return nil
}
