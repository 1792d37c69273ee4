package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"unpop/cmd/internal/progress"
	"unpop/state"
)

func (a *app) status() *cobra.Command {
	var to signInFlags
	var ledger ledgerFlag
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show what the ledger knows, during a run or after it; ask nobody.",
		Example: `  unpop status --to imaps://anna@imap.example.it
  unpop status --state ~/anna.db --json`,
		Args: nothing, ValidArgsFunction: cobra.NoFileCompletions,
		Annotations: exits(exitDone, exitError, exitUsage),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to.to == "" && ledger.state == "" {
				ledger.state = ledgerAtWork()
			}
			path, target, err := find(cmd, &to, ledger.state)
			if err != nil {
				return err
			}
			return a.runStatus(cmd.Context(), path, target)
		},
	}
	cmd.Flags().SortFlags = false
	to.addTo(cmd)
	ledger.add(cmd, "the ledger's `FILE` (default: the account's own)")
	cmd.Flags().BoolVar(&a.ui.json, "json", false, "print one JSON object")
	to.addSecrets(cmd) // taken everywhere; nothing is asked here
	for _, name := range []string{"password-file", "password-env", "tls-ca", "plaintext"} {
		cmd.Flags().Lookup(name).Hidden = true
	}
	return cmd
}

func (a *app) runStatus(ctx context.Context, path, target string) (err error) {
	file, err := state.OpenReadOnly(ctx, path)
	if err != nil {
		return noLedger(path, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	ledger, err := file.Snapshot(ctx) // a message that goes on meanwhile must not be counted twice
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ledger.Close()) }()
	out := ledgerStatus{Ledger: path, HeldBy: state.Holder(path), Targets: []targetStatus{}}
	if target == "" {
		queue := []state.Queued(nil)
		if out.Batch, queue, err = newBatchStatus(ctx, ledger, out.HeldBy != ""); err != nil {
			return err
		}
		switch {
		case out.Batch != nil && a.ui.json:
			return a.ui.object(out)
		case out.Batch != nil:
			return a.showBatchStatus(ctx, out.Batch, queue, path, out.HeldBy)
		}
	}
	accounts, err := accountsOf(ctx, ledger, target)
	if err != nil {
		return err
	}
	for _, account := range accounts {
		s, err := statusOfAccount(ctx, account)
		if err != nil {
			return err
		}
		out.Targets = append(out.Targets, *s)
	}
	if a.ui.json {
		return a.ui.object(out)
	}
	return a.showStatus(ctx, &out, accounts)
}

// ledgerStatus is what the ledger knows, as scripts read it. Names are a contract: add, never rename.
type ledgerStatus struct {
	Ledger  string         `json:"ledger"`
	HeldBy  string         `json:"held_by"`         // empty: nobody works on it
	Targets []targetStatus `json:"targets"`         // empty where there is a batch and no account was named
	Batch   *batchStatus   `json:"batch,omitempty"` // of many accounts
}

type targetStatus struct {
	Target     string             `json:"target"`
	LastRun    *runStatus         `json:"last_run"`
	Mailboxes  []mailboxStatus    `json:"mailboxes"`
	Rejected   []rejectedMessages `json:"rejected"`
	Unread     []unreadPart       `json:"unread_parts"`
	Unreadable []unreadableCopy   `json:"unreadable"`
}

type mailboxStatus struct {
	Name     string `json:"name"`
	Planned  int64  `json:"planned"`
	InDoubt  int64  `json:"in_doubt"`
	Done     int64  `json:"done"`
	Rejected int64  `json:"rejected"`
	Bytes    int64  `json:"bytes"`
}

type rejectedMessages struct {
	Subject string `json:"subject"`
	Folder  string `json:"folder"`
	Reason  string `json:"reason"`
}

