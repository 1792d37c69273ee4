package report

import (
	"fmt"
	"strings"

	"unpop/cmd/internal/progress"
)

// Level says how an account stands, in a word that style sheets and scripts know.
type Level string

// The levels.
const (
	Good Level = "complete" // all that can be brought over is on the server
	Part Level = "partly"   // done, but a person should look at some messages
	Open Level = "open"     // work is left: it goes on, was stopped, or hasn't begun
	Lost Level = "missing"  // the server no longer has what it had
)

// Verdict says how an account stands, the most important thing first.
type Verdict struct {
	Level    Level
	Sentence string
	Details  []string
}

// Verdict judges the account.
func (a *Account) Verdict() Verdict {
	v := Verdict{Level: a.level(), Sentence: a.sentence()}
	v.Details = append(v.Details, a.checked())
	if t := a.Totals; t.Rejected() > 0 && v.Level != Part {
		v.Details = append(v.Details, count(t.Rejected(), "message")+" could not be brought over.")
	}
	if n := a.broken(); n > 0 {
		v.Details = append(v.Details, fmt.Sprintf("%s of the sources could not be read to the end; see “Sources”.", count(n, "piece")))
	}
	if a.Turn.NeedsPerson && v.Level != Good {
		v.Details = append(v.Details, "It needs a person: "+a.Turn.Reason)
	}
	if a.HeldBy != "" {
		v.Details = append(v.Details, "unpop is at work on this account; the figures are those of the moment at which this report was made.")
	}
	return v
}

func (a *Account) level() Level {
	t := a.Totals
	switch {
	case t.Pending+a.undecided() > 0 || t.Stored+t.Refused == 0:
		return Open
	case t.Missing > 0:
		return Lost
	case t.Rejected() > 0 || a.broken() > 0 || t.Balance() != 0:
		return Part
	default:
		return Good
	}
}

// broken counts the pieces of sources that could not be read to their end.
func (a *Account) broken() (n int64) {
	for _, s := range a.Sources {
		n += s.Broken
	}
	return n
}

func (a *Account) sentence() string {
	t, all := a.Totals, a.Messages()
	left := t.Pending + a.undecided()
	switch {
	case a.History.Total == 0 || t.Stored == 0 && left == 0 && t.Refused == 0:
		return "Nothing has been brought to the server."
	case t.Stored == 0 && left > 0:
		return fmt.Sprintf("Nothing is on the server yet; %s to be sent.", verb(left, "message is", "messages are"))
	case left > 0:
		return fmt.Sprintf("%s of %s are on the server; %s still to be sent.", progress.Count(t.Stored), count(all, "message"), progress.Count(left))
	case t.Missing > 0:
		return fmt.Sprintf("%s of %s no longer on the server.", progress.Count(t.Missing), verb(t.Stored, "message is", "messages are"))
	case t.Rejected() > 0:
		return fmt.Sprintf("%s on the server; %s could not be brought over.", verb(t.Stored, "message is", "messages are"), progress.Count(t.Rejected()))
	case t.Stored == 1:
		return "The one message is on the server."
	default:
		return fmt.Sprintf("All %s messages are on the server.", progress.Count(t.Stored))
	}
}

// checked tells of the last verification.
func (a *Account) checked() string {
	c := a.History.Check
	if c.At.IsZero() {
		return "The server has not been asked for them again; unpop verify does that."
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Checked on %s: the server was asked for %s", a.moment(c.At), progress.Count(c.Verified+c.Missing+c.Different))
	if c.Deep {
		b.WriteString(", and every byte was compared")
	}
	if c.Missing == 0 {
		b.WriteString("; none was missing")
	} else {
		fmt.Fprintf(&b, "; %s missing", verb(c.Missing, "was", "were"))
	}
	for _, odd := range []struct {
		n    int64
		text string
	}{{c.Altered, "altered by the server"}, {c.Different, "another message in its place"}} {
		if odd.n > 0 {
			fmt.Fprintf(&b, ", %s %s", progress.Count(odd.n), odd.text)
		}
	}
	b.WriteByte('.')
	if c.Since > 0 {
		fmt.Fprintf(&b, " %s sent after that check.", verb(c.Since, "message was", "messages were"))
	}
	return b.String()
}

// Line is a row of the account that closes.
type Line struct {
	N    int64
	Text string
	Note string
}

// Lines are what becomes of all copies. They add up to Totals.Seen, but for a remainder that Remainder tells.
func (a *Account) Lines() []Line {
	t := a.Totals
	lines := []Line{
		{t.Uploaded, "uploaded", a.adopted()},
		{t.Present, "present", "were on the server already, where they belong"},
		{t.Moved, "moved", "were on the server already, and were moved to their mailbox"},
		{t.Duplicate, "duplicate", "further copies of the same messages"},
		{t.Expunged, "expunged", "deleted in the mail program, which kept the bytes; not brought back"},
		{t.Excluded, "excluded", "in folders that were left out"},
		{t.Rejected(), "rejected", a.rejected()},
	}
	if t.Pending > 0 {
		lines = append(lines, Line{t.Pending, "pending", "still to be sent, or in doubt"})
	}
	if n := a.undecided(); n > 0 {
		lines = append(lines, Line{n, "undecided", "read, and not planned yet"})
	}
	return lines
}

func (a *Account) adopted() string {
	note := "sent to the server, each message once"
	if n := a.Totals.Adopted; n > 0 {
		note += fmt.Sprintf("; of %s the answer got lost, and the server was found to have them", progress.Count(n))
	}
	return note
}

func (a *Account) rejected() string {
	t := a.Totals
	switch {
	case t.Refused > 0 && t.Unreadable > 0:
		return fmt.Sprintf("%s refused by the server, %s unreadable", progress.Count(t.Refused), progress.Count(t.Unreadable))
	case t.Unreadable > 0:
		return "could not be read"
	default:
		return "refused by the server"
	}
}

// Remainder is what the lines do not account for: 0, or something is wrong.
func (a *Account) Remainder() int64 {
	sum := int64(0)
	for _, l := range a.Lines() {
		sum += l.N
	}
	return a.Totals.Seen - sum
}

// Formula writes the account in one line: "106 = 66 + 0 + 0 + 38 + 2 + 0 + 0".
func (a *Account) Formula() string {
	var terms []string
	for _, l := range a.Lines() {
		terms = append(terms, progress.Count(l.N))
	}
	return progress.Count(a.Totals.Seen) + " = " + strings.Join(terms, " + ")
}
