package progress

import (
	"testing"

	"unpop/migrate"
)

func TestFraction(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		messages, totalMessages, bytes, totalBytes int64
		want                                       float64
		known                                      bool
	}{
		{5, 0, 5, 0, 0, false},
		{5, 10, 0, 0, 0.5, true},
		{9, 10, 10, 100, 0.1, true}, // many small ones first
		{1, 10, 90, 100, 0.1, true}, // few large ones first
		{12, 10, 120, 100, 1, true}, // more than was announced
		{0, 0, 50, 100, 0.5, true},
	} {
		s := snapshot{messages: c.messages, totalMessages: c.totalMessages, bytes: c.bytes, totalBytes: c.totalBytes}
		if got, known := s.fraction(); got != c.want || known != c.known {
			t.Errorf("%+v: got %v, %v", c, got, known)
		}
	}
}

func TestWatchKeepsTheLastCountsOfAStep(t *testing.T) {
	t.Parallel()
	var p migrate.Progress
	w := watch{progress: &p}
	if ended := w.look(midnight); ended != nil {
		t.Errorf("before the first step: got %+v ended", ended)
	}
	p.Begin(migrate.StepScan, 0, 0)
	w.look(midnight)
	p.Done(12, 3400)
	p.Duplicates.Add(5)
	w.look(midnight)
	p.Begin(migrate.StepPlan, 12, 0)
	ended := w.look(midnight)
	if ended == nil || ended.step != migrate.StepScan || ended.messages != 12 || ended.bytes != 3400 || ended.newDuplicates != 5 {
		t.Errorf("got %+v ended, want the scan with 12 messages", ended)
	}
	if w.current.step != migrate.StepPlan || w.current.newDuplicates != 0 {
		t.Errorf("got %+v, want the plan with no duplicates of its own yet", w.current)
	}
}
