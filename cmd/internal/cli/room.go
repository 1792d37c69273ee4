package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"unpop/cmd/internal/progress"
	"unpop/migrate"
)

// room compares what would be sent with what the server takes.
func room(p *migrate.Plan) string {
	if p.Tally.Pending == 0 {
		return ""
	}
	text := fmt.Sprintf("To send: %s", progress.Bytes(p.Tally.BytesPending))
	if p.Survey.HasQuota {
		text += fmt.Sprintf(" to an account with %s of %s in use", progress.Bytes(p.Survey.QuotaUsed), progress.Bytes(p.Survey.QuotaLimit))
	}
	switch after := p.Survey.QuotaUsed + p.Tally.BytesPending - p.TooLargeBytes; {
	case !p.Fits():
		text += fmt.Sprintf(".\nThat is %s more than there is room for. Make room there, or leave folders out\n(--exclude)", progress.Bytes(p.Lacking()))
	case p.Survey.HasQuota && p.Survey.QuotaLimit > 0:
		text += fmt.Sprintf(":\nit fits, and %s will be in use (%d%%)", progress.Bytes(after), percent(after, p.Survey.QuotaLimit))
	}
	if p.Survey.HasQuota {
		text += ".\nThe largest message has "
	} else {
		text += "; the largest message has "
	}
	text += progress.Bytes(p.Tally.BytesLargest)
	if p.TooLarge == 0 && p.Survey.AppendMax > 0 {
		text += fmt.Sprintf(", the server takes %s", progress.Bytes(p.Survey.AppendMax))
	}
	return text + ".\n"
}

// sendingTime says how long it takes, where that is worth saying.
func sendingTime(p *migrate.Plan) string {
	text := ""
	if p.Days > 1 {
		text = fmt.Sprintf("The server takes %s a day (%s): it will take %s.\n",
			progress.Bytes(p.Survey.DailyBytes), p.Survey.DailySource, counted(p.Days, "day"))
	}
	if p.Sending < time.Minute {
		return text
	}
	if p.Measured {
		return text + fmt.Sprintf("Sending takes about %s at %s/s, the speed of the last time.\n", progress.Duration(p.Sending), progress.Bytes(p.Rate))
	}
	return text + fmt.Sprintf("Sending takes about %s on a line of %s/s.\n", progress.Duration(p.Sending), progress.Bytes(p.Rate))
}

// largeTable names the messages that are too large for the server, or for many servers.
func largeTable(p *migrate.Plan) string {
	if len(p.Large) == 0 {
		return ""
	}
	t := table{columns: []column{{right: true, sure: true}, {flex: true, sure: true}, {flex: true}}}
	for _, msg := range p.Large {
		t.add("  "+progress.Bytes(msg.Size), subject(msg), msg.Folder)
	}
	title := "The largest messages:"
	if p.TooLarge > 0 {
		title = fmt.Sprintf("Larger than the %s that the server takes, and to be rejected: %s", progress.Bytes(p.Survey.AppendMax), counted(p.TooLarge, "message"))
	}
	text := "\n" + title + "\n" + t.body()
	if more := p.TooLarge - int64(len(p.Large)); more > 0 {
		text += fmt.Sprintf("  … and %s more\n", progress.Count(more))
	}
	return text
}

// renamedTables list the folders whose mailboxes get other names, with the reason.
func renamedTables(p *migrate.Plan) string {
	var text strings.Builder
	for _, group := range []struct {
		title string
		why   []migrate.Renaming
	}{
		{"The server can't have these names as they are:", []migrate.Renaming{migrate.RenamedCharacters, migrate.RenamedLength}},
		{"The server can't have mail and folders in the same place:", []migrate.Renaming{migrate.RenamedLevels}},
		{"Upper and lower case are the same to many servers:", []migrate.Renaming{migrate.RenamedCase}},
	} {
		var names names
		for _, f := range p.Folders {
			if slices.Contains(group.why, f.Why) && f.Mailbox != "" && f.Messages > 0 {
				names.add(f.Folder.Name, f.Mailbox)
			}
		}
		if len(names) > 0 {
			text.WriteString("\n" + group.title + "\n" + names.String())
		}
	}
	return text.String()
}

// renamed reports whether a mailbox name has stand-ins for characters that the server refuses, or is another one altogether.
func renamed(f migrate.PlannedFolder) bool {
	return f.Mailbox != "" && (f.Why != "" || migrate.DecodeName(f.Mailbox) != f.Mailbox)
}

// percent is rounded down, and without overflow.
func percent(part, whole int64) int { return int(100 * (float64(part) / float64(whole))) }
