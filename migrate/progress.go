package migrate

import "sync/atomic"

// Step is one of the steps of a migration.
type Step int32

// The steps, in order.
const (
	StepScan Step = iota + 1
	StepPlan
	StepUpload
	StepVerify
	StepUndo  // a run of its own
	StepClean // likewise
)

// String names the step as the user knows it.
func (s Step) String() string {
	switch s {
	case StepScan:
		return "scan"
	case StepPlan:
		return "plan"
	case StepUpload:
		return "upload"
	case StepVerify:
		return "verify"
	case StepUndo:
		return "undo"
	case StepClean:
		return "clean"
	default:
		return "start"
	}
}

// Progress counts what a run does. The engine writes it, displays read it whenever they like; the zero value is ready.
// A new step resets the counts: they are always those of the step, and Total is what the step has to do in this run,
// so that what an earlier run did never looks like speed.
type Progress struct {
	step                 atomic.Int32
	Messages, Bytes      atomic.Int64 // done in this step
	TotalMessages        atomic.Int64 // 0 as long as it is not known
	TotalBytes           atomic.Int64
	place, notice        atomic.Pointer[string]
	Duplicates, Rejected atomic.Int64 // found so far in the run
	ended                [StepClean + 1]struct{ messages, bytes atomic.Int64 }
}

// Begin starts a step.
func (p *Progress) Begin(step Step, messages, bytes int64) {
	last := &p.ended[p.Step()]
	last.messages.Store(p.Messages.Load())
	last.bytes.Store(p.Bytes.Load())
	p.Messages.Store(0)
	p.Bytes.Store(0)
	p.TotalMessages.Store(messages)
	p.TotalBytes.Store(bytes)
	p.SetPlace("")
	p.SetNotice("")
	p.step.Store(int32(step))
}

// Step returns the current step.
func (p *Progress) Step() Step { return Step(p.step.Load()) }

// Ended returns what a step that is over had done.
func (p *Progress) Ended(step Step) (messages, bytes int64) {
	return p.ended[step].messages.Load(), p.ended[step].bytes.Load()
}

// Done counts messages and their bytes as done.
func (p *Progress) Done(messages, bytes int64) {
	p.Messages.Add(messages)
	p.Bytes.Add(bytes)
}

// SetPlace tells where the work is: a store folder while scanning, a mailbox while uploading.
func (p *Progress) SetPlace(place string) { p.place.Store(&place) }

// Place returns the last place set.
func (p *Progress) Place() string { return deref(p.place.Load()) }

// SetNotice tells why nothing moves ("server asks to wait 4 min"); empty when it moves again.
func (p *Progress) SetNotice(notice string) { p.notice.Store(&notice) }

// Notice returns the last notice set.
func (p *Progress) Notice() string { return deref(p.notice.Load()) }

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
