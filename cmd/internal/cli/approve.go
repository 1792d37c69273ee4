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
	size := progress.Bytes(p.Tally.BytesPending)
	if lacking := p.Lacking(); lacking > 0 {
		free := max(p.Survey.QuotaLimit-p.Survey.QuotaUsed, 0)
		all = append(all, fmt.Sprintf("%s to send, %s free in the account: %s will find no room", size, progress.Bytes(free), progress.Bytes(lacking)))
	}
	switch {
	case p.Days > 1:
		all = append(all, fmt.Sprintf("the server takes %s a day: %s to send take %s", progress.Bytes(p.Survey.DailyBytes), size, counted(p.Days, "day")))
	case !p.Today():
		all = append(all, fmt.Sprintf("%s to send take about %s at %s/s", size, progress.Duration(p.Sending), progress.Bytes(p.Rate)))
	}
	return all
}

// unmet warns of flags that name no store folder: what they were meant for would go where nobody looks for it.
func unmet(p *migrate.Plan, opts *migrate.Options) (warnings []string) {
	include, exclude, mappings := p.Unmet(opts)
	for _, flag := range []struct {
		name  string
		texts []string
	}{{"include", include}, {"exclude", exclude}, {"map", mappings}} {
		for _, text := range flag.texts {
			warnings = append(warnings, fmt.Sprintf("--%s %q: the sources have no such folder; unpop scan lists them", flag.name, text))
		}
	}
	return warnings
}

// approver lets a person decide about a plan that can't end today. Where there is nobody to ask, or nobody wants to be asked, it says so
// and the run goes on.
type approver struct {
	a       *app
	ask     bool
	display *progress.Display
	counts  *migrate.Progress
	opts    *migrate.Options
	plan    *migrate.Plan // what was approved
}

// approve implements [migrate.Options.Approve].
func (v *approver) approve(ctx context.Context, p *migrate.Plan) error {
	v.plan = p
	for _, warning := range unmet(p, v.opts) {
		v.display.Print("unpop: warning: " + warning)
	}
	all := worries(p)
	if len(all) == 0 {
		return nil
	}
	if !v.ask || v.a.ui.json || !term.IsTerminal(int(os.Stdin.Fd())) {
		for _, worry := range all {
			v.display.Print("unpop: warning: " + worry)
		}
		return nil
	}
	v.display.Stop()
	defer func() { v.display = v.a.ui.showMore(v.counts) }()
	for _, worry := range all {
		v.a.ui.warn(worry)
	}
	question := "It can be stopped at any time, and the same command goes on later. Begin? [y/N] "
	if err := v.a.confirm(ctx, os.Stdin, question); err != nil {
		if errors.Is(err, errRefused) {
			err = errUnapproved
		}
		return err
	}
	return nil
}
