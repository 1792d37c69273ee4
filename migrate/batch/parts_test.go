package batch

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"unpop/migrate"
	"unpop/migrate/target/imap"
	"unpop/state"
)

func TestWindow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		window, now string
		open        bool
		until       string
	}{
		{"20:00-06:00", "2026-11-21 19:59", false, "2026-11-21 20:00"},
		{"20:00-06:00", "2026-11-21 20:00", true, "2026-11-22 06:00"},
		{"20:00-06:00", "2026-11-21 23:59", true, "2026-11-22 06:00"},
		{"20:00-06:00", "2026-11-22 00:00", true, "2026-11-22 06:00"},
		{"20:00-06:00", "2026-11-22 06:00", false, "2026-11-22 20:00"},
		{"09:30-17:00", "2026-12-31 08:00", false, "2026-12-31 09:30"},
		{"09:30-17:00", "2026-12-31 12:00", true, "2026-12-31 17:00"},
		{"09:30-17:00", "2026-12-31 17:00", false, "2027-01-01 09:30"},
		{" 9:30 - 17:00 ", "2026-12-31 12:00", true, "2026-12-31 17:00"},
	} {
		w, err := ParseWindow(c.window)
		if err != nil {
			t.Fatal(err)
		}
		now, _ := time.ParseInLocation("2006-01-02 15:04", c.now, time.Local)
		open, until := w.At(now)
		if open != c.open || until.Format("2006-01-02 15:04") != c.until {
			t.Errorf("%s at %s: got %v until %s, want %v until %s", c.window, c.now, open, until, c.open, c.until)
		}
		if again, err := ParseWindow(w.String()); err != nil || again != w {
			t.Errorf("%s: printed as %q, which reads as %v, %v", c.window, w, again, err)
		}
	}
	for _, bad := range []string{"", "20:00", "20:00-20:00", "20-06", "25:00-06:00", "20:00-06:61", "20:00-06:00-07:00"} {
		if _, err := ParseWindow(bad); err == nil {
			t.Errorf("%q: got no error", bad)
		}
	}
	if open, until := (Window{}).At(time.Now()); !open || !until.IsZero() {
		t.Errorf("no window: got %v until %v, want always", open, until)
	}
}

// TestWindowOnOddDays holds that a window ends by the clock on the wall when the clocks change.
func TestWindowOnOddDays(t *testing.T) {
	t.Parallel()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Skip(err)
	}
	w, _ := ParseWindow("20:00-06:00")
	_, until := w.At(time.Date(2026, 10, 24, 21, 0, 0, 0, rome)) // 25 hours
	if until.Hour() != 6 || until.Sub(time.Date(2026, 10, 24, 21, 0, 0, 0, rome)) != 10*time.Hour {
		t.Errorf("got %v, want six o'clock", until)
	}
}

// TestHoursCloseSoftly holds that what is under way stops when the hours end, and is no failure.
func TestHoursCloseSoftly(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b := &Batch{opts: Options{}.withDefaults(), hosts: map[string]*host{}}
	b.opts.now = func() time.Time { return now }
	b.opts.Between = Window{from: 0, to: time.Duration(now.Hour()+1) * time.Hour}
	if b.opts.Between.to > 23*time.Hour {
		t.Skip("too late at night")
	}
	s := shift{batch: b, parent: t.Context(), ends: make(chan end)}
	s.arrange(true)
	if s.ctx == nil {
		t.Fatal("no shift inside of the hours")
	}
	working := s.ctx
	now = now.Add(90 * time.Minute)
	s.arrange(true)
	if s.ctx != nil || !errors.Is(context.Cause(working), errOutside) || b.Snapshot().Closed.IsZero() {
		t.Errorf("got cause %v, want the shift closed", context.Cause(working))
	}
	q, _ := b.judge(state.Queued{Attempts: 2}, &outcome{err: context.Canceled}, true)
	if q.Turn != state.TurnWaiting || q.Attempts != 2 || q.Cause != "" {
		t.Errorf("got %+v, want it waiting and no failure", q)
	}
}

