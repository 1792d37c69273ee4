package migrate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"unpop/dedupe"
	"unpop/state"
)

func TestCredibleDate(t *testing.T) {
	t.Parallel()
	day := func(year int) time.Time { return time.Date(year, 5, 6, 7, 8, 9, 0, time.UTC) }
	var none time.Time
	now := day(2026)
	for _, tt := range []struct {
		what                         string
		trace                        bool
		received, stored, sent, file time.Time
		want                         time.Time
		rank                         int
	}{
		{"received first", true, day(2015), day(2016), day(2014), day(2020), day(2015), 0},
		{"no trace", false, day(2015), day(2014).Add(delivery), day(2014), day(2020), day(2014).Add(delivery), 1},
		{"moved years later", false, none, day(2016), day(2014), day(2020), day(2014), 1},
		{"moved, and its own date is nonsense", false, none, day(2016), day(1975), day(2020), day(2016), 1},
		{"sent", true, none, none, day(2014), day(2020), day(2014), 2},
		{"file", false, none, none, none, day(2020), day(2020), 3},
		{"the future is not believed", true, day(2038), day(2016), none, none, day(2016), 1},
		{"nor is 1970", false, none, day(1970), day(1979), day(2001), day(2001), 3},
		{"unless nothing else is there", false, none, none, day(1975), none, day(1975), rankDoubtful},
		{"1969 is no date", false, none, none, day(1969), none, now, rankNone},
		{"nothing", false, none, none, none, none, now, rankNone},
	} {
		if got, rank := credibleDate(now, tt.trace, tt.received, tt.stored, tt.sent, tt.file); !got.Equal(tt.want) || rank != tt.rank {
			t.Errorf("%s: got %s, rank %d, want %s, rank %d", tt.what, got, rank, tt.want, tt.rank)
		}
	}
}

func TestStatusFields(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, value string
		want        Copy
	}{
		{"X-Mozilla-Status", "0001", Copy{Flags: Seen}},
		{"x-mozilla-status", "0007", Copy{Flags: Seen | Answered | Flagged}},
		{"X-Mozilla-Status", "0009", Copy{Flags: Seen, Expunged: true}},
		{"X-Mozilla-Status", "0400", Copy{Partial: true}},
		{"X-Mozilla-Status", "1000", Copy{Keywords: []string{"$Forwarded"}}},
		{"X-Mozilla-Status", "junk", Copy{}},
		{"X-Mozilla-Status2", "06000000", Copy{Keywords: []string{"$label3"}}},
		{"X-Mozilla-Keys", "$label1  importante ", Copy{Keywords: []string{"$label1", "importante"}}},
		{"Status", "RO", Copy{Flags: Seen}},
		{"Status", "O", Copy{}},
		{"X-Status", "AFT", Copy{Flags: Answered | Flagged | Draft}},
		{"X-Status", "D", Copy{Expunged: true}},
		{"Status", "Delivered", Copy{}},
		{"X-Status", "FAILED", Copy{}},
		{"X-Keywords", "a, b", Copy{Keywords: []string{"a", "b"}}},
		{"X-Evolution", "00000003-0011", Copy{Flags: Answered | Seen}},
		{"X-Evolution", "00000003-0002", Copy{Expunged: true}},
		{"X-Evolution", "00000003-0010; flags=paid", Copy{Flags: Seen, Keywords: []string{"paid"}}},
		{"X-Evolution", `00000003-0012; flags="$Labelwork,paid"; tags="color=#ff0000"`, Copy{Flags: Seen, Expunged: true, Keywords: []string{"$Labelwork", "paid"}}},
		{"X-Evolution", "00000003", Copy{}},
		{"X-Gmail-Labels", "Inbox,Opened,Starred", Copy{Flags: Seen | Flagged}},
		{"X-Gmail-Labels", `Inbox,"Opened, then forgotten"`, Copy{}},
		{"X-Gmail-Labels", "=?UTF-8?Q?Opened,Universit=C3=A0?=", Copy{Flags: Seen}},
		{"X-Gmail-Labels", "=?UTF-8?Q?Archiviert,Ge=C3=B6ffnet,Kategorie:_=22Pers=C3=B6nlich=22?=", Copy{Flags: Seen}},
		{"X-Gmail-Labels", "=?UTF-8?Q?Messages_archiv=C3=A9s,Ouvert,Brouillons,Cat=C3=A9gorie=C2=A0:_?= =?UTF-8?Q?E-mails?=", Copy{Flags: Seen | Draft}},
		{"Subject", "R", Copy{}},
	} {
		var got Copy
		applyStatus(&got, []dedupe.Field{{Name: tt.name, Value: tt.value}})
		if fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: %s: got %+v, want %+v", tt.name, tt.value, got, tt.want)
		}
	}
}

