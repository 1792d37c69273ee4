package cli

import (
	"context"
	"fmt"
	"iter"
	"time"

	"unpop/cmd/internal/progress"
	"unpop/migrate"
	"unpop/state"
)

// closing is what the account at the end of a run is made from.
type closing struct {
	migrate.Report
	err     error
	stopped bool
	unread  []unreadPart
}

// tell prints the account of a run: how it went in one sentence, what became of every copy, and what went wrong.
func (a *app) tell(ctx context.Context, j *job, c *closing) error {
	a.ui.printf("\n%s\n", c.headline())
	if c.early() {
		return nil
	}
	a.ui.printf("\n%s", sums(c.Tally, wordsDone))
	if c.Verified > 0 || c.Missing > 0 {
		a.ui.printf("%s\n", c.verified())
	}
	if c.FlagsDropped > 0 {
		a.ui.printf("The server does not keep %s; the messages are there without.\n", counted(c.FlagsDropped, "tag"))
	}
	if c.Uploaded > 0 && j.plan != nil {
		a.ui.printf("%s", renamedTables(j.plan))
	}
	a.tellRenamed(c.Renamed)
	a.tellUnread(c.unread)
	if c.Rejected() > 0 {
		if err := a.tellRejected(ctx, j, c.Tally); err != nil {
			return err
		}
	}
	return nil
}

// headline says in a sentence how a run went.
func (c *closing) headline() string {
	switch onServer := c.Uploaded + c.Present + c.Moved; {
	case c.stopped && c.early():
		return fmt.Sprintf("Stopped after %s, before anything was sent.", took(c.elapsed()))
	case c.early():
		return "Not finished, and nothing was sent."
	case c.stopped:
		return fmt.Sprintf("Stopped after %s: %s on the server, %s still to be sent.",
			took(c.elapsed()), counted(onServer, "message"), progress.Count(c.Pending))
	case c.Missing > 0:
		return fmt.Sprintf("All was sent, but %s not on the server any more.", counted(c.Missing, "message"))
	case c.err != nil:
		return fmt.Sprintf("Not finished: %s on the server, %s still to be sent.", counted(onServer, "message"), progress.Count(c.Pending))
	case c.Rejected() > 0:
		return fmt.Sprintf("Done in %s, but %s could not be brought over.", took(c.elapsed()), counted(c.Rejected(), "message"))
	case len(c.unread) > 0:
		return fmt.Sprintf("Done in %s, but not all of the sources could be read.", took(c.elapsed()))
	case c.Seen == 0:
		return "Nothing to do: there is no mail in the sources."
	case c.Uploaded+c.Moved+c.Present == 0:
		return "Nothing to do: the sources hold nothing to bring to the server."
	case c.Uploaded+c.Moved == 0:
		return fmt.Sprintf("Nothing to do: all %s on the server.", counted(c.Present, "message"))
	case c.Moved > 0:
		return fmt.Sprintf("Done in %s: %s uploaded, %s; %s moved on the server.", took(c.elapsed()), counted(c.Uploaded, "message"),
			progress.Bytes(c.BytesUploaded), progress.Count(c.Moved))
	default:
		return fmt.Sprintf("Done in %s: %s uploaded, %s.", took(c.elapsed()), counted(c.Uploaded, "message"), progress.Bytes(c.BytesUploaded))
	}
}

// early reports whether a run ended before it had a plan: there is nothing to account for.
func (c *closing) early() bool {
	return c.err != nil && c.Uploaded+c.Present+c.Moved+c.Pending+c.Refused == 0
}

func (c *closing) elapsed() (total time.Duration) {
	for _, t := range c.Times {
		total += t
	}
	return total
}

func (c *closing) verified() string {
	if c.Missing > 0 {
		return fmt.Sprintf("Asked for all of them again, the server has %s and no longer %s.", progress.Count(c.Verified), progress.Count(c.Missing))
	}
	return fmt.Sprintf("Asked for all of them again, the server has all %s.", progress.Count(c.Verified))
}

