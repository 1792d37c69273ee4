package pop3

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"unpop/dedupe"
)

// A header is what a message's header tells, however it came: with TOP, or at the beginning of the message.
type header struct {
	digest    [32]byte // SHA-256 of the header without what servers and clients write into it for themselves
	messageID string
	trace     bool      // it has Received fields
	date      time.Time // when it was received, else sent; zero where neither is known
}

// headerMax is how much of a header counts.
const headerMax = 256 << 10

// A headerWriter keeps what is written to it up to the first empty line.
type headerWriter struct {
	buf  []byte
	done bool
}

// Write implements [io.Writer]; it takes everything.
func (w *headerWriter) Write(p []byte) (int, error) {
	if w.done {
		return len(p), nil
	}
	from := max(len(w.buf)-2, 0)
	w.buf = append(w.buf, p[:min(len(p), headerMax-len(w.buf))]...)
	if end := headerEnd(w.buf, from); end >= 0 {
		w.buf, w.done = w.buf[:end], true
	}
	w.done = w.done || len(w.buf) == headerMax
	return len(p), nil
}

// headerEnd finds the empty line, no earlier than at from; -1 if it isn't there yet.
func headerEnd(b []byte, from int) int {
	if len(b) > 1 && b[0] == '\r' && b[1] == '\n' || len(b) > 0 && b[0] == '\n' {
		return 0
	}
	for {
		i := bytes.IndexByte(b[from:], '\n')
		if i < 0 {
			return -1
		}
		from += i + 1
		if rest := b[from:]; len(rest) > 0 && rest[0] == '\n' || len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n' {
			return from
		}
	}
}

// header reads what came.
func (w *headerWriter) header() (header, error) {
	id, err := dedupe.Identify(dedupe.NewCleaner(bytes.NewBuffer(w.buf)))
	if err != nil {
		return header{}, err
	}
	h := header{digest: id.Exact, messageID: id.MessageID, trace: id.Trace, date: id.Received}
	if h.date.IsZero() {
		h.date = id.Date
	}
	return h, nil
}

// headers asks for the headers of messages (TOP n 0), in a row where the server takes that, and calls each with what came, in order.
// The error ends it; the one that each gets is the server's refusal to show one.
func (s *session) headers(ctx context.Context, items []item, each func(i int, h header, err error)) error {
	defer s.gate.guard(ctx)()
	q := queue{
		s: s, items: items,
		command: func(it item) string { return fmt.Sprintf("TOP %d 0", it.number) },
		weight:  func(item) int64 { return 4 << 10 },
	}
	err := q.run(func(i int, body io.Reader, refusal error) error {
		if refusal != nil {
			each(i, header{}, refusal)
			return nil
		}
		var w headerWriter
		if _, err := io.Copy(&w, body); err != nil {
			return err
		}
		h, err := w.header()
		each(i, h, err)
		return nil
	})
	if err != nil {
		return lost(ctx, err)
	}
	return nil
}