func statusOfAccount(ctx context.Context, account *state.Account) (*targetStatus, error) {
	s := &targetStatus{
		Target: account.Target, Mailboxes: []mailboxStatus{}, Rejected: []rejectedMessages{}, Unread: []unreadPart{}, Unreadable: []unreadableCopy{},
	}
	run, err := account.LastRun(ctx)
	if err != nil {
		return nil, err
	}
	s.LastRun = newRunStatus(run)
	for _, st := range []state.MessageState{state.Planned, state.Sending, state.Undoing, state.Done, state.Rejected} {
		loads, err := account.Loads(ctx, st)
		if err != nil {
			return nil, err
		}
		for _, l := range loads {
			s.mailbox(l.Mailbox.Name).add(st, l)
		}
	}
	slices.SortFunc(s.Mailboxes, func(a, b mailboxStatus) int { return compareFold(a.Name, b.Name) })
	for msg, err := range account.Rejections(ctx) {
		if err != nil {
			return nil, err
		}
		s.Rejected = append(s.Rejected, rejectedMessages{msg.Subject, msg.Folder, msg.Reason})
	}
	return s, s.readUnread(ctx, account)
}

// readUnread lists what could not be read at the sources.
func (s *targetStatus) readUnread(ctx context.Context, account *state.Account) error {
	sources, err := account.ListedSources(ctx)
	if err != nil {
		return err
	}
	ids := make([]int64, len(sources))
	for i, source := range sources {
		ids[i] = source.ID
		parts, err := account.Parts(ctx, source.ID)
		if err != nil {
			return err
		}
		s.Unread = append(s.Unread, unreadOf(source.Path, parts)...)
	}
	s.Unreadable, err = unreadables(ctx, account, ids, -1)
	return err
}

func (s *targetStatus) mailbox(name string) *mailboxStatus {
	i := slices.IndexFunc(s.Mailboxes, func(b mailboxStatus) bool { return b.Name == name })
	if i < 0 {
		s.Mailboxes = append(s.Mailboxes, mailboxStatus{Name: name})
		i = len(s.Mailboxes) - 1
	}
	return &s.Mailboxes[i]
}

func (b *mailboxStatus) add(st state.MessageState, l state.Load) {
	switch st {
	case state.Planned:
		b.Planned = l.Messages
	case state.Sending, state.Undoing:
		b.InDoubt += l.Messages
	case state.Done:
		b.Done = l.Messages
	default:
		b.Rejected = l.Messages
	}
	b.Bytes += l.Bytes
}

func (a *app) showStatus(ctx context.Context, s *ledgerStatus, accounts []*state.Account) error {
	for i := range s.Targets {
		t := &s.Targets[i]
		a.ui.printf("%s\n%s\n", printable(t.Target), printable(t.LastRun.sentence(s.HeldBy)))
		if len(t.Mailboxes) > 0 {
			a.ui.printf("\n%s", statusTable(t.Mailboxes))
		}
		if len(t.Rejected) > 0 {
			a.ui.printf("\nRejected:\n")
			if err := a.listRejected(accounts[i].Rejections(ctx), len(t.Rejected), s.Ledger); err != nil {
				return err
			}
			a.ui.printf("They are kept in %s\n", keptIn(s.Ledger, t.Target))
		}
		a.tellUnread(t.Unread)
		a.tellUnreadable(t.Unreadable)
		a.ui.printf("\n")
	}
	a.ui.printf("ledger  %s\n", s.Ledger)
	return nil
}

func statusTable(boxes []mailboxStatus) string {
	t := table{columns: []column{
		{title: "mailbox", flex: true, sure: true},
		{title: "to send", right: true},
		{title: "in doubt", right: true},
		{title: "done", right: true, sure: true},
		{title: "rejected", right: true},
		{title: "size", right: true},
	}}
	sum := mailboxStatus{Name: "together"}
	for _, b := range boxes {
		t.add(b.row()...)
		sum.Planned += b.Planned
		sum.InDoubt += b.InDoubt
		sum.Done += b.Done
		sum.Rejected += b.Rejected
		sum.Bytes += b.Bytes
	}
	if len(boxes) > 1 {
		t.add(sum.row()...)
	}
	return t.String()
}

func (b mailboxStatus) row() []string {
	return []string{b.Name, some(b.Planned), some(b.InDoubt), progress.Count(b.Done), some(b.Rejected), progress.Bytes(b.Bytes)}
}