func TestMark(t *testing.T) {
	t.Parallel()
	mark := markOf("geheim")
	if !fits(mark, "geheim") || fits(nil, "geheim") || len(mark) != saltBytes+markBytes {
		t.Errorf("got mark %x", mark)
	}
	wrong := 0
	for _, other := range []imap.Secret{"", "Geheim", "geheim ", "geheim1"} {
		if fits(mark, other) {
			wrong++
		}
	}
	if wrong > 1 { // one in 65,536 does
		t.Errorf("%d other passwords fit", wrong)
	}
	if slices.Equal(mark, markOf("geheim")) {
		t.Error("two marks of a password are equal: accounts with one password could be told")
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a.mbox", "b.mbox", "[Gmail].mbox", "c.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	for spec, want := range map[string][]string{
		at("a.mbox"):              {at("a.mbox")},
		at("none"):                {at("none")}, // opening it says what is wrong
		at("?.mbox"):              {at("a.mbox"), at("b.mbox")},
		"mbox:" + at("[ab].mbox"): {"mbox:" + at("a.mbox"), "mbox:" + at("b.mbox")},
		at("[Gmail].mbox"):        {at("[Gmail].mbox")},
		"pst:" + at("a.mbox"):     {"pst:" + at("a.mbox")},
	} {
		if got, err := expand(spec); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %q, %v, want %q", spec, got, err, want)
		}
	}
	for spec, want := range map[string]error{at("*.pst"): os.ErrNotExist, "pop3s://a@h": errLive, at("[a"): filepath.ErrBadPattern} {
		if got, err := expand(spec); !errors.Is(err, want) {
			t.Errorf("%s: got %q, %v, want %v", spec, got, err, want)
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		if got, err := expand("mbox:~/x"); err != nil || got[0] != "mbox:"+filepath.Join(home, "x") {
			t.Errorf("got %q, %v, want the home directory filled in", got, err)
		}
	}
}

func TestQuarantineFiles(t *testing.T) {
	t.Parallel()
	if QuarantineFile("", "imap://a@h:143") != "" {
		t.Error("got a file without a directory")
	}
	seen := map[string]bool{}
	for _, target := range []string{
		"imaps://anna%40example.org@h:993", "imap://anna%40example.org@h:993", "imaps://ANNA%40example.org@h:993", "imaps://..%2F..%2Fx@h:993",
		"imaps://" + strings.Repeat("x", 300) + "@h:993", "imaps://" + strings.Repeat("x", 300) + "y@h:993", "imaps://a%3Cb%3A%22%7C%3F*@[::1]:993",
	} {
		name := QuarantineFile("dir", target)
		if base := filepath.Base(name); filepath.Dir(name) != "dir" || len(base) > 160 || strings.ContainsAny(base, `/\:*?"<>|%`) || seen[strings.ToLower(name)] {
			t.Errorf("%s: got %s", target, name)
		}
		seen[strings.ToLower(name)] = true
	}
}

// TestHostShares holds that the accounts of a host together never have more sessions than it allows, and none of them too few.
func TestHostShares(t *testing.T) {
	t.Parallel()
	for jobs := 1; jobs <= 40; jobs += 3 {
		for most := 1; most <= 30; most += 4 {
			b := &Batch{opts: Options{Jobs: jobs, HostConnections: most, Connections: 4}.withDefaults(), hosts: map[string]*host{}}
			for i := range 50 {
				j := &job{account: &Account{Line: i, To: imap.Options{Host: "h"}}, host: b.hostOf("h")}
				j.host.waiting++
				b.waiting = append(b.waiting, j)
			}
			used := 0
			for j := b.pick(time.Now()); j != nil; j = b.pick(time.Now()) {
				used += j.share
				if j.share < 1 || j.share > 4 || used > most {
					t.Fatalf("%d jobs, %d connections: got a share of %d, %d in all", jobs, most, j.share, used)
				}
			}
			if len(b.working) != min(jobs, most) {
				t.Errorf("%d jobs, %d connections: got %d accounts at work", jobs, most, len(b.working))
			}
			h := b.working[0].host
			for _, j := range b.working {
				h.leave(j, false)
			}
			if h.used != 0 || h.running != 0 {
				t.Errorf("got %+v after all have left", h)
			}
		}
	}
}

// TestFairToHosts holds that a server with many accounts doesn't keep those of another one waiting.
func TestFairToHosts(t *testing.T) {
	t.Parallel()
	b := &Batch{opts: Options{Jobs: 6, HostConnections: 100}.withDefaults(), hosts: map[string]*host{}}
	for i := range 30 {
		name := "big"
		if i >= 27 {
			name = "small"
		}
		j := &job{account: &Account{Line: i}, host: b.hostOf(name)}
		j.host.waiting++
		b.waiting = append(b.waiting, j)
	}
	for range 6 {
		b.pick(time.Now())
	}
	if got := b.hosts["small"].running; got != 3 {
		t.Errorf("got %d accounts of the small server at work, want all three", got)
	}
	full := b.hosts["big"]
	full.leave(b.working[0], true)
	if full.most >= 100 {
		t.Errorf("got %d connections still, after the server had too many", full.most)
	}
}

func TestDisksLetSomeIn(t *testing.T) {
	t.Parallel()
	d := &disks{most: 2}
	here := []migrate.Input{{Path: t.TempDir()}, {Path: t.TempDir()}}
	first, err1 := d.enter(t.Context(), here)
	second, err2 := d.enter(t.Context(), here)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := d.enter(ctx, here); err == nil {
		t.Error("a third one was let in")
	}
	first()
	third, err := d.enter(t.Context(), here)
	if err != nil {
		t.Fatal(err)
	}
	second()
	third()
	leave, err := d.gate(here)(t.Context(), migrate.StepUpload)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	for _, places := range d.of {
		if len(places) != 0 {
			t.Errorf("%d places are still taken", len(places))
		}
	}
}

func TestRoomOnDisks(t *testing.T) {
	t.Parallel()
	r, err := RoomFor([]Finding{{New: 10e9}, {New: 1e9}}, filepath.Join(t.TempDir(), "not", "yet"))
	if err != nil || r.Ledger < 1e9 || r.Spool < 10e9/spoolShare || r.LedgerFree <= 0 || r.SpoolFree <= 0 {
		t.Errorf("got %+v, %v", r, err)
	}
	if r.Ledger = r.LedgerFree + 1; r.Fits() {
		t.Error("more than there is fits")
	}
}

// TestBandwidth holds that several connections together keep to the limit, and that waiting is no silence of the server's.
func TestBandwidth(t *testing.T) {
	t.Parallel()
	const perSecond, each = 400_000, 150_000
	bucket := rate.NewLimiter(perSecond, leastBurst)
	wrap := slow(bucket)
	began := time.Now()
	done := make(chan error)
	for range 2 {
		here, there := net.Pipe()
		go func() {
			_, err := io.Copy(io.Discard, there)
			if errors.Is(err, io.ErrClosedPipe) {
				err = nil
			}
			done <- err
		}()
		go func() {
			conn := wrap(here)
			_ = conn.SetWriteDeadline(time.Now().Add(200 * time.Millisecond)) // less than it takes, more than a stride does
			_ = conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
			_, err := conn.Write(make([]byte, each))
			done <- errors.Join(err, conn.Close())
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	least := time.Duration(float64(2*each-leastBurst) / perSecond * float64(time.Second))
	if took := time.Since(began); took < least*9/10 || took > 5*least {
		t.Errorf("got %s for %d bytes, want about %s", took, 2*each, least)
	}
	if slow(nil) != nil {
		t.Error("something is put around connections without a limit")
	}
}

// TestBandwidthEndsWithClose holds that a connection which waits for its turn can be closed.
func TestBandwidthEndsWithClose(t *testing.T) {
	t.Parallel()
	here, there := net.Pipe()
	defer there.Close()
	conn := slow(rate.NewLimiter(1, leastBurst))(here)
	go func() { _, _ = io.Copy(io.Discard, there) }()
	time.AfterFunc(50*time.Millisecond, func() { _ = conn.Close() })
	began := time.Now()
	if _, err := conn.Write(make([]byte, 10*leastBurst)); err == nil || time.Since(began) > 5*time.Second {
		t.Errorf("got %v after %s, want it closed", err, time.Since(began))
	}
}

// TestVerdicts holds what each kind of trouble means for an account.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	kind := func(k migrate.Kind) error { return &migrate.TargetError{Kind: k, Text: "words"} }
	for name, c := range map[string]struct {
		o     outcome
		turn  state.Turn
		cause string
	}{
		"done":            {outcome{}, state.TurnDone, ""},
		"refused message": {outcome{report: migrate.Report{Tally: state.Tally{Refused: 1}}}, state.TurnPartly, CauseMessages},
		"broken part":     {outcome{troubled: []string{"Inbox: broken"}}, state.TurnPartly, CauseMessages},
		"denied":          {outcome{err: kind(migrate.Denied)}, state.TurnPerson, CauseSignIn},
		"denied later":    {outcome{err: kind(migrate.Denied), signedIn: true}, state.TurnWaiting, CauseFailed},
		"full":            {outcome{err: kind(migrate.Full)}, state.TurnPerson, CauseFull},
		"certificate":     {outcome{err: kind(migrate.Unfit)}, state.TurnPerson, CauseServer},
		"busy":            {outcome{err: kind(migrate.Busy)}, state.TurnWaiting, CauseBusy},
		"crowded":         {outcome{err: kind(migrate.Crowded)}, state.TurnWaiting, CauseBusy},
		"broken":          {outcome{err: kind(migrate.Broken)}, state.TurnWaiting, CauseFailed},
		"source":          {outcome{err: &SourceError{os.ErrNotExist}}, state.TurnPerson, CauseSource},
		"password":        {outcome{err: &PasswordError{os.ErrNotExist}}, state.TurnPerson, CausePassword},
		"missing":         {outcome{err: migrate.ErrMissing}, state.TurnPerson, CauseMissing},
		"unknown":         {outcome{err: errors.New("two\nlines")}, state.TurnWaiting, CauseFailed},
	} {
		b := &Batch{opts: Options{Pause: time.Second}.withDefaults()}
		q, crowded := b.judge(state.Queued{}, &c.o, false)
		if q.Turn != c.turn || q.Cause != c.cause || strings.Contains(q.Reason, "\n") || (q.Reason == "") != (c.cause == "") || crowded != (name == "crowded") {
			t.Errorf("%s: got %+v, crowded %v, want %v, %s", name, q, crowded, c.turn, c.cause)
		}
		if (q.Turn == state.TurnWaiting) != !q.NotBefore.IsZero() || (len(q.Mark) > 0) != (q.Cause == CauseSignIn) {
			t.Errorf("%s: got not before %v, mark %x", name, q.NotBefore, q.Mark)
		}
	}
}

func TestBackOffGrows(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b := &Batch{opts: Options{Pause: time.Second}.withDefaults()}
	b.opts.now = func() time.Time { return now }
	q := state.Queued{}
	for attempt := 1; attempt < mostAttempts; attempt++ {
		q, _ = b.judge(q, &outcome{err: errors.New("broken")}, false)
		usual := time.Second << (attempt - 1)
		if wait := q.NotBefore.Sub(now); q.Attempts != attempt || wait < usual/2 || wait > usual*3/2 {
			t.Errorf("attempt %d: got %s, want about %s", attempt, wait, usual)
		}
	}
	if q, _ = b.judge(q, &outcome{err: errors.New("broken")}, false); q.Turn != state.TurnPerson || q.Attempts != 0 {
		t.Errorf("got %+v, want a person to be asked", q)
	}
	asked := &migrate.TargetError{Kind: migrate.Busy, Wait: time.Hour}
	q = state.Queued{Attempts: 50}
	if q, _ = b.judge(q, &outcome{err: asked}, false); q.Turn != state.TurnWaiting || q.NotBefore.Sub(now) < time.Hour {
		t.Errorf("got %+v, want it to wait for as long as the server asked", q)
	}
}
