package migrate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-mbox"

	"unpop/state"
)

// quarantine is the mbox file that keeps the bytes of what was rejected, each under a header field that says why.
type quarantine struct {
	mu   sync.Mutex
	path string
	file *os.File // nil until something is kept
}

func openQuarantine(path string) (*quarantine, error) { return &quarantine{path: path}, nil }

// keep appends a message to the quarantine, once in the life of the ledger.
func (u *upload) keep(msg state.Message, reason string) error {
	q := u.quarantine
	if q.path == "" {
		return nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	ctx := context.Background() // short, and better done than not when the run is being stopped
	if kept, err := u.m.account.Quarantined(ctx, msg.Exact); err != nil || kept {
		return err
	}
	clean, err := u.m.open(ctx, msg.Source, msg.Part, msg.Ref)
	if err != nil {
		return err
	}
	defer clean.Close()
	if err := q.add(clean, reason); err != nil {
		return err
	}
	return u.m.account.Quarantine(ctx, msg.Exact)
}

// add appends a message as a whole or not at all.
func (q *quarantine) add(message io.Reader, reason string) error {
	if err := q.open(); err != nil {
		return err
	}
	before, err := q.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if err := q.write(message, reason); err != nil {
		return errors.Join(err, q.file.Truncate(before))
	}
	return nil
}

// open opens the file, if that was not done. A message that was cut short when the program was killed is ended, or the next one would
// become a part of it.
func (q *quarantine) open() error {
	if q.file != nil {
		return nil
	}
	file, err := os.OpenFile(q.path, os.O_CREATE|os.O_RDWR, 0o600) // on Windows nobody cuts off what he may only append to
	if err != nil {
		return err
	}
	if err := endCut(file); err != nil {
		return errors.Join(err, file.Close())
	}
	q.file = file
	return nil
}

func endCut(file *os.File) error {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return err
	}
	end := make([]byte, min(size, 2))
	if _, err := file.ReadAt(end, size-int64(len(end))); err != nil || string(end) == "\n\n" {
		return err
	}
	_, err = io.WriteString(file, "\n\n")
	return err
}

func (q *quarantine) write(message io.Reader, reason string) error {
	mbox := mbox.NewWriter(q.file)
	w, err := mbox.CreateMessage("unpop@localhost", time.Now().UTC())
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "X-Unpop-Rejected: %s\r\n", oneLine(reason)); err != nil {
		return err
	}
	if _, err := io.Copy(w, message); err != nil {
		return err
	}
	if err := mbox.Close(); err != nil {
		return err
	}
	_, err = io.WriteString(q.file, "\n")
	return errors.Join(err, q.file.Sync())
}

// Close closes the file, if anything was kept.
func (q *quarantine) Close() error {
	if q.file == nil {
		return nil
	}
	return q.file.Close()
}

// oneLine makes a text fit for a header field, within 900 bytes.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return ' '
		}
		return r
	}, text)
	return clip(text, 900)
}
