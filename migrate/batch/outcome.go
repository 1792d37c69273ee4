package batch

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"unpop/migrate"
	"unpop/state"
)

// The causes by which accounts that are not simply done can be told apart. They are a contract: scripts read them.
const (
	CauseSignIn   = "sign-in"  // the server refuses user or password, or that of a live source does
	CausePassword = "password" // it can't be had
	CauseSource   = "source"   // can't be opened
	CauseFull     = "full"     // no room in the account
	CauseServer   = "server"   // is not what the file says: certificate, name, protocol
	CauseMessages = "messages" // some were refused or could not be read
	CauseMissing  = "missing"  // the server lost some, or somebody deleted them
	CauseBusy     = "busy"     // the server asks to come back later
	CauseFailed   = "failed"   // line or server failed, or something else that time may mend
)

// mostAttempts is after how many failures in a row an account is left to a person for this round.
const mostAttempts = 5

// longestPause bounds what an account waits between two tries, unless the server asks for more.
const longestPause = 15 * time.Minute

// judge says where an account stands after its turn.
func (b *Batch) judge(q state.Queued, o *outcome, stopped bool) (next state.Queued, crowded bool) {
	next = q
	if o.same {
		next.Turn = state.TurnPerson
		return next, false
	}
	next.Since, next.NotBefore = b.opts.now(), time.Time{}
	if stopped {
		next.Turn = state.TurnWaiting
		return next, false
	}
	if o.ran {
		next.Tally = o.report.JSON()
	}
	target := targetError(o.err)
	next.Turn, next.Cause = verdict(o, target)
	next.Reason = reason(o)
	next.Mark = nil
	switch {
	case next.Cause == CauseSignIn:
		next.Mark = markOf(o.secrets)
	case next.Turn == state.TurnWaiting:
		b.backOff(&next, target)
		return next, target != nil && target.Kind == migrate.Crowded
	}
	next.Attempts = 0
	return next, false
}

// verdict gives an outcome its meaning.
func verdict(o *outcome, target *migrate.TargetError) (state.Turn, string) {
	var source *SourceError
	var password *PasswordError
	var live *migrate.SourceError
	switch {
	case o.err == nil && (o.report.Rejected() > 0 || len(o.troubled) > 0):
		return state.TurnPartly, CauseMessages
	case o.err == nil:
		return state.TurnDone, ""
	case errors.As(o.err, &source):
		return state.TurnPerson, CauseSource
	case errors.As(o.err, &password):
		return state.TurnPerson, CausePassword
	case errors.Is(o.err, migrate.ErrMissing):
		return state.TurnPerson, CauseMissing
	case target == nil:
		return state.TurnWaiting, CauseFailed
	}
	switch {
	case target.Kind == migrate.Denied && (!o.signedIn || errors.As(o.err, &live)): // later it is a limit on sessions that is badly put
		return state.TurnPerson, CauseSignIn
	case target.Kind == migrate.Full:
		return state.TurnPerson, CauseFull
	case target.Kind == migrate.Unfit:
		return state.TurnPerson, CauseServer
	case target.Kind == migrate.Busy, target.Kind == migrate.Crowded:
		return state.TurnWaiting, CauseBusy
	default:
		return state.TurnWaiting, CauseFailed
	}
}

// backOff decides when there is another try: later each time, and not for all at the same moment.
func (b *Batch) backOff(q *state.Queued, target *migrate.TargetError) {
	q.Attempts++
	if q.Attempts >= mostAttempts && q.Cause != CauseBusy {
		q.Turn, q.Attempts = state.TurnPerson, 0
		q.Reason = fmt.Sprintf("%s (tried %d times)", q.Reason, mostAttempts)
		return
	}
	pause := min(b.opts.Pause<<min(q.Attempts-1, 12), longestPause)
	pause = pause/2 + rand.N(pause)
	if target != nil {
		pause = max(pause, target.Wait)
	}
	q.NotBefore = b.opts.now().Add(pause)
}

// reason says in the words of whoever said it what is to be known of an account.
func reason(o *outcome) string {
	switch rejected := o.report.Rejected(); {
	case o.err != nil:
		return oneLine(o.err.Error())
	case rejected > 0 && len(o.troubled) > 0:
		return fmt.Sprintf("%s; %s", rejectedText(rejected), oneLine(o.troubled[0]))
	case rejected > 0:
		return rejectedText(rejected)
	case len(o.troubled) > 0:
		return oneLine(o.troubled[0])
	default:
		return ""
	}
}

func rejectedText(n int64) string {
	if n == 1 {
		return "1 message was refused or could not be read"
	}
	return fmt.Sprintf("%d messages were refused or could not be read", n)
}

// longestReason is how much of a reason is kept.
const longestReason = 500

func oneLine(text string) string {
	text = strings.ReplaceAll(text, "\n", "; ")
	if len(text) > longestReason {
		text = strings.ToValidUTF8(text[:longestReason], "") + "…"
	}
	return text
}

func targetError(err error) *migrate.TargetError {
	var target *migrate.TargetError
	if errors.As(err, &target) {
		return target
	}
	return nil
}
