package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"unpop/cmd/internal/progress"
	"unpop/migrate"
)

func (a *app) plan() *cobra.Command {
	var flags workFlags
	cmd := &cobra.Command{
		Use:   "plan --to URL SOURCE...",
		Short: "Show what migrate would do; change nothing on the server.",
		Example: `  unpop plan --to imaps://anna@imap.example.it ~/.thunderbird
  unpop plan --to imaps://anna@imap.example.it --prefix 'Old PC' /mnt/pc2/mail`,
		Args:        someSources,
		Annotations: exits(exitDone, exitError, exitUsage, exitDenied, exitLocked, exitStopped),
		RunE:        func(cmd *cobra.Command, args []string) error { return a.runPlan(cmd, &flags, args) },
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&a.ui.json, "json", false, "progress and result as JSON")
	return cmd
}

func (a *app) runPlan(cmd *cobra.Command, flags *workFlags, specs []string) error {
	j, err := a.prepare(cmd, flags, specs)
	if err != nil {
		return err
	}
	plan, err := a.makePlan(cmd.Context(), j)
	if err == nil {
		err = a.showPlan(cmd.Context(), j, plan)
	}
	return errors.Join(err, j.ended(cmd.Context(), err), j.close())
}

func (a *app) makePlan(ctx context.Context, j *job) (*migrate.Plan, error) {
	display := a.ui.show(j.opts.Progress)
	defer display.Stop()
	m := j.migration()
	if err := m.Scan(ctx); err != nil {
		return nil, err
	}
	return m.Plan(ctx)
}

func (a *app) showPlan(ctx context.Context, j *job, p *migrate.Plan) error {
	if a.ui.json {
		return a.ui.object(planObject(p))
	}
	troubled, err := j.troubled(ctx)
	if err != nil {
		return err
	}
	a.ui.printf("\n%s", planTable(p))
	if excluded := excludedTable(p); excluded != "" {
		a.ui.printf("\n%s", excluded)
	}
	a.ui.printf("\n%s", sums(p.Tally, wordsPlan))
	a.ui.printf("%s", room(p))
	if renamed := renamedTable(p); renamed != "" {
		a.ui.printf("\nThe server can't have these names as they are:\n%s", renamed)
	}
	a.tellTroubled(troubled)
	a.ui.printf("\nNothing was changed. unpop migrate with the same arguments does it.\n")
	return nil
}

// planTable lists the mailboxes with what each gets, and below each the store folders that it comes from.
func planTable(p *migrate.Plan) string {
	t := table{columns: []column{
		{title: "mailbox, and the folders that go there", flex: true, sure: true},
		{title: ""},
		{title: "copies", right: true},
		{title: "to send", right: true, sure: true},
		{title: "size", right: true, sure: true},
	}}
	gets := map[string]migrate.PlannedMailbox{}
	for _, b := range p.Mailboxes {
		gets[b.Mailbox.Name] = b
	}
	for _, name := range mailboxOrder(p) {
		b := gets[name]
		fresh := ""
		if b.New {
			fresh = "new"
		}
		t.add(name, fresh, "", progress.Count(b.Messages), progress.Bytes(b.Bytes))
		for _, f := range p.Folders {
			if f.Mailbox == name && f.Messages > 0 {
				t.add("  "+f.Folder.Name, "", progress.Count(f.Messages))
			}
		}
	}
	return t.String()
}

// mailboxOrder lists the mailboxes that have something to do with the sources: INBOX first, then by name.
func mailboxOrder(p *migrate.Plan) []string {
	var names []string
	for _, f := range p.Folders {
		if f.Mailbox != "" && f.Messages > 0 && !slices.Contains(names, f.Mailbox) {
			names = append(names, f.Mailbox)
		}
	}
	for _, b := range p.Mailboxes { // planned by an earlier run, from a source that is not named now
		if !slices.Contains(names, b.Mailbox.Name) {
			names = append(names, b.Mailbox.Name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if (a == "INBOX") != (b == "INBOX") {
			if a == "INBOX" {
				return -1
			}
			return 1
		}
		return compareFold(a, b)
	})
	return names
}

func excludedTable(p *migrate.Plan) string {
	t := table{columns: []column{{title: "left out", flex: true, sure: true}, {title: "copies", right: true, sure: true}}}
	for _, f := range p.Folders {
		if f.Mailbox == "" {
			t.add(f.Folder.Name, progress.Count(f.Messages))
		}
	}
	if len(t.rows) == 0 {
		return ""
	}
	return t.String()
}

// renamedTable lists folders with a name that the server can't have.
func renamedTable(p *migrate.Plan) string {
	t := table{columns: []column{{flex: true}, {flex: true}}}
	for _, f := range p.Folders {
		if renamed(f) {
			t.add("  "+f.Folder.Name, "→ "+f.Mailbox)
		}
	}
	return t.body()
}

// renamed reports whether a mailbox name has stand-ins for characters that the server refuses.
func renamed(f migrate.PlannedFolder) bool { return migrate.DecodeName(f.Mailbox) != f.Mailbox }

// room compares what would be sent with what the server takes.
func room(p *migrate.Plan) string {
	if p.Tally.ToSend() == 0 {
		return ""
	}
	text := fmt.Sprintf("To send: %s", progress.Bytes(p.Tally.BytesPending))
	free := p.Survey.QuotaLimit - p.Survey.QuotaUsed
	switch {
	case p.Survey.HasQuota && p.Fits():
		text += fmt.Sprintf(" of the %s that are free", progress.Bytes(free))
	case p.Survey.HasQuota:
		text += fmt.Sprintf(", but only %s are free: it will not fit", progress.Bytes(max(free, 0)))
	}
	text += fmt.Sprintf("; the largest message has %s", progress.Bytes(p.Tally.BytesLargest))
	switch {
	case p.TooLarge():
		text += fmt.Sprintf(", but the server takes\nnone above %s: it will be rejected", progress.Bytes(p.Survey.AppendMax))
	case p.Survey.AppendMax > 0:
		text += fmt.Sprintf(", the server takes %s", progress.Bytes(p.Survey.AppendMax))
	}
	return text + ".\n"
}
