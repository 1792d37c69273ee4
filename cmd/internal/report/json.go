package report

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"unpop/state"
)

// WriteJSON writes one object for all accounts. Its lists of messages and of copies are streamed, one a line.
func WriteJSON(ctx context.Context, w io.Writer, accounts []*state.Account, opts Options) error {
	j := &jsonWriter{w: bufio.NewWriter(w)}
	j.open(documentJSON{opts.Made.UTC(), opts.Version, opts.Ledger, opts.HeldBy})
	j.text(`,"accounts":[`)
	for i, account := range accounts {
		if i > 0 {
			j.text(",")
		}
		if err := j.account(ctx, account, opts); err != nil {
			return err
		}
	}
	j.text("]}\n")
	return j.finish()
}

// jsonWriter keeps the first error.
type jsonWriter struct {
	w   *bufio.Writer
	err error
}

func (j *jsonWriter) finish() error {
	if err := errors.Join(j.err, j.w.Flush()); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

func (j *jsonWriter) text(s string) {
	if j.err == nil {
		_, j.err = j.w.WriteString(s)
	}
}

func (j *jsonWriter) value(v any) {
	text, err := json.Marshal(v)
	if j.err = errors.Join(j.err, err); j.err == nil {
		_, j.err = j.w.Write(text)
	}
}

// open writes an object without its closing brace, so that more can follow.
func (j *jsonWriter) open(v any) {
	text, err := json.Marshal(v)
	if j.err = errors.Join(j.err, err); j.err == nil {
		_, j.err = j.w.Write(text[:len(text)-1])
	}
}

func (j *jsonWriter) account(ctx context.Context, account *state.Account, opts Options) error {
	opts.whole = true
	a, err := Gather(ctx, account, opts)
	if err != nil {
		return err
	}
	j.text("\n")
	j.open(a.json())
	j.text(`,"messages":[`)
	if err := j.messages(ctx, account); err != nil {
		return err
	}
	j.text(`],"not_brought":[`)
	next := lister(j)
	for _, list := range []struct {
		why  state.Unbrought
		name string
	}{{state.UnbroughtExpunged, "expunged"}, {state.UnbroughtUnreadable, "unreadable"}, {state.UnbroughtExcluded, "excluded"}} {
		for c, err := range account.Unbrought(ctx, list.why, -1) {
			if err != nil {
				return err
			}
			next(newCopyJSON(list.name, &c))
		}
	}
	j.text("]}")
	return j.err
}

// lister writes the rows of a list, one a line.
func lister(j *jsonWriter) func(any) {
	between := "\n"
	return func(v any) {
		j.text(between)
		j.value(v)
		between = ",\n"
	}
}

func (j *jsonWriter) messages(ctx context.Context, account *state.Account) error {
	next := lister(j)
	for m, err := range account.Tell(ctx, state.WhichAll, -1) {
		if err != nil {
			return err
		}
		row := newMessageJSON(&m)
		if m.State == state.Rejected || m.Changed() {
			tries, err := account.Attempts(ctx, m.ID)
			if err != nil {
				return err
			}
			for _, t := range tries {
				row.Attempts = append(row.Attempts, tryJSON{t.Time.UTC(), t.Repair, t.Reason})
			}
		}
		if m.How >= state.Moved {
			if row.MovedFrom, err = account.MovedFrom(ctx, m.ID); err != nil {
				return err
			}
		}
		if next(row); j.err != nil {
			return j.err
		}
	}
	return nil
}

func newMessageJSON(m *state.Told) messageJSON {
	_, size := m.OnTarget()
	return messageJSON{
		ID: m.ID, State: fate(m.Message), Mailbox: m.MailboxName, UIDValidity: m.UIDValidity, UID: m.UID, Date: time.Unix(m.Date, 0).UTC(),
		Subject: m.Subject, MessageID: m.MessageID, Flags: flagList(m.Flags, nil), Keywords: append([]string{}, m.Keywords...), Size: size, Copies: m.Copies,
		Source: m.SourcePath, Folder: m.Folder, Part: m.Part, Ref: m.Ref, Variant: m.Variant, Changed: m.Changed(), Run: m.Run, Reason: m.Reason,
	}
}

func newCopyJSON(name string, c *state.ToldCopy) copyJSON {
	return copyJSON{
		State: name, Source: c.SourcePath, Folder: c.FolderName, Part: c.PartName, Ref: c.Ref, Date: time.Unix(c.Date, 0).UTC(),
		Subject: c.Subject, MessageID: c.MessageID, Size: c.Size, Reason: c.Flaw,
	}
}
