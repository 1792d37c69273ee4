package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"unpop/cmd/internal/progress"
	"unpop/migrate"
)

// errUnapproved ends a run that nobody wanted after all.
var errUnapproved = errors.New("migrate: not confirmed, nothing was sent")

// worries are the reasons to think twice before a run that can't end today, or not at all.
func worries(p *migrate.Plan) []string {
	var all []string
	if lacking := p.Lacking(); lacking > 0 {
		all = append(all, fmt.Sprintf("%s to send, %s more than there is room for in the account (%s of %s in use)", progress.Bytes(p.Tally.BytesPending),
			progress.Bytes(lacking), progress.Bytes(p.Survey.QuotaUsed), progress.Bytes(p.Survey.QuotaLimit)))
	}
	switch {
	case p.Days > 1:
		all = append(all, fmt.Sprintf("%s to send, and the server takes %s a day (%s): it will take %s", progress.Bytes(p.Tally.BytesPending),
			progress.Bytes(p.Survey.DailyBytes), p.Survey.DailySource, counted(p.Days, "day")))
	case !p.Today():
		all = append(all, fmt.Sprintf("%s to send, which takes about %s at %s/s", progress.Bytes(p.Tally.BytesPending),
			progress.Duration(p.Sending), progress.Bytes(p.Rate)))
	}
	return all
}

// approver lets a person decide about a plan that can't end today. Where there is nobody to ask, or nobody wants to be asked, it says so
// and the run goes on.
type approver struct {
	a       *app
	ask     bool
	display *progress.Display
	counts  *migrate.Progress
	plan    *migrate.Plan // what was approved
}

// approve implements [migrate.Options.Approve].
func (v *approver) approve(ctx context.Context, p *migrate.Plan) error {
	v.plan = p
	all := worries(p)
	if len(all) == 0 {
		return nil
	}
	for _, worry := range all {
		v.display.Print("unpop: warning: " + worry)
	}
	if !v.ask || v.a.ui.json || !term.IsTerminal(int(os.Stdin.Fd())) {
		return nil
	}
	v.display.Stop()
	defer func() { v.display = v.a.ui.show(v.counts) }()
	question := "It can be stopped at any time, and the same command goes on later. Begin? [y/N] "
	if err := v.a.confirm(ctx, os.Stdin, question); err != nil {
		if errors.Is(err, errRefused) {
			err = errUnapproved
		}
		return err
	}
	return nil
}
