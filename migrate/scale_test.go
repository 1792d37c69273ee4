package migrate

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"unpop/dedupe"
	"unpop/state"
)

// heap is a made-up store of any size: copy n of it can be made without the others. Of a hundred copies 65 are messages of their
// own, 25 are equal to another one, 2 have another one's content in other bytes, 4 its Message-ID and another content (variants),
// 2 have no Message-ID, one is a header only, and one was expunged.
type heap struct{ rows int64 }

const (
	heapParts    = 20
	heapHundred  = 100
	heapMessages = 65 + 4 + 2
	heapExpunged = 1
)

// Parts lists nothing: the test brings the copies to the ledger itself.
func (h heap) Parts(context.Context) iter.Seq2[Part, error] { return func(func(Part, error) bool) {} }
func (h heap) Close() error                                 { return nil }

// Open makes the bytes of a copy.
func (h heap) Open(_ context.Context, _, ref string) (io.ReadCloser, error) {
	n, err := strconv.ParseInt(ref, 10, 64)
	return io.NopCloser(strings.NewReader(h.text(n))), err
}

// original is the message that a copy has to do with: one that came earlier, anywhere.
func (h heap) original(n int64) int64 {
	if n%heapHundred < 65 {
		return n
	}
	return n/2/heapHundred*heapHundred + n%65
}

func (h heap) text(n int64) string {
	of := h.original(n)
	header, body := "", strconv.FormatInt(of, 10)
	switch class := n % heapHundred; {
	case class >= 90 && class < 94:
		body = "variant " + strconv.FormatInt(n, 10)
	case class >= 94 && class < 96:
		header = "X-Kept-By: another program\r\n"
	}
	return fmt.Sprintf("Message-ID: <%d@example.org>\r\n%sSubject: message %d\r\n\r\nbody %s\r\n", of, header, of, body)
}

func (h heap) row(n, folder int64) state.Copy {
	class, text := n%heapHundred, h.text(n)
	c := state.Copy{
		Folder: folder, Ref: strconv.FormatInt(n, 10), Size: 5000 + n%4000, HasID: true, Flags: int(n % 4), Date: 1e9 + n,
		MessageID: fmt.Sprintf("<%d.4711.12345678@mail.example.org>", h.original(n)), Subject: fmt.Sprintf("Re: message number %d of many", h.original(n)),
	}
	key := dedupe.IDKey(fmt.Sprintf("<%d@example.org>", h.original(n)))
	switch {
	case class == 96 || class == 97:
		none := sha256.Sum256([]byte(c.Ref))
		c.HasID, key, text = false, dedupe.Key(none[:16]), text+c.Ref
	case class == 98:
		c.Partial, text = true, text+"header"
	case class == 99:
		c.State = state.Expunged
	}
	exact := sha256.Sum256([]byte(text))
	c.Exact, c.Key = exact[:], key[:]
	return c
}

// scale is a migration of a heap.
type scale struct {
	*Migration
	t      *testing.T
	heap   heap
	boxes  []int64
	source int64
}

// scaleRows is how many copies the ledger gets; UNPOP_BENCH_ROWS makes them more. The figures are logged (go test -v).
func scaleRows(t *testing.T) int64 {
	t.Helper()
	text := os.Getenv("UNPOP_BENCH_ROWS")
	if text == "" {
		return 10_000
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 200*heapParts {
		t.Fatalf("UNPOP_BENCH_ROWS=%s: %v, want a number from %d on", text, err, 200*heapParts)
	}
	return n / (heapHundred * heapParts) * heapHundred * heapParts
}

func newScale(t *testing.T) *scale {
	t.Helper()
	ledger, err := state.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ledger.Close() })
	account, err := ledger.Account(t.Context(), "imap://scale")
	if err != nil {
		t.Fatal(err)
	}
	s := &scale{t: t, heap: heap{scaleRows(t)}}
	s.Migration = New(account, []Input{{Kind: "heap", Path: "/", Source: s.heap}}, nil, Options{})
	if err := s.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.source = s.ids[0]
	return s
}

// fill brings a part to the ledger; part -1 brings all.
func (s *scale) fill(part int64) error {
	if part < 0 {
		for p := range int64(heapParts) {
			if err := s.fill(p); err != nil {
				return err
			}
		}
		return nil
	}
	ctx, name := s.t.Context(), fmt.Sprintf("folder %d", part)
	p, err := s.account.Part(ctx, s.source, s.run, name)
	if err != nil {
		return err
	}
	folder, err := s.account.Folder(ctx, state.Folder{Source: s.source, Name: name, Path: []string{name}})
	if err != nil {
		return err
	}
	box, err := s.account.Mailbox(ctx, name, 0)
	if err != nil {
		return err
	}
	if !slices.Contains(s.boxes, box) {
		s.boxes = append(s.boxes, box)
	}
	return errors.Join(s.account.Assign(ctx, folder, box, false), s.fillPart(p.ID, folder, part))
}

