package progress

import (
	"time"

	"unpop/migrate"
)

// A snapshot is the state of a run at one moment, with what follows from it.
type snapshot struct {
	time                        time.Time
	step                        migrate.Step
	began                       time.Time // of the step
	messages, bytes             int64
	totalMessages, totalBytes   int64
	duplicates, rejected        int64 // of the run so far
	newDuplicates, newRejected  int64 // of the step
	messagesPerSec, bytesPerSec float64
	left                        time.Duration
	leftKnown                   bool
	place, notice               string
}

// fraction is how much of the step is done, by messages or by bytes, whichever is less; false where no total is known.
func (s *snapshot) fraction() (float64, bool) {
	if s.totalMessages <= 0 && s.totalBytes <= 0 {
		return 0, false
	}
	return min(part(s.messages, s.totalMessages), part(s.bytes, s.totalBytes)), true
}

func part(done, total int64) float64 {
	if total <= 0 {
		return 1
	}
	return min(float64(done)/float64(total), 1)
}

// A watch takes snapshots of a run and notices where one step ends and the next begins.
type watch struct {
	progress *migrate.Progress
	current  snapshot
	rate     Rate
	// base are the duplicates and rejected messages when the step began.
	baseDuplicates, baseRejected int64
	fallen                       int
	told                         migrate.Step // its end was shown before
}

// look reads the counts. If a step has ended since the last look, its last snapshot is returned.
// Counts are read without a lock, so one look may fall into the change from a step to the next: a count that
// fell is not believed before it was seen three times.
func (w *watch) look(now time.Time) (ended *snapshot) {
	next := w.read(now)
	if next.step != w.progress.Step() {
		return nil
	}
	same := next.step == w.current.step
	if same && (next.messages < w.current.messages || next.bytes < w.current.bytes) {
		if w.fallen++; w.fallen < 3 {
			return nil
		}
		same = false
	}
	w.fallen = 0
	if !same {
		ended = w.begin(now, &next)
	}
	next.began = w.current.began
	next.newDuplicates = next.duplicates - w.baseDuplicates
	next.newRejected = next.rejected - w.baseRejected
	w.current = next
	return ended
}

func (w *watch) begin(now time.Time, next *snapshot) (ended *snapshot) {
	if w.current.step != 0 && w.current.step != w.told {
		last := w.current
		last.time = now
		messages, bytes := w.progress.Ended(last.step)
		last.messages, last.bytes = max(last.messages, messages), max(last.bytes, bytes)
		ended = &last
	}
	w.rate = Rate{}
	w.rate.Observe(now, next.messages, next.bytes)
	w.baseDuplicates, w.baseRejected = w.current.duplicates, w.current.rejected
	w.current = snapshot{began: now}
	return ended
}

func (w *watch) read(now time.Time) snapshot {
	p := w.progress
	return snapshot{
		time: now, step: p.Step(), place: p.Place(), notice: p.Notice(),
		messages: p.Messages.Load(), bytes: p.Bytes.Load(),
		totalMessages: p.TotalMessages.Load(), totalBytes: p.TotalBytes.Load(),
		duplicates: p.Duplicates.Load(), rejected: p.Rejected.Load(),
	}
}

// measured is the current snapshot with its rates. Call it at the pace of the display.
func (w *watch) measured(now time.Time) snapshot {
	s := &w.current
	w.rate.Observe(now, s.messages, s.bytes)
	s.time = now
	s.messagesPerSec, s.bytesPerSec = w.rate.Messages(), w.rate.Bytes()
	s.left, s.leftKnown = w.rate.Left(s.totalMessages-s.messages, s.totalBytes-s.bytes)
	return *s
}
