package imap

import (
	"cmp"
	"context"
	"fmt"
	"io"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"unpop/migrate"
)

// Fetch returns the bytes of a message of the selected mailbox, without setting \Seen. ctx holds until the reader is
// closed. A message that isn't there is an error that leaves the session usable.
func (s *Session) Fetch(ctx context.Context, uid migrate.UID) (io.ReadCloser, error) {
	f := &fetched{session: s, stop: func() bool { return true }}
	err := s.do(ctx, migrate.Refused, func() error {
		options := &goimap.FetchOptions{UID: true, BodySection: []*goimap.FetchItemBodySection{{Peek: true}}}
		f.command = s.client.Fetch(goimap.UIDSetNum(goimap.UID(uid)), options)
		if f.literal = firstLiteral(f.command); f.literal != nil {
			f.left = f.literal.Size()
			return nil
		}
		return f.command.Close()
	})
	switch {
	case err != nil:
		return nil, err
	case f.literal == nil:
		return nil, fmt.Errorf("uid %d: %w", uid, errNoMessage)
	}
	f.stop = s.wire.guard(ctx)
	return f, nil
}

// firstLiteral returns the body that a FETCH brings.
func firstLiteral(command *imapclient.FetchCommand) goimap.LiteralReader {
	for msg := command.Next(); msg != nil; msg = command.Next() {
		for item := msg.Next(); item != nil; item = msg.Next() {
			if body, ok := item.(imapclient.FetchItemDataBodySection); ok && body.Literal != nil {
				return body.Literal
			}
		}
	}
	return nil
}

// fetched reads a message from the connection.
type fetched struct {
	session *Session
	command *imapclient.FetchCommand
	literal goimap.LiteralReader
	left    int64
	stop    func() bool
	closed  bool
	failed  error // the connection ended within the message
}

// Read implements [io.Reader]. A connection that ends within the message is an error, never an early end.
func (f *fetched) Read(p []byte) (int, error) {
	if f.closed || f.failed != nil {
		return 0, cmp.Or(f.failed, errClosed)
	}
	n, err := f.literal.Read(p)
	f.left -= int64(n)
	if err == nil || err == io.EOF && f.left <= 0 {
		return n, err
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	f.failed = f.session.meaning(err, migrate.Refused)
	return n, f.failed
}

// Close throws away what was not read and makes the session ready for the next command.
func (f *fetched) Close() error {
	if f.closed {
		return nil
	}
	defer f.stop()
	_, _ = io.Copy(io.Discard, f)
	f.closed = true
	if f.failed != nil { // go-imap would read the broken literal again
		return nil
	}
	return f.session.meaning(f.command.Close(), migrate.Refused)
}
