// Package pop3 fetches mail from a POP3 account (RFC 1939) into a spool and reads it there.
//
// The spool is a plain Maildir, which mail programs can open and which the user may keep. A message is fetched once, by its UIDL; what
// was cut off is fetched again from its beginning, as POP3 can't go on in the middle. Nothing is deleted on the server, unless
// [Source.Remove] is called.
//
// A server's UIDLs are believed as long as nothing speaks against them: a size that changed, two messages under one UIDL, or a
// message of a small sample whose header is not what it was make the source look at the headers again (TOP n 0), of all messages
// if need be. A header that is another one means another message, which is fetched too; a message that comes back under another
// UIDL is recognised by its bytes. Servers without UIDL get names made of header and size; where there is no TOP either, every message
// is fetched in each run, and the digest of all its bytes tells whether the spool has it.
//
// go-pop3 does the greeting, the sign-in and the commands with short answers; messages are read past it on the same connection.
package pop3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"time"

	"unpop/migrate"
	"unpop/migrate/source/maildir"
)

// partName is the account's only part.
const partName = "INBOX"

// A Source is a POP3 account. It implements [migrate.Source] and [migrate.Attachable]. One connection is open at a time,
// as most servers allow no more, and none while nothing is to be fetched.
type Source struct {
	opts     Options
	spool    *spool
	listings maildir.Listings
	about    migrate.Surroundings

	// What follows belongs to the holder of the spool's lock.
	kept   *session // signed in, left by Parts for Copies
	listed *Part    // what it listed
	retry  retrier
	breaks int  // sessions that broke since the last message came
	single bool // commands go out one by one, whatever the server says it can do
}

// Open returns the account. Nothing is sent before its parts are listed, and the spool is not made before.
func Open(opts Options) (*Source, error) {
	if opts.Spool == "" {
		return nil, errors.New("pop3: no spool")
	}
	dir, err := filepath.Abs(opts.Spool)
	if err != nil {
		return nil, fmt.Errorf("pop3: %w", err)
	}
	opts.Spool = dir
	s := &Source{opts: opts, spool: newSpool(dir)}
	s.retry.patience = opts.patience()
	return s, nil
}

// Attach implements [migrate.Attachable].
func (s *Source) Attach(about migrate.Surroundings) {
	s.about = about
	s.retry.notice = about.Notice
}

// String returns the canonical address, see [Options.String].
func (s *Source) String() string { return s.opts.String() }

// Describe says what the source is.
func (s *Source) Describe() string { return "POP3 account, fetched to " + s.opts.Spool }

// Maildrops names the account: it is itself fetched by POP3.
func (s *Source) Maildrops() []string { return []string{s.opts.Account()} }

// Parts signs in and lists the messages; there is one part. A first failure to reach the server is tried again twice, a later one for
// as long as [Options.Patience] says, and a server that asks to wait is waited for.
func (s *Source) Parts(ctx context.Context) iter.Seq2[migrate.Part, error] {
	return func(yield func(migrate.Part, error) bool) {
		p, err := s.survey(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		yield(p, nil)
	}
}

// survey lists the messages and compares them with the spool. The session stays for Copies if there is something to fetch.
func (s *Source) survey(ctx context.Context) (p *Part, err error) {
	if err := s.spool.enter(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.spool.leave()) }()
	p = &Part{s: s, tries: map[string]int{}}
	ses, err := s.begin(ctx, p)
	if err != nil {
		return nil, err
	}
	if len(p.todo()) == 0 {
		ses.leave(ctx)
	} else {
		s.kept, s.listed = ses, p
	}
	return p, nil
}

// Weigh implements [migrate.Weigher] by LIST. It is tried once.
func (s *Source) Weigh(ctx context.Context) (bytes int64, err error) {
	ses, err := connect(ctx, &s.opts)
	if err != nil {
		return 0, err
	}
	items, err := ses.list(ctx)
	if err != nil {
		ses.drop()
		return 0, err
	}
	ses.leave(ctx)
	for _, it := range items {
		bytes += max(it.size, 0)
	}
	return bytes, nil
}

// begin opens a session and lists the messages for the part, again and again as long as there is hope.
func (s *Source) begin(ctx context.Context, p *Part) (*session, error) {
	s.farewell(ctx)
	for {
		s.retry.tried = time.Now()
		ses, err := connect(ctx, &s.opts)
		if err == nil {
			s.retry.met = true
			s.single = s.single || s.breaks >= mostBreaks
			ses.caps.pipelining = ses.caps.pipelining && !s.single
			if err = p.list(ctx, ses); err == nil {
				s.retry.answered()
				return ses, nil
			}
			s.breaks++
			ses.drop()
		}
		if err := s.retry.pause(ctx, err); err != nil {
			return nil, err
		}
	}
}

// mostBreaks is how many sessions in a row may end with nothing gained before commands go out one by one.
const mostBreaks = 2

// farewell ends the session that was kept.
func (s *Source) farewell(ctx context.Context) {
	if s.kept != nil {
		s.kept.leave(ctx)
		s.kept, s.listed = nil, nil
	}
}

// Open returns the bytes of a message in the spool.
func (s *Source) Open(ctx context.Context, part, ref string) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if part != partName || ours.FindString(ref) != ref || ref == "" {
		return nil, fmt.Errorf("pop3: no such message: %q in %q", ref, part)
	}
	if file, err := s.spool.openFile(ref); err == nil { // as it was put there
		return file, nil
	}
	r, err := s.listings.Open(s.opts.Spool, ref)
	if errors.Is(err, os.ErrNotExist) {
		err = migrate.ErrChanged
	}
	if err != nil {
		return nil, &migrate.CopyError{Part: part, Offset: -1, Err: err}
	}
	return r, nil
}

// Close ends the connection, if there is one.
func (s *Source) Close() error {
	<-s.spool.space
	defer func() { s.spool.space <- struct{}{} }()
	s.farewell(context.Background())
	return nil
}
