package imap

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"unpop/migrate"
)

// Session is an authenticated connection. It belongs to one goroutine at a time.
type Session struct {
	target   *Target
	since    time.Time // when it was left to others
	closed   bool      // it was
	wire     *wire
	client   *imapclient.Client
	selected string // the mailbox, as a quoted string on the wire
	chunk    []byte // of a message being sent, kept for the next one
	pause    throttle

	way       Way // how Append sends, if it was chosen
	wayChosen bool
	batch     int // how many messages a command gets; 0: as many as may be
}

var (
	_ migrate.Session  = (*Session)(nil)
	_ migrate.Finder   = (*Session)(nil)
	_ migrate.Remover  = (*Session)(nil)
	_ migrate.Arranger = (*Session)(nil)
	_ migrate.Lister   = (*Session)(nil)
	_ migrate.Fetcher  = (*Session)(nil)
	_ migrate.Peeker   = (*Session)(nil)
	_ migrate.Indexer  = (*Session)(nil)
	_ migrate.Mover    = (*Session)(nil)
	_ migrate.Flagger  = (*Session)(nil)
)

// logoutTime is how long a server gets to say goodbye.
const logoutTime = 2 * time.Second

// do runs f, which talks to the server, under ctx. The answers of go-imap's commands become target errors; fallback is the
// meaning of a refusal that says nothing else.
func (s *Session) do(ctx context.Context, fallback migrate.Kind, f func() error) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	if _, cause := s.wire.end(); cause != nil { // what the server said at the end was reported then
		return &migrate.TargetError{Kind: migrate.Broken, Err: cause}
	}
	defer s.wire.guard(ctx)()
	return s.meaning(f(), fallback)
}

// meaning turns an error of a command into a target error.
func (s *Session) meaning(err error, fallback migrate.Kind) error {
	var answer *goimap.Error
	var known *migrate.TargetError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known), errors.Is(err, errors.ErrUnsupported), errors.Is(err, migrate.ErrNoMailbox):
		return err
	case errors.As(err, &answer):
		return classify(asResponse(answer), fallback, false)
	}
	s.wire.kill(err) // if the connection ended before, that is the cause that counts
	broken := s.wire.broken(false)
	if errors.Is(broken.Err, errGaveUp) {
		broken.Err = fmt.Errorf("%w: %s", errGaveUp, firstLine(err.Error()))
	}
	return broken
}

// errGaveUp says that go-imap closed the connection.
var errGaveUp = errors.New("server: answer not understood")

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// Close logs out, briefly, and closes the connection, or leaves it to whoever dials next, see [Options.Keep]. Closing twice is no
// error.
func (s *Session) Close() error {
	if !s.closed && !s.target.idle.keep(s, s.target.opts.Keep) {
		s.logout()
	}
	return nil
}

func (s *Session) logout() {
	ctx, cancel := context.WithTimeout(context.Background(), logoutTime)
	defer cancel()
	if _, cause := s.wire.end(); cause == nil {
		stop := s.wire.guard(ctx)
		_, _ = s.wire.command("LOGOUT", "LOGOUT")
		stop()
	}
	s.wire.kill(errClosed)
}
