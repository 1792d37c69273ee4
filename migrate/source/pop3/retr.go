package pop3

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"unpop/migrate"
)

// mostAhead bounds the commands that wait for answers, besides the window of bytes.
const mostAhead = 100

// A queue asks for messages one after the other. Where the server takes commands in a row (PIPELINING, RFC 2449 section 6.6), it
// asks ahead, as long as what is under way fits into the window: the answers come without a round trip between them.
type queue struct {
	s       *session
	items   []item
	command func(it item) string // without its end
	weight  func(it item) int64  // about the bytes of the answer

	at    int   // the item whose answer is due
	asked int   // how many commands have left
	ahead int64 // bytes asked for and not read
}

// run calls each with every answer, in order. body is one message; it ends with io.EOF. What each leaves of it is skipped. A refusal
// comes in place of a body. An error of each's, or of the connection's, ends the run, and the session is of no more use.
func (q *queue) run(each func(i int, body io.Reader, refusal error) error) error {
	for i := range q.items {
		q.at = i
		if err := q.ask(i); err != nil {
			return err
		}
		ok, err := q.s.gate.answer()
		if err != nil {
			return err
		}
		if err := q.one(i, ok, each); err != nil {
			q.s.drop()
			return err
		}
		q.ahead -= q.weight(q.items[i])
	}
	return nil
}

// ask sends the command for item i, if it has not left, and those behind it that fit.
func (q *queue) ask(i int) error {
	var text strings.Builder
	for q.asked < len(q.items) {
		weight := q.weight(q.items[q.asked])
		more := q.s.caps.pipelining && q.asked-i < mostAhead && q.ahead+weight <= q.s.opts.window()
		if q.asked > i && !more {
			break
		}
		text.WriteString(q.command(q.items[q.asked]) + "\r\n")
		q.ahead += weight
		q.asked++
	}
	if text.Len() == 0 {
		return nil
	}
	_, err := io.WriteString(q.s.gate, text.String())
	return err
}

func (q *queue) one(i int, ok bool, each func(i int, body io.Reader, refusal error) error) error {
	if !ok {
		return each(i, nil, refused(q.s.gate.status, migrate.Refused))
	}
	body := &bounded{Reader: newUnstuffer(q.s.gate.br, q.s.gate.bareLF), left: most(q.items[i].size), size: q.items[i].size}
	if err := each(i, body, nil); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		return err
	}
	return nil
}

// most is how long a message may become that was announced with a size: servers count line ends as they like, and some lie.
func most(announced int64) int64 { return 2*max(announced, 0) + 256<<20 }

// bounded ends a message that never ends.
type bounded struct {
	io.Reader
	left, size int64
}

// Read implements [io.Reader].
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if b.left -= int64(n); b.left < 0 && (err == nil || errors.Is(err, io.EOF)) {
		err = tooLong(b.size)
	}
	return n, err
}

// retrieve is the command for a message.
func retrieve(it item) string { return fmt.Sprintf("RETR %d", it.number) }
