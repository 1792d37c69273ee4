package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"unpop/cmd/internal/progress"
	"unpop/migrate"
	"unpop/migrate/mend"
	"unpop/state"
)

// show prints a story: the message, what became of it, its copies, and its namesakes.
func (w *asked) show(ctx context.Context, m match, s *story) error {
	if err := s.complete(ctx, m); err != nil {
		return err
	}
	ui := &w.app.ui
	ui.printf("%s\n", s.subject())
	if id := s.messageID(); id != "" {
		ui.printf("%s\n", printable(id))
	}
	ui.printf("\n")
	for _, line := range s.fate(keptIn(w.ledger, m.account.Target)) {
		ui.printf("%s\n", line)
	}
	w.showCopies(s)
	if reasons := without([]string{s.choice(), s.placing()}, ""); len(reasons) > 0 {
		ui.printf("\n%s\n", strings.Join(reasons, "\n"))
	}
	w.showNamesakes(s)
	return nil
}

// fate says where the message is, how it came there, and with what. kept is the file that keeps what was refused.
func (s *story) fate(kept string) []string {
	if s.msg == nil {
		return []string{sentence(unsent(&s.copies[0])) + " Nothing of it was sent."}
	}
	m := s.msg
	lines := append([]string{s.place()}, s.deed())
	if m.State == state.Rejected {
		lines = append(lines, "The server said: "+printable(m.Reason))
	}
	for _, try := range s.attempts {
		lines = append(lines, fmt.Sprintf("  %s, %s: %s", moment(try.Time), mend.Step(try.Repair), printable(try.Reason)))
	}
	if m.State == state.Rejected || m.Changed() {
		lines = append(lines, "The original is kept in "+printable(kept))
	}
	_, size := m.OnTarget()
	about := fmt.Sprintf("%s, filed under %s", progress.Bytes(size), moment(time.Unix(m.Date, 0)))
	if from := s.dateFrom(); from != "" {
		about += " (" + from + ")"
	}
	lines = append(lines, about+".")
	if flags := flagWords(m.Flags, m.Keywords); flags != "" {
		lines = append(lines, s.flagsOf()+flags+".")
	}
	return without(lines, "")
}

// place says where the message is.
func (s *story) place() string {
	m := s.msg
	box := printable(m.MailboxName)
	switch {
	case m.State == state.Done && m.Missing:
		return fmt.Sprintf("It was in %s, UID %d, and is not there any more.", box, m.UID)
	case m.State == state.Done && m.UID == 0:
		return fmt.Sprintf("On the server, in %s.", box)
	case m.State == state.Done:
		return fmt.Sprintf("On the server, in %s: UID %d (UIDVALIDITY %d).", box, m.UID, m.UIDValidity)
	case m.State == state.Rejected:
		return fmt.Sprintf("Rejected; it was to go to %s.", box)
	case m.State == state.Sending:
		return fmt.Sprintf("In doubt: it was sent to %s, and the answer is not known. The next run looks.", box)
	case m.State == state.Undoing:
		return fmt.Sprintf("It is being removed from %s.", box)
	case m.State == state.Shelved:
		return "Left aside: none of its copies takes part, or another message has them. A run was stopped before it was sent."
	default:
		return fmt.Sprintf("Still to be sent, to %s.", box)
	}
}

// deeds are the ways in which a message came to be where it is.
var deeds = map[state.How]string{
	state.Appended: "Uploaded", state.Adopted: "Uploaded (the answer got lost, and it was found there)",
	state.Present: "Was there already: found", state.Moved: "Was there already, in another mailbox: moved",
	state.Labelled: "Was there already, and was given this mailbox too (a label),",
}

// deed says how it came there, and when.
func (s *story) deed() string {
	if s.msg.State != state.Done && s.msg.State != state.Rejected {
		return ""
	}
	text := deeds[s.msg.How]
	if s.msg.State == state.Rejected {
		text = "Tried"
	}
	if s.msg.Changed() && s.msg.State == state.Done {
		text += ", changed as the server wants it (" + mend.Step(s.msg.Repair).String() + "),"
	}
	if s.from != "" {
		text += " from " + printable(s.from)
	}
	if s.run == nil {
		return text + "."
	}
	text += fmt.Sprintf(" by run %d, unpop %s, begun %s", s.run.ID, s.run.Command, moment(s.run.Started))
	if !s.run.Ended.IsZero() {
		text += ", ended " + moment(s.run.Ended)
	}
	return text + "."
}

// flagsOf says whose flags they are.
func (s *story) flagsOf() string {
	if len(s.copies) > 1 {
		return "Flags and tags, those of all copies: "
	}
	return "Flags and tags: "
}

func (s *story) dateFrom() string {
	for i := range s.copies {
		if c := &s.copies[i]; c.State == state.Live && c.Date == s.msg.Date {
			return migrate.DateFrom(c.DateRank)
		}
	}
	return ""
}

// flagNames are the flags as people know them, bit by bit.
var flagTitles = []string{"read", "answered", "starred", "draft"}

func flagWords(flags int, keywords []string) string {
	var words []string
	for i, title := range flagTitles {
		if flags&(1<<i) != 0 {
			words = append(words, title)
		}
	}
	for _, keyword := range keywords {
		words = append(words, printable(keyword))
	}
	return strings.Join(words, ", ")
}

// showCopies lists the copies and how they compare.
func (w *asked) showCopies(s *story) {
	ui := &w.app.ui
	if len(s.copies) == 0 {
		ui.printf("\nNone of its copies is in the sources any more.\n")
		return
	}
	ui.printf("\n%s in the sources:\n", counted(int64(len(s.copies)+s.more), "copy"))
	for i := range s.copies {
		c := &s.copies[i]
		ui.printf("\n  %s\n", printable(c.FolderName))
		if like := s.likeness(c); like != "" {
			ui.printf("    %s\n", like)
		}
		if c.Flaw != "" {
			ui.printf("    %s\n", printable(c.Flaw))
		}
		ui.printf("    %s\n", strings.Join(without([]string{
			progress.Bytes(c.Size), moment(time.Unix(c.Date, 0)) + " (" + migrate.DateFrom(c.DateRank) + ")", flagWords(c.Flags, c.Keywords),
		}, ""), ", "))
		ui.printf("    %s, %s\n", printable(partPath(c)), printable(c.Ref))
	}
	if s.more > 0 {
		ui.printf("\n  … and %s more\n", progress.Count(int64(s.more)))
	}
}

// partPath is where the part is, for who wants to look.
func partPath(c *state.ToldCopy) string {
	if c.PartName == "." || strings.HasSuffix(c.SourcePath, "/"+c.PartName) {
		return c.SourcePath
	}
	return c.SourcePath + "/" + c.PartName
}

// showNamesakes tells of the messages that share the Message-ID.
func (w *asked) showNamesakes(s *story) {
	if len(s.namesakes) == 0 {
		return
	}
	w.app.ui.printf("\nThe same Message-ID, but not the same message (the text decides):\n")
	for _, n := range s.namesakes {
		w.app.ui.printf("  number %d: %s, in %s\n", n.ID, shorten(subject(n.Message), 40), printable(n.MailboxName))
	}
}

// sentence makes a sentence of words.
func sentence(words string) string { return strings.ToUpper(words[:1]) + words[1:] + "." }

// without drops all that equals one text.
func without(list []string, drop string) []string {
	kept := list[:0]
	for _, text := range list {
		if text != drop {
			kept = append(kept, text)
		}
	}
	return kept
}
