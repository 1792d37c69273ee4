package memserver

import (
	"bytes"
	"io"
	"os"
	"time"
)

// A spot is where in its conversation a client is read, so that no read goes beyond the end of a line or a literal. With it,
// whoever takes a literal finds what follows untouched.
type spot struct {
	line    int          // bytes of the line that are left
	literal int64        // of the literal
	next    announcement // what the line announces
	within  bool         // the command goes on behind the line, or behind the literal
	asked   bool         // the server has asked for the literal that is announced
	command command
}

// Read implements [net.Conn]. It returns a line or a literal at most. One goroutine reads.
func (w *wire) Read(p []byte) (int, error) {
	w.begin()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.void > 0 {
		n := int(min(int64(len(p)), w.void))
		clear(p[:n])
		w.void -= int64(n)
		return n, nil
	}
	if len(w.owed) > 0 {
		n := copy(p, w.owed)
		w.owed = w.owed[n:]
		return n, nil
	}
	if w.command.answered {
		if err := w.skip(); err != nil {
			return 0, err
		}
	}
	return w.take(p)
}

// take reads a bit of the line or literal, or begins the next one.
func (w *wire) take(p []byte) (int, error) {
	for w.line == 0 && w.literal == 0 {
		if err := w.enter(); err != nil {
			return 0, err
		}
	}
	if err := w.await(); err != nil {
		return 0, err
	}
	if w.line > 0 {
		n, _ := w.input.Read(p[:min(len(p), w.line)])
		w.line -= n
		w.took()
		return n, nil
	}
	n, _ := w.input.Read(p[:min(int64(len(p)), w.literal)])
	w.literal -= int64(n)
	w.took()
	return n, nil
}

// enter goes from the end of a line to the literal that it announces, if that comes, or from the end of a literal or a command
// to the next line.
func (w *wire) enter() error {
	if next := w.next; next.literal {
		w.next, w.within = announcement{}, next.nonSync || w.asked
		if w.within {
			w.literal = next.size
			w.countLiteral(next)
		} else {
			w.endCommand()
		}
		return nil
	}
	line, err := w.awaitLine()
	if err != nil {
		return err
	}
	if !w.within {
		if err := w.pace(); err != nil {
			return err
		}
		w.command = commandOf(line)
		w.countCommand()
	}
	w.line, w.asked, w.next = len(line), false, announced(line)
	if w.within = w.next.literal || line[len(line)-1] != '\n'; !w.within {
		w.endCommand()
	}
	return nil
}

// skip throws away what is left of a command that was answered before its end. A literal that the server would have to
// ask for doesn't come.
func (w *wire) skip() error {
	chunk := make([]byte, chunkSize)
	for w.line > 0 || w.literal > 0 || w.within {
		if w.line == 0 && w.literal == 0 {
			if err := w.enter(); err != nil {
				return err
			}
			continue
		}
		if _, err := w.take(chunk); err != nil {
			return err
		}
	}
	return nil
}

// await waits for a byte. w.mu is held, but not while it waits.
func (w *wire) await() error {
	for w.input.Len() == 0 {
		if w.err != nil {
			return w.err
		}
		if err := w.wait(); err != nil {
			return err
		}
	}
	return nil
}

// awaitLine waits for a line and returns it with its end, without taking it; or what there is of it if it is too long, the
// last one, or no text.
func (w *wire) awaitLine() ([]byte, error) {
	for {
		all := w.input.Bytes()
		if i := bytes.IndexByte(all[:min(len(all), lineMax)], '\n'); i >= 0 {
			return all[:i+1], nil
		}
		if len(all) >= lineMax || len(all) > 0 && (w.err != nil || all[0] < ' ') {
			return all[:min(len(all), lineMax)], nil
		}
		if w.err != nil {
			return nil, w.err
		}
		if err := w.wait(); err != nil {
			return nil, err
		}
	}
}

// wait returns when something came, or the deadline.
func (w *wire) wait() error {
	var late <-chan time.Time
	if !w.deadline.IsZero() {
		timer := time.NewTimer(time.Until(w.deadline))
		defer timer.Stop()
		late = timer.C
	}
	w.mu.Unlock()
	defer w.mu.Lock()
	select {
	case <-w.arrived:
		return nil
	case <-late:
		return os.ErrDeadlineExceeded
	}
}

// rest reads the line behind a literal, with its end. A line that is too long is read and an error, but not one of the
// connection.
func (w *wire) rest() (string, error) {
	var text []byte
	for chunk := make([]byte, 4096); ; {
		n, err := w.Read(chunk)
		if err != nil {
			return "", err
		}
		text = append(text, chunk[:n]...)
		if len(text) > lineMax {
			return "", errLongLine
		}
		if text[len(text)-1] == '\n' {
			return string(text), nil
		}
	}
}

var errLongLine = syntaxError("line too long")

// lastNonSync tells whether the literal that is due was announced as one that comes unasked.
func (w *wire) lastNonSync() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.next.nonSync
}

// message reads a literal of a known size that is due.
func (w *wire) message(size int64) io.Reader { return io.LimitReader(w, size) }

// undecided tells whether the client waits to be asked for the first message of an APPEND that may still be refused.
func (w *wire) undecided() bool {
	return w.server.opts.RefuseEarly && w.command.name == "APPEND" && !w.command.box && w.next.literal
}

// forgo ends the command before the literal that the client hasn't been asked for. go-imap, which believes that it has, gets
// so many zero bytes.
func (w *wire) forgo(size int64) error {
	err := w.abandon("")
	w.void = size
	return err
}

// abandon throws away what is left of the command and lets go-imap find its end instead.
func (w *wire) abandon(end string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.skip(); err != nil {
		return err
	}
	w.owed = []byte(end + "\r\n")
	return nil
}
