package cli

import (
	"errors"
	"fmt"

	"unpop/cmd/internal/progress"
	"unpop/migrate"
)

// undoneObject is an undo as scripts read it.
type undoneObject struct {
	DryRun     bool            `json:"dry_run"` // then the figures are what would be
	Removed    int64           `json:"removed"`
	MovedBack  int64           `json:"moved_back"`
	Unflagged  int64           `json:"unflagged"`
	Gone       int64           `json:"gone"`
	Other      int64           `json:"other"`
	Renumbered int64           `json:"renumbered"`
	Deleted    int64           `json:"mailboxes_deleted"`
	Mailboxes  []undoneMailbox `json:"mailboxes"`
	NotUndone  []notUndone     `json:"not_undone"` // the first of them
}

type undoneMailbox struct {
	Name      string `json:"name"`
	Removed   int64  `json:"removed"`
	MovedBack int64  `json:"moved_back"`
	Unflagged int64  `json:"unflagged"`
	Left      int64  `json:"left"`
	Made      bool   `json:"made"`
	Deleted   bool   `json:"deleted"`
	Kept      string `json:"kept,omitempty"`
}

type notUndone struct {
	Mailbox   string `json:"mailbox"`
	UID       uint32 `json:"uid"`
	MessageID string `json:"message_id"`
	Subject   string `json:"subject"`
	Why       string `json:"why"`
}

func (u *undone) object(dryRun bool) undoneObject {
	out := undoneObject{
		DryRun: dryRun, Removed: u.Removed, MovedBack: u.MovedBack, Unflagged: u.Unflagged, Gone: u.Gone, Other: u.Other, Renumbered: u.Renumbered, Deleted: u.Deleted,
		Mailboxes: []undoneMailbox{}, NotUndone: []notUndone{},
	}
	for _, b := range u.Mailboxes {
		box := undoneMailbox{Name: b.Name, Removed: b.Removed, MovedBack: b.MovedBack, Unflagged: b.Unflagged, Left: b.Left(), Made: b.Made, Deleted: b.Deleted}
		if b.Kept != nil {
			box.Kept = b.Kept.Error()
		}
		out.Mailboxes = append(out.Mailboxes, box)
	}
	for _, n := range u.left {
		out.NotUndone = append(out.NotUndone, notUndone{n.Mailbox, uint32(n.UID), n.MessageID, n.Subject, n.Why.Error()})
	}
	return out
}

func (a *app) showUndone(u *undone, dryRun bool) error {
	if a.ui.json {
		return a.ui.object(u.object(dryRun))
	}
	if u.nothing() {
		a.ui.printf("\nThere is nothing to take back.\n")
		return nil
	}
	removed, moved, unflagged := "removed", "moved back", "flags taken back"
	if dryRun {
		removed, moved, unflagged = "to remove", "to move back", "flags to take back"
	}
	a.ui.printf("\n%s", u.table(removed, moved, unflagged).String())
	u.listLeft(a)
	if dryRun {
		a.ui.printf("\nNothing was changed.\n")
	}
	return nil
}

func (u *undone) table(removed, moved, unflagged string) *table {
	t := &table{columns: []column{
		{title: "mailbox", flex: true, sure: true},
		{title: removed, right: true, sure: true},
		{title: moved, right: true},
		{title: unflagged, right: true},
		{title: "not possible", right: true},
		{title: "", flex: true},
	}}
	for _, b := range u.Mailboxes {
		t.add(b.Name, progress.Count(b.Removed), some(b.MovedBack), some(b.Unflagged), some(b.Left()), fate(b))
	}
	t.add("together", progress.Count(u.Removed), some(u.MovedBack), some(u.Unflagged), some(u.Left()), "")
	return t
}

// fate says what becomes of a mailbox that was made.
func fate(b migrate.UndoneMailbox) string {
	switch {
	case b.Deleted:
		return "and the mailbox"
	case errors.Is(b.Kept, migrate.ErrNotEmpty):
		return "the mailbox stays: it holds more"
	case b.Kept != nil:
		return "the mailbox stays: " + b.Kept.Error()
	default:
		return ""
	}
}

// shownLeft is how many messages a terminal gets to see; --json lists more.
const shownLeft = 200

func (u *undone) listLeft(a *app) {
	if len(u.left) == 0 {
		return
	}
	a.ui.printf("\nNot possible:\n\n")
	t := &table{columns: []column{{title: "mailbox", flex: true}, {title: "message", flex: true}, {title: "why", flex: true}}}
	for _, n := range u.left[:min(len(u.left), shownLeft)] {
		t.add(n.Mailbox, title(n), n.Why.Error())
	}
	a.ui.printf("%s", t.String())
	if more := u.Left() - shownLeft; more > 0 {
		a.ui.printf("and %s more\n", progress.Count(more))
	}
}

// title is what a person knows a message by.
func title(n migrate.NotUndone) string {
	switch {
	case n.Subject != "":
		return n.Subject
	case n.MessageID != "":
		return n.MessageID
	default:
		return fmt.Sprintf("message %d without subject", n.UID)
	}
}