// What a message brought along from another Thunderbird says nothing of this one.
func TestFirstMozillaStatusCounts(t *testing.T) {
	t.Parallel()
	var got Copy
	applyStatus(&got, []dedupe.Field{
		{Name: "X-Mozilla-Status", Value: "0004"},
		{Name: "X-Mozilla-Status2", Value: "00000000"},
		{Name: "X-Mozilla-Keys", Value: "mine"},
		{Name: "x-mozilla-status", Value: "0409"},
		{Name: "X-Mozilla-Status2", Value: "02000000"},
		{Name: "X-Mozilla-Keys", Value: "theirs"},
	})
	if want := (Copy{Flags: Flagged, Keywords: []string{"mine"}}); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// KMail's letters mean other things, and its Status says that everything was read.
func TestKMailStatus(t *testing.T) {
	t.Parallel()
	for letters, want := range map[string]Copy{
		"N":    {},
		"U":    {},
		"UI":   {Flags: Seen},
		"RG":   {Flags: Seen | Flagged},
		"OAC":  {Flags: Seen | Answered},
		"ORFT": {Flags: Seen, Keywords: []string{"$Forwarded"}},
		"RD":   {Flags: Seen, Expunged: true},
		"AFT":  {Flags: Seen | Answered | Flagged | Draft}, // not KMail's
	} {
		var got Copy
		applyStatus(&got, []dedupe.Field{{Name: "Status", Value: "RO"}, {Name: "X-Status", Value: letters}, {Name: "X-KMail-MDN-Sent"}})
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %+v, want %+v", letters, got, want)
		}
	}
}

func TestCleanKeywords(t *testing.T) {
	t.Parallel()
	got := cleanKeywords([]string{"b", "a", "b", `\Seen`, "è", "x(y)", "", strings.Repeat("k", 101)})
	if want := []string{"_", "_Seen", "a", "b", "x_y_"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestParseFlags(t *testing.T) {
	t.Parallel()
	flags, keywords := ParseFlags([]string{`\seen`, `\Deleted`, `\Recent`, "$Forwarded", `\DRAFT`})
	if flags != Seen|Draft || !slices.Equal(keywords, []string{"$Forwarded"}) {
		t.Errorf("got %v %v", flags.Names(), keywords)
	}
}

// exact returns a reader of got that must prove to be want.
func exact(got, want string) *exactReader {
	digest := sha256.Sum256([]byte(want))
	return &exactReader{from: io.NopCloser(iotest.HalfReader(strings.NewReader(got))), hash: sha256.New(), left: int64(len(want)), want: digest[:]}
}

func TestExactReader(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789", heldBack/5)
	for _, text := range []string{"", "short", long} {
		if got, err := io.ReadAll(exact(text, text)); err != nil || string(got) != text {
			t.Errorf("%d bytes: got %d, %v", len(text), len(got), err)
		}
	}
	for what, other := range map[string]string{
		"shorter": long[:len(long)-1], "longer": long + "x", "other end": long[:len(long)-1] + "x", "other beginning": "x" + long[1:], "much shorter": "0",
	} {
		got, err := io.ReadAll(exact(other, long))
		if !errors.Is(err, ErrChanged) {
			t.Errorf("%s: got %v, want %v", what, err, ErrChanged)
		}
		if len(got) >= len(long) {
			t.Errorf("%s: got %d bytes, all of a message that is not the one", what, len(got))
		}
	}
	if got, err := io.ReadAll(exact("shoRt", "short")); len(got) != 0 || err == nil {
		t.Errorf("a short message that changed: got %q, %v, want nothing", got, err)
	}
}

func TestExactReaderGivesReadErrors(t *testing.T) {
	t.Parallel()
	r := exact("", "something")
	r.from = io.NopCloser(iotest.ErrReader(errors.New("disk is broken")))
	if _, err := io.ReadAll(r); err == nil || errors.Is(err, ErrChanged) {
		t.Errorf("got %v, want the disk's error", err)
	}
}

// retrying is a retrier with a ledger of its own.
func retrying(t *testing.T, patience time.Duration) *retrier {
	t.Helper()
	ledger, err := state.Open(t.Context(), t.TempDir()+"/ledger.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ledger.Close() })
	account, err := ledger.Account(t.Context(), "imap://test")
	if err != nil {
		t.Fatal(err)
	}
	return &retrier{m: New(account, nil, nil, Options{}), patience: patience}
}

func TestRetryPauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := retrying(t, time.Minute)
		broken := &TargetError{Kind: Broken, Err: io.ErrUnexpectedEOF}
		began := time.Now()
		if err := r.pause(t.Context(), broken); err != nil || time.Since(began) != 0 {
			t.Errorf("first lost connection: waited %s, %v, want to go on at once", time.Since(began), err)
		}
		tries := 1
		for r.pause(t.Context(), broken) == nil {
			tries++
		}
		if spent := time.Since(began); spent > time.Minute || spent < 10*time.Second || tries > 20 {
			t.Errorf("gave up after %s and %d tries, want to use the patience", spent, tries)
		}
		r.worked()
		began = time.Now()
		busy := &TargetError{Kind: Busy, Wait: 4 * time.Minute}
		if err := r.pause(t.Context(), busy); err != nil || time.Since(began) != 4*time.Minute {
			t.Errorf("server's own time: waited %s, %v, want 4m", time.Since(began), err)
		}
	})
}

func TestRetryIsPatientWithABusyServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := retrying(t, time.Minute)
		began := time.Now()
		for r.pause(t.Context(), &TargetError{Kind: Busy, Text: "bandwidth limits"}) == nil && time.Since(began) < 48*time.Hour {
		}
		if spent := time.Since(began); spent < 24*time.Hour || spent > busyPatience {
			t.Errorf("gave up after %s, want more than a day", spent)
		}
	})
}

func TestWaitSurvivesARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := retrying(t, time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // stopped while it waits
		defer cancel()
		if err := r.pause(ctx, &TargetError{Kind: Busy, Wait: 10 * time.Minute, Text: "later"}); err == nil {
			t.Fatal("the wait ended with its context alive")
		}
		began := time.Now()
		if err := r.m.honour(t.Context()); err != nil || time.Since(began) != 9*time.Minute {
			t.Errorf("next run waited %s, %v, want the 9 minutes that were left", time.Since(began), err)
		}
		if err := r.m.honour(t.Context()); err != nil || time.Since(began) != 9*time.Minute {
			t.Errorf("the run after that waited again, %v", err)
		}
	})
}

func TestRetryStops(t *testing.T) {
	t.Parallel()
	r := retrying(t, time.Minute)
	for _, err := range []error{io.EOF, &TargetError{Kind: Denied}, &TargetError{Kind: Full}, &TargetError{Kind: Unfit}} {
		if got := r.pause(t.Context(), err); got == nil {
			t.Errorf("%v was tried again", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := r.pause(ctx, &TargetError{Kind: Broken}); !errors.Is(got, context.Canceled) {
		t.Errorf("stopped: got %v", got)
	}
}

func TestQuarantineFormat(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/q.mbox"
	q, err := openQuarantine(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := q.add(strings.NewReader("Subject: x\r\n\r\nbody\r\n"), "because\r\nX-Evil: yes"); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	text := readAll(t, path)
	if bytes.Count(text, []byte("\nX-Unpop-Rejected: because  X-Evil: yes\n")) != 2 || bytes.Count(text, []byte("From unpop@")) != 2 {
		t.Errorf("got %s", text)
	}
}

// What fails or is cut short must not swallow the message that is kept next.
func TestQuarantineCutShort(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/q.mbox"
	if err := os.WriteFile(path, []byte("From unpop@localhost Sat Nov 21 10:00:00 2026\nSubject: ki"), 0o600); err != nil {
		t.Fatal(err)
	}
	q, err := openQuarantine(path)
	if err != nil {
		t.Fatal(err)
	}
	broken := io.MultiReader(strings.NewReader("Subject: torn\r\n\r\nbo"), iotest.ErrReader(errors.New("disk error")))
	if err := q.add(broken, "because"); err == nil {
		t.Error("a message that can't be read was kept")
	}
	if err := errors.Join(q.add(strings.NewReader("Subject: x\r\n\r\nbody\r\n"), "because"), q.Close()); err != nil {
		t.Fatal(err)
	}
	text := readAll(t, path)
	if bytes.Count(text, []byte("\n\nFrom unpop@")) != 1 || bytes.Contains(text, []byte("torn")) {
		t.Errorf("got %s", text)
	}
}

func TestErrorsSayWhere(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"Inbox: message 511 at byte 1204: oops": &CopyError{Part: "Inbox", Message: 511, Offset: 1204, Err: errors.New("oops")},
		"Inbox: oops":                           &CopyError{Part: "Inbox", Offset: -1, Err: errors.New("oops")},
		"server: [TOOBIG] too fat":              &TargetError{Code: "TOOBIG", Text: "too fat"},
		"server: no":                            &TargetError{Text: "no"},
	} {
		if err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	}
}

func readAll(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
