package cli

import (
	"slices"
	"testing"
	"time"

	"unpop/state"
)

// tellsOf makes a story of copies whose first one stands for the message.
func tellsOf(copies ...state.ToldCopy) *story {
	for i := range copies {
		copies[i].ID = int64(i + 1)
	}
	return &story{msg: &state.Told{Message: state.Message{ID: 1, Copy: 1, State: state.Done}, MailboxName: "Sent"}, copies: copies}
}

func copyWith(exact string, change func(*state.ToldCopy)) state.ToldCopy {
	c := state.ToldCopy{Copy: state.Copy{Exact: []byte(exact), State: state.Live}, FolderName: "f" + exact}
	if change != nil {
		change(&c)
	}
	return c
}

func TestStoryChoice(t *testing.T) {
	t.Parallel()
	best := copyWith("a", nil)
	partial := func(c *state.ToldCopy) { c.Partial = true }
	rebuilt := func(c *state.ToldCopy) { c.Rebuilt = true }
	gone := func(c *state.ToldCopy) { c.State = state.Expunged }
	for _, c := range []struct {
		other        state.ToldCopy
		like, choice string
	}{
		{copyWith("a", nil), "the same bytes", "All have the same bytes; the first one is sent."},
		{copyWith("b", nil), "other bytes, the same content", "All say the same, and none is richer; the first one is sent."},
		{copyWith("b", partial), "only its header, or a beginning", "It is complete; of others only a part is there."},
		{copyWith("b", rebuilt), "made anew by its mail program, the same content", "It has the bytes that travelled; others were made anew by the mail program."},
		{copyWith("b", gone), "deleted in the mail program", "All have the same bytes; the first one is sent."},
	} {
		s := tellsOf(best, c.other)
		if got := s.likeness(&s.copies[1]); got != c.like {
			t.Errorf("likeness of %+v: got %q, want %q", c.other, got, c.like)
		}
		if got := s.choice(); got != c.choice {
			t.Errorf("choice beside %+v: got %q, want %q", c.other, got, c.choice)
		}
	}
	if got := tellsOf(best).choice(); got != "" {
		t.Errorf("choice of one: got %q, want nothing to say", got)
	}
}

func TestStoryPlacing(t *testing.T) {
	t.Parallel()
	in := func(role int, nested bool) state.ToldCopy {
		return copyWith("a", func(c *state.ToldCopy) { c.Role, c.FolderNested = role, nested })
	}
	const inbox, sent, trash = 1, 2, 4
	for _, c := range []struct {
		name   string
		copies []state.ToldCopy
		want   string
	}{
		{"one place", []state.ToldCopy{in(inbox, false), in(inbox, false)}, ""},
		{"filed and inbox", []state.ToldCopy{in(inbox, false), in(0, false)}, "It goes where it is filed by hand (fa); another copy is only in the inbox (fa)."},
		{"below the inbox", []state.ToldCopy{in(inbox, true), in(trash, false)}, "It goes where it is filed by hand (fa); another copy is only in the trash (fa)."},
		{"sent and trash", []state.ToldCopy{in(sent, false), in(trash, false)}, "It goes where it is sent (fa); another copy is only in the trash (fa)."},
	} {
		if got := tellsOf(c.copies...).placing(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestStoryPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		msg          state.Message
		place, where string
	}{
		{state.Message{State: state.Done, UID: 3, UIDValidity: 7}, "On the server, in Sent: UID 3 (UIDVALIDITY 7).", "Sent"},
		{state.Message{State: state.Done}, "On the server, in Sent.", "Sent"},
		{state.Message{State: state.Done, UID: 3, Missing: true}, "It was in Sent, UID 3, and is not there any more.", "missing from Sent"},
		{state.Message{State: state.Rejected}, "Rejected; it was to go to Sent.", "rejected"},
		{state.Message{State: state.Sending}, "In doubt: it was sent to Sent, and the answer is not known. The next run looks.", "to be sent to Sent"},
		{state.Message{State: state.Undoing}, "It is being removed from Sent.", "to be sent to Sent"},
		{state.Message{}, "Still to be sent, to Sent.", "to be sent to Sent"},
	} {
		s := &story{msg: &state.Told{Message: c.msg, MailboxName: "Sent"}}
		if got := s.place(); got != c.place {
			t.Errorf("%+v: got %q, want %q", c.msg, got, c.place)
		}
		if got := s.where(); got != c.where {
			t.Errorf("%+v: got %q, want %q", c.msg, got, c.where)
		}
	}
}

func TestPageName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, of        int
		target, want string
	}{
		{1, 9, "imaps://anna@imap.example.it", "1-anna.html"},
		{7, 400, "imaps://anna%40example.it@imap.example.it", "007-anna@example.it.html"},
		{1, 1, "imaps://..%2F%3Cb%3E%22@imap.example.it", "1-..__b__.html"},
		{2, 10, "no address", "02.html"},
	} {
		if got := pageName(c.n, c.of, c.target); got != c.want {
			t.Errorf("%s: got %q, want %q", c.target, got, c.want)
		}
	}
}

// TestStoryFate tells of a message that was refused and mended, and of one that was moved.
func TestStoryFate(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 3, 14, 15, 9, 0, 0, time.Local)
	s := tellsOf(copyWith("a", func(c *state.ToldCopy) { c.Date = began.Unix() }), copyWith("a", nil))
	s.msg.How, s.msg.UID, s.msg.UIDValidity, s.msg.Repair, s.msg.SentSize, s.msg.Date, s.msg.Flags = state.Appended, 3, 7, 1, 1200, began.Unix(), 1
	s.run = &state.Run{ID: 4, Command: "migrate", Started: began}
	s.attempts = []state.Attempt{{Repair: 0, Time: began, Reason: "bare LF"}}
	want := []string{
		"On the server, in Sent: UID 3 (UIDVALIDITY 7).",
		"Uploaded, changed as the server wants it (line ends and NUL made legal), by run 4, unpop migrate, begun 2026-03-14 15:09.",
		"  2026-03-14 15:09, as it is: bare LF", "The original is kept in l.quarantine.mbox", "1.2 kB, filed under 2026-03-14 15:09 (when it was received).",
		"Flags and tags, those of all copies: read.",
	}
	if got := s.fate("l.quarantine.mbox"); !slices.Equal(got, want) {
		t.Errorf("mended: got %q, want %q", got, want)
	}
	s = tellsOf(copyWith("a", nil))
	s.msg.How, s.from = state.Moved, "INBOX"
	if got := s.deed(); got != "Was there already, in another mailbox: moved from INBOX." {
		t.Errorf("moved: got %q", got)
	}
}
