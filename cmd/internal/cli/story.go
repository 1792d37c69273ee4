package cli

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"unpop/migrate"
	"unpop/state"
)

// A story is what the ledger knows of one message.
type story struct {
	msg       *state.Told // nil: no message was made of it
	copies    []state.ToldCopy
	more      int // copies that are not held
	run       *state.Run
	attempts  []state.Attempt
	namesakes []state.Told
	from      string // the mailbox in which it was found, if it was moved
}

// mostCopies and mostNamesakes bound what is told of one message.
const (
	mostCopies    = 50
	mostNamesakes = 10
)

// readStory reads the message and its copies.
func readStory(ctx context.Context, m match) (*story, error) {
	s := &story{}
	var err error
	if s.msg, err = m.account.TellOne(ctx, m.number); err != nil {
		return nil, err
	}
	for c, err := range m.account.CopiesOf(ctx, m.number) {
		if err != nil {
			return nil, err
		}
		if len(s.copies) == mostCopies {
			s.more++
			continue
		}
		s.copies = append(s.copies, c)
	}
	return s, nil
}

// complete reads what a list does not show, and what takes longer to find.
func (s *story) complete(ctx context.Context, m match) (err error) {
	if s.msg == nil {
		return nil
	}
	if s.attempts, err = m.account.Attempts(ctx, m.number); err != nil {
		return err
	}
	if s.namesakes, err = m.account.Namesakes(ctx, s.msg.Message, mostNamesakes); err != nil {
		return err
	}
	if s.from, err = m.account.MovedFrom(ctx, m.number); err != nil {
		return err
	}
	return s.findRun(ctx, m.account)
}

// findRun finds the run that settled the message.
func (s *story) findRun(ctx context.Context, account *state.Account) error {
	if s.msg.Run == 0 {
		return nil
	}
	for run, err := range account.Runs(ctx) {
		if err != nil {
			return err
		}
		if run.ID == s.msg.Run {
			s.run = &run
			return nil
		}
	}
	return nil
}

func (s *story) subject() string {
	switch {
	case s.msg != nil:
		return subject(s.msg.Message)
	case len(s.copies) > 0 && s.copies[0].Subject != "":
		return printable(s.copies[0].Subject)
	default:
		return "(no subject)"
	}
}

func (s *story) messageID() string {
	if s.msg != nil {
		return s.msg.MessageID
	}
	return s.copies[0].MessageID
}

func (s *story) day() string {
	date := int64(0)
	if s.msg != nil {
		date = s.msg.Date
	} else if len(s.copies) > 0 {
		date = s.copies[0].Date
	}
	return time.Unix(date, 0).UTC().Format("2006-01-02")
}

// where says in a few words what became of the message, for a list.
func (s *story) where() string {
	switch {
	case s.msg == nil && len(s.copies) == 0:
		return ""
	case s.msg == nil:
		return unsent(&s.copies[0])
	case s.msg.State == state.Rejected:
		return "rejected"
	case s.msg.State == state.Done && s.msg.Missing:
		return "missing from " + s.msg.MailboxName
	case s.msg.State == state.Done:
		return s.msg.MailboxName
	default:
		return "to be sent to " + s.msg.MailboxName
	}
}

// unsent says why nothing is sent of a copy.
func unsent(c *state.ToldCopy) string {
	switch {
	case c.Excluded:
		return "left out: its folder is"
	case c.State == state.Expunged:
		return "deleted in the mail program"
	case c.State == state.Unreadable:
		return "unreadable"
	default:
		return "not planned yet"
	}
}

// best is the copy that stands for the message; nil where it is gone.
func (s *story) best() *state.ToldCopy {
	for i := range s.copies {
		if s.msg != nil && s.copies[i].ID == s.msg.Copy {
			return &s.copies[i]
		}
	}
	return nil
}

// likeness says how a copy compares with the one that was sent.
func (s *story) likeness(c *state.ToldCopy) string {
	best := s.best()
	switch {
	case c.State != state.Live || c.Excluded:
		return unsent(c)
	case best == nil:
		return ""
	case c == best:
		return "this one stands for the message"
	case bytes.Equal(c.Exact, best.Exact):
		return "the same bytes"
	case c.Partial:
		return "only its header, or a beginning"
	case c.Rebuilt != best.Rebuilt:
		return "made anew by its mail program, the same content"
	default:
		return "other bytes, the same content"
	}
}

// choice says why that copy won.
func (s *story) choice() string {
	best := s.best()
	if best == nil || len(s.copies) < 2 {
		return ""
	}
	equal, partial, rebuilt := true, false, false
	for i := range s.copies {
		c := &s.copies[i]
		if c == best || c.State != state.Live || c.Excluded {
			continue
		}
		equal = equal && bytes.Equal(c.Exact, best.Exact)
		partial = partial || c.Partial && !best.Partial
		rebuilt = rebuilt || c.Rebuilt && !best.Rebuilt
	}
	switch {
	case partial:
		return "It is complete; of others only a part is there."
	case rebuilt:
		return "It has the bytes that travelled; others were made anew by the mail program."
	case equal:
		return "All have the same bytes; the first one is sent."
	default:
		return "All say the same, and none is richer; the first one is sent."
	}
}

// placing says why the message goes to its mailbox, where its copies lie in several places.
func (s *story) placing() string {
	best, words, other := -1, "", ""
	for i := range s.copies {
		c := &s.copies[i]
		if c.State != state.Live || c.Excluded {
			continue
		}
		path := make([]string, 1, 2)
		if c.FolderNested {
			path = path[:2]
		}
		rank, standing := migrate.RankOf(state.Folder{Role: c.Role, Path: path})
		switch {
		case best < 0 || rank < best:
			best, words, other = rank, fmt.Sprintf("%s (%s)", standing, printable(c.FolderName)), words
		case rank > best && other == "":
			other = fmt.Sprintf("%s (%s)", standing, printable(c.FolderName))
		}
	}
	if other == "" {
		return ""
	}
	return fmt.Sprintf("It goes where it is %s; another copy is only %s.", words, other)
}
