package batch

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/state"
)

func TestMark(t *testing.T) {
	t.Parallel()
	mark := markOf("geheim")
	if !fits(mark, "geheim") || fits(nil, "geheim") || len(mark) != saltBytes+markBytes {
		t.Errorf("got mark %x", mark)
	}
	wrong := 0
	for _, other := range []migrate.Secret{"", "Geheim", "geheim ", "geheim1"} {
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