// words say what becomes of copies: in a plan, and after a run.
type words struct{ uploaded, pending, rejected string }

var (
	wordsPlan = words{uploaded: "uploaded", pending: "messages to send", rejected: "that can't be read"}
	wordsDone = words{uploaded: "messages uploaded", pending: "messages still to send", rejected: "rejected"}
)

// sums lists what becomes of every copy. The numbers below the first one add up to it.
func sums(t state.Tally, w words) string {
	list := table{columns: []column{{right: true}, {}}}
	list.add(progress.Count(t.Seen), "copies found in the sources")
	for _, line := range []struct {
		n    int64
		text string
	}{
		{t.Uploaded, w.uploaded},
		{t.ToSend(), w.pending},
		{t.ToMove, "to be moved on the server: they are there, in another mailbox"},
		{t.ToKeep, "on the server already: they stay where they are"},
		{t.Present, "were on the server already"},
		{t.Moved, "moved on the server"},
		{t.Duplicate, "further copies of the same messages"},
		{t.Expunged, "deleted in the mail program, not brought back"},
		{t.Excluded, "in folders that are left out"},
		{t.Rejected(), w.rejected},
	} {
		if line.n > 0 {
			list.add(progress.Count(line.n), line.text)
		}
	}
	return list.body() + spared(t) + variants(t) + partials(t)
}

// spared tells what need not be sent.
func spared(t state.Tally) string {
	if t.BytesThere == 0 {
		return ""
	}
	return fmt.Sprintf("Not sent, because the server has it: %s.\n", progress.Bytes(t.BytesThere))
}

// variants tells of messages that are taken for two although a server may have called them one.
func variants(t state.Tally) string {
	if t.Variant == 0 {
		return ""
	}
	return fmt.Sprintf("Variants, kept apart: %s (the Message-ID of another message, a different text).\n", progress.Count(t.Variant))
}

// partials tells of messages that a mail program has not fetched whole: else their owner believes that all of them has moved.
func partials(t state.Tally) string {
	if t.Partial == 0 {
		return ""
	}
	return fmt.Sprintf("Not whole: %s (fetched without their text, which may be on the POP3 server).\n", progress.Count(t.Partial))
}

// tellRenamed lists the mailboxes that the server would not make under the names that were planned.
func (a *app) tellRenamed(boxes []migrate.RenamedMailbox) {
	if len(boxes) == 0 {
		return
	}
	var names names
	for _, b := range boxes {
		names.add(b.Planned, b.Made)
	}
	a.ui.printf("\nThe server refused to make these mailboxes; they have other names there:\n%s", names.String())
}

// mostListed is how many messages that were not brought over are named; unpop status names all.
const mostListed = 10

// tellRejected names the messages that the server refused, and where they are kept.
func (a *app) tellRejected(ctx context.Context, j *job, t state.Tally) error {
	if t.Refused > 0 {
		a.ui.printf("\nRejected:\n")
		if err := a.listRejected(j.account.Rejections(ctx), mostListed, j.ledger.Path()); err != nil {
			return err
		}
		a.ui.printf("They are kept in %s\n", j.opts.Quarantine)
	}
	if t.Unreadable == 0 {
		return nil
	}
	ids, err := j.sourceIDs(ctx)
	if err != nil {
		return err
	}
	return a.tellSomeUnreadable(ctx, j.account, ids, ": unpop status --state "+shellQuote(j.ledger.Path()))
}

func (a *app) listRejected(rejected iter.Seq2[state.Message, error], most int, ledger string) error {
	var n int
	for msg, err := range rejected {
		if err != nil {
			return err
		}
		if n++; n > most {
			a.ui.printf("  … and more: unpop status --state %s\n", shellQuote(ledger))
			break
		}
		a.ui.printf("  %q in %s\n      %s\n", shorten(subject(msg), 50), printable(msg.Folder), printable(msg.Reason))
	}
	return nil
}

func subject(msg state.Message) string {
	if msg.Subject == "" {
		return "(no subject)"
	}
	return printable(msg.Subject)
}
