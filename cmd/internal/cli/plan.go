package cli

import (
	"context"
	"errors"
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
	for _, warning := range unmet(p, &j.opts) {
		a.ui.warn(warning)
	}
	unread, err := j.unread(ctx)
	if err != nil {
		return err
	}
	if a.ui.json {
		return a.ui.object(planObject(p, unread))
	}
	a.ui.printf("\n%s", planTable(p))
	if excluded := excludedTable(p); excluded != "" {
		a.ui.printf("\n%s", excluded)
	}
	a.ui.printf("\n%s", sums(p.Tally, wordsPlan))
	a.ui.printf("%s%s%s", room(p), sendingTime(p), largeTable(p))
	a.ui.printf("%s", renamedTables(p))
	a.tellUnread(unread)
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
