package report

import (
	"slices"
	"testing"
	"time"

	"unpop/state"
)

func TestWho(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		"imaps://anna@imap.example.it": "anna@imap.example.it", "imaps://anna%40example.it@imap.example.it:993": "anna@example.it",
		"imap://imap.example.it": "imap.example.it", "no url": "no url", "": "", "://": "://",
	} {
		if got := who(target); got != want {
			t.Errorf("%q: got %q, want %q", target, got, want)
		}
	}
}

func TestFate(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]state.Message{
		"pending": {}, "in doubt": {State: state.Sending}, "rejected": {State: state.Rejected}, "being removed": {State: state.Undoing},
		"uploaded": {State: state.Done, How: state.Adopted}, "present": {State: state.Done, How: state.Present}, "moved": {State: state.Done, How: state.Moved},
		"missing": {State: state.Done, How: state.Appended, Missing: true},
	} {
		if got := fate(m); got != want {
			t.Errorf("%+v: got %q, want %q", m, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want string }{
		{count(1, "message"), "1 message"},
		{count(1204, "message"), "1,204 messages"},
		{verb(0, "is", "are"), "0 are"},
		{some(0), ""},
		{day(0), ""},
		{day(1e9), "2001-09-09"},
		{timestamp(1e9), "2001-09-09T01:46:40Z"},
		{kind("pst"), "Outlook data file"},
		{kind("new"), "new"},
		{repair(1), "line ends and NUL bytes mended"},
		{repair(77), "changes of step 77"},
		{took(time.Millisecond), "less than a second"},
		{subject(""), "(no subject)"},
		{Run{Run: state.Run{Outcome: "context canceled", Ended: made}}.Went(), "stopped by hand"},
		{Run{Run: state.Run{Outcome: "done"}}.Went(), "not ended"},
		{Run{Run: state.Run{Outcome: "done", Ended: made}}.Went(), "done"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if got := flagList(1|4, []string{"work"}); !slices.Equal(got, []string{`\Seen`, `\Flagged`, "work"}) {
		t.Errorf("flags: got %q", got)
	}
}

// TestChecked holds what is said of the last verification.
func TestChecked(t *testing.T) {
	t.Parallel()
	a := &Account{Options: Options{Location: time.UTC}}
	for _, c := range []struct {
		check Check
		want  string
	}{
		{Check{}, "The server has not been asked for them again; unpop verify does that."},
		{Check{At: made, Verified: 5}, "Checked on 14 March 2026, 15:09: the server was asked for 5; none was missing."},
		{Check{At: made, Verified: 5, Deep: true, Altered: 2}, "Checked on 14 March 2026, 15:09: the server was asked for 5, and every byte was compared; none was missing, 2 altered by the server."},
		{Check{At: made, Verified: 4, Missing: 1, Since: 2}, "Checked on 14 March 2026, 15:09: the server was asked for 5; 1 was missing. 2 messages were sent after that check."},
		{Check{At: made, Verified: 3, Different: 1}, "Checked on 14 March 2026, 15:09: the server was asked for 4; none was missing, 1 another message in its place."},
	} {
		a.History.Check = c.check
		if got := a.checked(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
