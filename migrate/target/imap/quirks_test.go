package imap

import (
	"regexp"
	"slices"
	"testing"
)

func TestQuirksAreDated(t *testing.T) {
	t.Parallel()
	dated := regexp.MustCompile(`^(\d+(\.\d+)+, 20\d\d-\d\d-\d\d|documented)$`)
	for _, q := range quirks {
		if q.server == "" || !dated.MatchString(q.tested) || q.does == "" || q.remedy == "" {
			t.Errorf("got %+v, want a server, a version and a date, and both texts", q)
		}
	}
}

func TestTakesName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		greeting, id, name string
		want               bool
	}{
		{"mail Cyrus IMAP 3.6.1 server ready", "", `50%`, false},
		{"ready", "Cyrus IMAPD 3.6.1", `"Rossi"`, false},
		{"ready", "Cyrus IMAPD 3.6.1", "Fatture/2019: Rossi & C. (vecchie)!", true},
		{"Courier-IMAP ready. Copyright 1998-2019", "", "INBOX.2019/2020", false},
		{"Courier-IMAP ready. Copyright 1998-2019", "", "INBOX.festa 🎉", false},
		{"Courier-IMAP ready. Copyright 1998-2019", "", "INBOX.50%; 日本", true},
		{"Dovecot ready.", "Dovecot", `50% "Rossi" 🎉`, true},
	} {
		w := &wire{greeting: test.greeting, serverID: test.id}
		if got := w.takesName(test.name); got != test.want {
			t.Errorf("%q %q: name %q: got %v, want %v", test.greeting, test.id, test.name, got, test.want)
		}
	}
}

func TestUsualFlags(t *testing.T) {
	t.Parallel()
	got := usualFlags([]string{`\Seen`, "$label1", "$Forwarded", "a~b", "a[b", "NonJunk", "a-b_c.1", "a:b"})
	if want := []string{`\Seen`, "$label1", "$Forwarded", "NonJunk", "a-b_c.1"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
