package cli

import (
	"fmt"

	"unpop/cmd/internal/progress"
	"unpop/migrate"
)

// verified is the outcome as scripts read it.
type verified struct {
	Verified    int64             `json:"verified"`
	Missing     int64             `json:"missing"`
	Altered     int64             `json:"altered"`
	Different   int64             `json:"different"`
	FlagsDiffer int64             `json:"flags_differ"`
	Repaired    int64             `json:"repaired"`
	Sent        int64             `json:"sent"`
	OnlyInbox   bool              `json:"only_inbox"`
	Mailboxes   []verifiedMailbox `json:"mailboxes"` // those where something is not as it was sent
}

type verifiedMailbox struct {
	Name      string `json:"name"`
	Missing   int64  `json:"missing"`
	Altered   int64  `json:"altered"`
	Different int64  `json:"different"`
}

func verifiedObject(v *migrate.Verification) verified {
	out := verified{
		Verified: v.Verified, Missing: v.Missing, Altered: v.Altered, Different: v.Different, FlagsDiffer: v.FlagsDiffer,
		Repaired: v.Repaired, Sent: v.Sent, OnlyInbox: v.OnlyInbox, Mailboxes: []verifiedMailbox{},
	}
	for _, b := range v.Mailboxes {
		if b.Missing+b.Altered+b.Different > 0 {
			out.Mailboxes = append(out.Mailboxes, verifiedMailbox{b.Name, b.Missing, b.Altered, b.Different})
		}
	}
	return out
}

func (a *app) showVerified(v *migrate.Verification) error {
	out := verifiedObject(v)
	if a.ui.json {
		return a.ui.object(out)
	}
	switch {
	case v.Missing+v.Different > 0:
		a.ui.printf("\nThe server has %s. Not as sent:\n\n", counted(v.Verified, "message"))
	case v.Verified == 0:
		a.ui.printf("\nThe ledger knows of no message on the server.\n")
	default:
		a.ui.printf("\nThe server has all %s that the ledger knows.\n", counted(v.Verified, "message"))
	}
	if v.Missing+v.Different > 0 {
		a.ui.printf("%s", verifiedTable(out).String())
	}
	for _, line := range remarks(v) {
		a.ui.printf("%s\n", line)
	}
	return nil
}

func verifiedTable(v verified) *table {
	t := &table{columns: []column{
		{title: "mailbox", flex: true, sure: true},
		{title: "gone", right: true, sure: true},
		{title: "other content", right: true},
		{title: "altered", right: true},
	}}
	for _, b := range v.Mailboxes {
		t.add(b.Name, some(b.Missing), some(b.Different), some(b.Altered))
	}
	return t
}

// remarks are what is normal, and good to know.
func remarks(v *migrate.Verification) (lines []string) {
	if v.Repaired > 0 {
		lines = append(lines, fmt.Sprintf("Gone, and there again: %s (%s sent, %s found under another number).",
			counted(v.Repaired, "message"), progress.Count(v.Sent), progress.Count(v.Repaired-v.Sent)))
		if v.OnlyInbox {
			lines = append(lines, "Note: "+popHint+".")
		}
	}
	if v.Altered > 0 {
		lines = append(lines, fmt.Sprintf("Altered by the server, as some do with odd bytes: %s.", counted(v.Altered, "message")))
	}
	if v.FlagsDiffer > 0 {
		lines = append(lines, fmt.Sprintf("With other flags by now, as mail has that is being read: %s.", counted(v.FlagsDiffer, "message")))
	}
	return lines
}