func (s *scale) fillPart(id, folder, part int64) error {
	w, err := s.account.ScanPart(s.t.Context(), id)
	if err != nil {
		return err
	}
	defer w.Abandon()
	each := s.heap.rows / heapParts
	for n := part * each; n < (part+1)*each; n++ {
		if err := w.Add(s.t.Context(), s.heap.row(n, folder)); err != nil {
			return err
		}
	}
	return w.Finish(s.t.Context(), "stamp", nil, "")
}

// queue sends up to limit messages, as far as the ledger is concerned, and reports how many.
func (s *scale) queue(limit int64) (sent int64, err error) {
	ctx := s.t.Context()
	for _, box := range s.boxes {
		after, uid := int64(0), uint32(0)
		for sent < limit {
			page, err := s.account.Next(ctx, box, after, claimMessages)
			if err != nil || len(page) == 0 {
				if err != nil {
					return sent, err
				}
				break
			}
			ids, outcomes := make([]int64, len(page)), make([]state.Outcome, len(page))
			for i, msg := range page {
				uid++
				ids[i] = msg.ID
				outcomes[i] = state.Outcome{Message: msg.ID, State: state.Done, How: state.Appended, UIDValidity: 1, UID: uid}
				after = msg.Copy
			}
			if err := errors.Join(s.account.Claim(ctx, ids, 1, uid), s.account.Settle(ctx, s.run, outcomes)); err != nil {
				return sent, err
			}
			sent += int64(len(page))
		}
	}
	return sent, nil
}

func (s *scale) stored() (n int64, err error) {
	for _, box := range s.boxes {
		for _, err := range s.account.Stored(s.t.Context(), box) {
			if err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

// measure calls do and logs what it cost for each of some rows.
func (s *scale) measure(name string, rows int64, do func() error) {
	s.t.Helper()
	resetPeak()
	started, cpu := time.Now(), cpuTime()
	if err := do(); err != nil {
		s.t.Fatalf("%s: %v", name, err)
	}
	each := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / float64(max(rows, 1)) }
	s.t.Logf("%-22s %9d rows %8.2f us each, cpu %7.2f us, peak %4d MiB", name, rows, each(time.Since(started)), each(cpuTime()-cpu), peakMemory()>>20)
}

// TestLedgerAtScale fills a ledger, plans, sends and plans again. What it costs for each row must not depend on their number, and the
// accounts are known beforehand.
func TestLedgerAtScale(t *testing.T) {
	ctx, s := t.Context(), newScale(t)
	rows := s.heap.rows
	messages := rows / heapHundred * heapMessages
	s.measure("fill", rows, func() error { return s.fill(-1) })
	s.measure("find duplicates", rows, func() error { return s.group(ctx) })
	s.measure("choose", rows, func() error { return s.choose(ctx) })
	s.measure("tally", rows, func() error { return s.expect(messages, 0) })
	s.measure("loads", messages, func() error { _, err := s.account.Loads(ctx, state.Planned); return err })
	s.measure("holdings", rows, func() error { _, err := s.account.Holdings(ctx, s.ids); return err })
	var sent int64
	s.measure("next, claim, settle", min(messages, scaleSent), func() (err error) { sent, err = s.queue(scaleSent); return err })
	s.measure("tally again", rows, func() error { return s.expect(messages-sent, sent) })
	s.measure("loads again", messages, func() error { _, err := s.account.Loads(ctx, state.Done); return err })
	s.measure("stored", sent, func() error {
		if n, err := s.stored(); err != nil || n != sent {
			return fmt.Errorf("got %d stored messages, %w, want %d", n, err, sent)
		}
		return nil
	})
	s.measure("fill a part again", rows/heapParts, func() error { return s.fill(heapParts - 1) })
	s.measure("reset", messages-sent, func() error { return s.account.ResetPlan(ctx, s.ids) })
	s.measure("find duplicates again", rows, func() error { return s.group(ctx) })
	s.measure("choose again", rows, func() error { return s.choose(ctx) })
	s.measure("tally at the end", rows, func() error { return s.expect(messages-sent, sent) })
}

// scaleSent bounds how many messages the test sends: the cost of each is what counts.
const scaleSent = 500_000

// expect compares the accounts with what the heap holds by its making.
func (s *scale) expect(pending, uploaded int64) error {
	got, err := s.Tally(s.t.Context())
	if err != nil {
		return err
	}
	rows := s.heap.rows
	want := state.Tally{
		Seen: rows, Expunged: rows / heapHundred * heapExpunged, Pending: pending, Uploaded: uploaded,
		Duplicate: rows - rows/heapHundred*(heapMessages+heapExpunged), Variant: rows / heapHundred * 4,
		BytesPending: got.BytesPending, BytesUploaded: got.BytesUploaded, BytesLargest: got.BytesLargest,
	}
	if got != want {
		return fmt.Errorf("got %+v, want %+v", got, want)
	}
	return nil
}
