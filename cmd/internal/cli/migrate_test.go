package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap/imaptest"
	"unpop/state"
)

// tornSource holds one good message, one that can't be read, and a part that breaks off.
type tornSource struct{}

type tornPart struct{ name string }

func (tornSource) Parts(context.Context) iter.Seq2[migrate.Part, error] {
	return func(yield func(migrate.Part, error) bool) {
		_ = yield(tornPart{"good"}, nil) && yield(tornPart{"torn"}, errors.New("input/output error"))
	}
}

func (tornSource) Open(_ context.Context, _, ref string) (io.ReadCloser, error) {
	if ref == "bad" {
		return nil, errors.New("bad sector")
	}
	return io.NopCloser(strings.NewReader("From: a@example.org\r\nSubject: s\r\nMessage-ID: <1@example.org>\r\n\r\ntext\r\n")), nil
}

func (tornSource) Close() error { return nil }

func (p tornPart) Info() migrate.PartInfo {
	return migrate.PartInfo{Name: p.name, Folder: migrate.Folder{Path: []string{p.name}}}
}

func (p tornPart) Copies(context.Context) iter.Seq2[*migrate.Copy, error] {
	return func(yield func(*migrate.Copy, error) bool) {
		folder := p.Info().Folder
		_ = yield(&migrate.Copy{Ref: "ok", Folder: folder, Size: 70}, nil) && yield(&migrate.Copy{Ref: "bad", Folder: folder, Size: 70}, nil)
	}
}

func TestUnreadableIsNotSilentlyLeftOut(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t)
	for _, asJSON := range []bool{false, true} {
		var out, errs bytes.Buffer
		a := &app{ui: ui{out: &out, err: &errs, json: asJSON}}
		j := &job{
			inputs: []migrate.Input{{Kind: "torn", Path: "/torn", Source: tornSource{}}}, target: server.Target(imaptest.User),
			opts: migrate.Options{Progress: new(migrate.Progress)},
		}
		if err := j.open(t.Context(), filepath.Join(t.TempDir(), "l.db"), "imap://test"); err != nil {
			t.Fatal(err)
		}
		report, err := a.run(t.Context(), j)
		err = errors.Join(a.settle(t.Context(), j, report, err), j.close())
		if got := statusOf(t.Context(), err); got != exitRejected {
			t.Errorf("json %t: got status %d (%v), want %d", asJSON, got, err, exitRejected)
		}
		if asJSON {
			var fields migrate.Fields
			if err := json.Unmarshal(out.Bytes(), &fields); err != nil || fields.Rejected != 1 || fields.Seen != 2 {
				t.Errorf("json: got %s (%v), want 1 rejected of 2 seen", out.String(), err)
			}
			continue
		}
		for _, want := range []string{"1 message could not be brought over", "Could not be read to the end:\n  torn: input/output error\n", "1  rejected"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("account: got %q, want it to hold %q", out.String(), want)
			}
		}
	}
}

func TestHeadline(t *testing.T) {
	t.Parallel()
	report := func(t state.Tally) migrate.Report {
		r := migrate.Report{Tally: t}
		r.Times[migrate.StepUpload] = 90 * time.Second
		return r
	}
	missing := report(state.Tally{Present: 9})
	missing.Missing = 3
	tests := []struct {
		c    closing
		want string
	}{
		{closing{Report: report(state.Tally{Seen: 7, Uploaded: 5, Present: 2, BytesUploaded: 4000})}, "Done in 2 min: 5 messages uploaded, 4.0 kB."},
		{closing{Report: report(state.Tally{Seen: 7, Present: 7})}, "Nothing to do: all 7 messages on the server."},
		{closing{Report: report(state.Tally{Uploaded: 1, Pending: 6}), stopped: true, err: context.Canceled}, "Stopped after 2 min: 1 message on the server, 6 still to be sent."},
		{closing{Report: report(state.Tally{Uploaded: 1, Pending: 6}), err: io.EOF}, "Not finished: 1 message on the server, 6 still to be sent."},
		{closing{Report: report(state.Tally{Seen: 9}), stopped: true, err: context.Canceled}, "Stopped after 2 min, before anything was sent."},
		{closing{Report: report(state.Tally{Seen: 9}), err: io.EOF}, "Not finished, and nothing was sent."},
		{closing{Report: missing, err: migrate.ErrMissing}, "All was sent, but 3 messages not on the server any more."},
		{closing{Report: report(state.Tally{})}, "Nothing to do: there is no mail in the sources."},
		{closing{Report: report(state.Tally{Seen: 2, Expunged: 2})}, "Nothing to do: the sources hold nothing to bring to the server."},
		{closing{Report: report(state.Tally{Uploaded: 1, Refused: 1, Unreadable: 1})}, "Done in 2 min, but 2 messages could not be brought over."},
		{closing{Report: report(state.Tally{Uploaded: 1}), unread: []unreadPart{{}}}, "Done in 2 min, but not all of the sources could be read."},
	}
	for _, tt := range tests {
		if got := tt.c.headline(); got != tt.want {
			t.Errorf("headline of %+v: got %q, want %q", tt.c.Tally, got, tt.want)
		}
	}
}

func TestRejectedAreListedUpToTen(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	a := &app{ui: ui{out: &out}}
	many := func(yield func(state.Message, error) bool) {
		for i := range 12 {
			if !yield(state.Message{Subject: fmt.Sprintf("no\x1b %d", i), Folder: "Inbox", Reason: "server: [TOOBIG] no"}, nil) {
				return
			}
		}
	}
	if err := a.listRejected(many, mostListed, "my ledger.db"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "TOOBIG"); got != mostListed {
		t.Errorf("got %d messages, want %d", got, mostListed)
	}
	if !strings.HasSuffix(out.String(), "… and more: unpop status --state 'my ledger.db'\n") {
		t.Errorf("got %q, want it to end with how to see more", out.String())
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Errorf("got a control character in %q", out.String())
	}
}

func TestRunSentence(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 21, 10, 4, 0, 0, time.Local)
	ended := began.Add(time.Hour)
	run := func(ended time.Time, outcome string) *runStatus {
		return newRunStatus(&state.Run{Command: "migrate", Started: began, Ended: ended, Outcome: outcome})
	}
	const head = "unpop migrate, begun 2026-11-21 10:04"
	tests := []struct {
		run          *runStatus
		holder, want string
	}{
		{nil, "", "Nothing was done yet."},
		{run(time.Time{}, ""), "process 7 on pc1", head + ", is going on: process 7 on pc1"},
		{run(time.Time{}, ""), "", head + ", was cut off. Run it again: it goes on where it stopped."},
		{run(ended, "done"), "", head + ", ended 2026-11-21 11:04: done."},
		{run(ended, "interrupt signal received"), "", head + ", stopped 2026-11-21 11:04. Run it again: it goes on where it stopped."},
		{run(ended, "server: [OVERQUOTA] full"), "", head + ", ended 2026-11-21 11:04: server: [OVERQUOTA] full"},
	}
	for _, tt := range tests {
		if got := tt.run.sentence(tt.holder); got != tt.want {
			t.Errorf("sentence: got %q, want %q", got, tt.want)
		}
	}
}
