package migratetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
)

var testDate = time.Date(2011, 2, 3, 4, 5, 6, 0, time.FixedZone("", 5400))

// text makes a message of about size bytes with CRLF line ends, lines that begin with dots, and 8-bit text.
func text(id string, size int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: Anna <anna@example.org>\r\nSubject: =?utf-8?q?Caff=C3=A8?= %s\r\nMessage-ID:\r\n <%s@example.org>\r\n\r\n", id, id)
	for line := 0; b.Len() < size; line++ {
		fmt.Fprintf(&b, ".. line %d of %s: caffè {12}\r\n", line, id)
	}
	return b.Bytes()
}

func outgoing(content []byte) migrate.Outgoing {
	return migrate.Outgoing{
		Size: int64(len(content)), Received: testDate,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
	}
}

func message(id string, size int) migrate.Outgoing { return outgoing(text(id, size)) }

// reading makes a message of size bytes whose bytes come from r.
func reading(size int64, r io.Reader) migrate.Outgoing {
	return migrate.Outgoing{Size: size, Received: testDate, Open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
}

func (a *account) testBatch(t *testing.T) {
	s, _, box := a.open(t)
	var contents [][]byte
	var batch []migrate.Outgoing
	for i := range 20 {
		size := 300 + i
		switch i {
		case 7:
			size = 5000
		case 13:
			size = 1<<20 + 4711
		}
		contents = append(contents, text(fmt.Sprintf("m%d", i), size))
		batch = append(batch, outgoing(contents[i]))
	}
	receipts := store(t, s, batch)
	found := find(t, s, box.UIDNext, 0)
	if len(found) != len(batch) {
		t.Fatalf("Find: got %d messages, want %d", len(found), len(batch))
	}
	for i, f := range found {
		if r := receipts[i]; r.UID != 0 && (r.UID != f.UID || r.UIDValidity != box.UIDValidity) {
			t.Errorf("message %d: got receipt %+v, want UID %d of %d", i, r, f.UID, box.UIDValidity)
		}
		if want := fmt.Sprintf("<m%d@example.org>", i); f.MessageID != want || f.Size != batch[i].Size {
			t.Errorf("message %d: got %q and %d bytes, want %q and %d", i, f.MessageID, f.Size, want, batch[i].Size)
		}
		if got := fetch(t, s, f.UID); !bytes.Equal(got, contents[i]) {
			t.Errorf("message %d: got %d other bytes back, want the %d sent", i, len(got), len(contents[i]))
		}
	}
	if again := find(t, s, box.UIDNext, 0); len(again) > 0 && slices.Contains(again[0].Flags, `\Seen`) {
		t.Error(`Fetch: got \Seen set, want the flags untouched`)
	}
}

func fetch(t *testing.T, s migrate.Finder, uid migrate.UID) []byte {
	t.Helper()
	r, err := s.Fetch(t.Context(), uid)
	if err != nil {
		t.Fatalf("Fetch(%d): %v", uid, err)
	}
	content, err := io.ReadAll(r)
	if closeErr := r.Close(); err != nil || closeErr != nil {
		t.Fatalf("Fetch(%d): %v, %v", uid, err, closeErr)
	}
	return content
}

func (a *account) testFlags(t *testing.T) {
	s, _, box := a.open(t)
	for _, flags := range [][]string{nil, {`\Seen`}, {`\Answered`, `\Flagged`, `\Draft`}, {`\Seen`, "$Forwarded", "ToDo"}} {
		if !box.AnyKeyword && len(flags) == 3 && flags[2] == "ToDo" {
			continue
		}
		m := message("flags", 200)
		m.Flags = flags
		next := mustSelect(t, s, a.prefix+"box "+strings.Repeat("x", a.boxes)).UIDNext
		store(t, s, []migrate.Outgoing{m})
		found := find(t, s, next, 0)
		if len(found) != 1 || !sameFlags(found[0].Flags, flags) {
			t.Errorf("flags: got %+v, want %v", found, flags)
		}
	}
	bad := message("bad flag", 200)
	bad.Flags = []string{"two words"}
	receipts, err := settled(t, t.Context(), s, []migrate.Outgoing{bad, message("next", 200)})
	if err != nil || receipts[0].Err == nil || receipts[1].Err != nil || len(receipts) != 2 {
		t.Errorf("flag with a blank: got %v and %v, want the first refused and the second stored", receipts, err)
	}
}

// sameFlags leaves out \Recent, which is the server's, and case.
func sameFlags(got, want []string) bool {
	tidy := func(flags []string) []string {
		var kept []string
		for _, flag := range flags {
			if flag = strings.ToLower(flag); flag != `\recent` {
				kept = append(kept, flag)
			}
		}
		slices.Sort(kept)
		return kept
	}
	return slices.Equal(tidy(got), tidy(want))
}

func (a *account) testDates(t *testing.T) {
	s, _, box := a.open(t)
	dates := []time.Time{
		testDate, time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(1999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -8*3600)),
		time.Date(2008, 2, 29, 8, 9, 10, 0, time.FixedZone("", 13*3600)),
	}
	var batch []migrate.Outgoing
	for _, date := range dates {
		m := message("date", 200)
		m.Received = date
		batch = append(batch, m)
	}
	odd := message("odd date", 200)
	odd.Received = time.Date(1931, 1, 1, 0, 0, 0, 0, time.UTC)
	store(t, s, append(batch, odd))
	for i, f := range find(t, s, box.UIDNext, 0) {
		if i < len(dates) && !f.Received.Equal(dates[i]) {
			t.Errorf("date %d: got %v, want %v", i, f.Received, dates[i])
		}
	}
}

