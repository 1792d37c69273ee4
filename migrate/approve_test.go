package migrate_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap/memserver"
)

// planned makes the plan, without doing anything.
func (k *kit) planned() *migrate.Plan {
	k.t.Helper()
	var plan *migrate.Plan
	err := k.with(func(m *migrate.Migration) (err error) {
		if err = m.Scan(k.t.Context()); err == nil {
			plan, err = m.Plan(k.t.Context())
		}
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return plan
}

// TestApprove shows the plan before anything is done, and does nothing if it is not approved of.
func TestApprove(t *testing.T) {
	t.Parallel()
	k := inMemory(t, func(o *memserver.Options) { o.AppendMax = 20_000 })
	k.mbox("pc/Clienti", mail("1", "one", "text"), mail("2", "two", strings.Repeat("large ", 5_000)))
	unwanted := errors.New("unwanted")
	var seen *migrate.Plan
	k.opts.Approve = func(_ context.Context, p *migrate.Plan) error {
		seen = p
		return unwanted
	}
	if _, err := k.try(t.Context()); !errors.Is(err, unwanted) {
		t.Errorf("got %v, want %v", err, unwanted)
	}
	if boxes := k.server.Dump(t, "anna@example.org"); len(boxes["Clienti"]) != 0 {
		t.Errorf("got %v, want nothing sent", boxes)
	}
	if seen.Tally.Pending != 2 || seen.TooLarge != 1 || seen.TooLargeBytes < 30_000 || len(seen.Large) != 1 || seen.Large[0].Subject != "two" ||
		seen.Large[0].Folder != "Clienti" {
		t.Errorf("got %+v, want one of two messages too large", seen)
	}
	k.opts.Approve = func(context.Context, *migrate.Plan) error { return nil }
	if r, err := k.try(t.Context()); err != nil || r.Uploaded != 1 || r.Refused != 1 {
		t.Errorf("got %+v, %v, want one message sent and one refused", r.Tally, err)
	}
}

// limited is a target with a daily limit.
type limited struct {
	migrate.Target
	bytes int64
}

func (l limited) Dial(ctx context.Context) (migrate.Session, error) {
	s, err := l.Target.Dial(ctx)
	if err != nil {
		return nil, err
	}
	return limitedSession{s, s.(migrate.Arranger), l.bytes}, nil
}

type limitedSession struct {
	migrate.Session
	migrate.Arranger
	bytes int64
}

func (l limitedSession) Survey(ctx context.Context) (migrate.Survey, error) {
	survey, err := l.Arranger.Survey(ctx)
	survey.DailyBytes, survey.DailySource = l.bytes, "a test"
	return survey, err
}

func TestForecast(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Clienti", mail("1", "one", strings.Repeat("x ", 5_000)), mail("2", "two", strings.Repeat("y ", 5_000)))
	k.target = limited{k.target, 8_000}
	if p := k.planned(); p.Days != 3 || p.SentToday != 0 || p.Today() || p.Measured || p.Rate <= 0 || p.Sending <= 0 {
		t.Errorf("got %+v, want three days for 20 kB", p.Forecast)
	}
	k.target = k.server.Target("anna@example.org")
	k.run()
	k.mbox("pc2/Clienti", mail("3", "three", "text"))
	k.target = limited{k.server.Target("anna@example.org"), 20_000}
	if p := k.planned(); p.Days != 2 || p.SentToday < 20_000 {
		t.Errorf("got %+v, want today's allowance used up", p.Forecast)
	}
	k.target = limited{k.server.Target("anna@example.org"), 0}
	if p := k.planned(); p.Days != 0 || !p.Today() {
		t.Errorf("got %+v, want no limit", p.Forecast)
	}
}

// TestRateOfTheLastTime takes the speed of an earlier run that sent enough to tell.
func TestRateOfTheLastTime(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Clienti", mail("1", "one", strings.Repeat("0123456789abcde\n", 700_000)))
	r := k.run()
	k.mbox("pc2/Clienti", mail("2", "two", "text"))
	p := k.planned()
	want := float64(r.BytesUploaded) / r.Times[migrate.StepUpload].Truncate(time.Millisecond).Seconds()
	if !p.Measured || float64(p.Rate) < want*0.99 || float64(p.Rate) > want*1.01 {
		t.Errorf("got %+v, want %.0f bytes per second", p.Forecast, want)
	}
	if got := slices.ContainsFunc(p.Folders, func(f migrate.PlannedFolder) bool { return f.Why != "" }); got {
		t.Errorf("got %+v, want no renamed folder", p.Folders)
	}
}
