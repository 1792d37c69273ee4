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
	clean, err := u.m.open(ctx, msg.Source, msg.Part, msg.Ref)
	if err != nil {
		return err
	}
	defer clean.Close()
	if fresh, err := u.m.account.Quarantine(ctx, msg.Exact); err != nil || !fresh {
		return err
	}
	return q.add(clean, reason)
}

func (q *quarantine) add(message io.Reader, reason string) error {
	if q.file == nil {
		file, err := os.OpenFile(q.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		q.file = file
	}
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