var errSource = errors.New("disk: gone")

// testUnreadable: messages that can't be read cost nothing and nobody.
func (a *account) testUnreadable(t *testing.T) {
	s, _, box := a.open(t)
	noOpen := migrate.Outgoing{Size: 5, Open: func() (io.ReadCloser, error) { return nil, errSource }}
	batch := []migrate.Outgoing{
		message("good1", 300), noOpen, reading(500, io.MultiReader(strings.NewReader("A: b\r\n"), failing{})), message("good2", 6000),
		reading(500, strings.NewReader("A: b\r\n\r\nshort")), reading(10, strings.NewReader("A: b\r\n\r\nlonger than it says")),
		message("good3", 300),
	}
	receipts, err := settled(t, t.Context(), s, batch)
	if err != nil || len(receipts) != len(batch) {
		t.Fatalf("Append: got %v and %d settled, want all %d", err, len(receipts), len(batch))
	}
	for i, r := range receipts {
		var refused *migrate.TargetError
		if good := i == 0 || i == 3 || i == 6; good != (r.Err == nil) || errors.As(r.Err, &refused) {
			t.Errorf("message %d: got %v, want an error of its own only for the unreadable ones", i, r.Err)
		}
	}
	if !errors.Is(receipts[2].Err, errSource) {
		t.Errorf("message 2: got %v, want %v", receipts[2].Err, errSource)
	}
	if found := find(t, s, box.UIDNext, 0); len(found) != 3 {
		t.Errorf("Find: got %d messages, want the 3 good ones", len(found))
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errSource }

func (a *account) testBrokenWithin(t *testing.T) {
	long := text("broken", 3<<20)
	a.testWithin(t, reading(int64(len(long)), io.MultiReader(bytes.NewReader(long[:5<<19]), failing{})), errSource)
}

func (a *account) testTooLong(t *testing.T) {
	long := text("too long", 2<<20)
	a.testWithin(t, reading(int64(len(long)-1), bytes.NewReader(long)), nil)
}

// testWithin appends a message that turns out bad after the command began: it must not be stored, whatever it costs.
func (a *account) testWithin(t *testing.T, bad migrate.Outgoing, want error) {
	t.Helper()
	s, name, box := a.open(t)
	receipts, err := settled(t, t.Context(), s, []migrate.Outgoing{message("before", 300), bad, message("after", 300)})
	if receipts[0].Err != nil || receipts[1].Err == nil || want != nil && !errors.Is(receipts[1].Err, want) {
		t.Errorf("Append: got %+v, want the first stored and the second with %v", receipts, want)
	}
	var broken *migrate.TargetError
	if _, went := receipts[2]; !went && (!errors.As(err, &broken) || broken.Kind != migrate.Broken) {
		t.Errorf("Append: got %v with a message left, want a broken session", err)
	}
	second := a.dial(t)
	mustSelect(t, second, name)
	for _, f := range find(t, second, box.UIDNext, 0) {
		if f.Size > 1<<20 {
			t.Errorf("Find: got a message of %d bytes, want none of the bad one", f.Size)
		}
	}
}

func (a *account) testCancelledWithin(t *testing.T) {
	s, name, box := a.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	long := text("cancelled", 8<<20)
	var stopped time.Time
	stop := func() { cancel(); stopped = time.Now() }
	m := reading(int64(len(long)), io.MultiReader(bytes.NewReader(long[:2<<20]), &onRead{stop}, bytes.NewReader(long[2<<20:])))
	receipts, err := settled(t, ctx, s, []migrate.Outgoing{m, message("after", 100)})
	if r, known := receipts[0]; !errors.Is(err, context.Canceled) || known || receipts[1].Err != nil && !errors.Is(receipts[1].Err, migrate.ErrUnsent) {
		t.Errorf("Append: got %v, %v and %v, want %v, the first in doubt and the second in doubt or never sent", r, receipts, err, context.Canceled)
	}
	if took := time.Since(stopped); took > time.Second {
		t.Errorf("Append: came back %v after the end of its context, want under a second", took)
	}
	second := a.dial(t)
	mustSelect(t, second, name)
	if found := find(t, second, box.UIDNext, 0); len(found) != 0 {
		t.Errorf("Find: got %d messages, want none", len(found))
	}
}

// onRead calls f and ends.
type onRead struct{ f func() }

func (o *onRead) Read([]byte) (int, error) {
	o.f()
	time.Sleep(10 * time.Millisecond) // let the cancellation arrive
	return 0, io.EOF
}
