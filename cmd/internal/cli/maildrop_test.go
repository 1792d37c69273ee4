package cli

import (
	"fmt"
	"strings"
	"testing"

	"unpop/migrate/source/pop3"
	"unpop/migrate/target/imap"
)

func TestSameAccount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"pop3s://anna@example.it@pop.example.it", "imaps://anna@example.it@imap.example.it", true},
		{"pop3s://anna@pop.example.it", "imaps://Anna@example.it@mail.example.it:1993", true},
		{"pop3://anna@mail.example.it", "imaps://anna@mail.example.it", true},
		{"pop3s://anna@example.it", "imaps://anna@imap.example.it", true},
		{"pop3s://anna@127.0.0.1", "imaps://anna@127.0.0.1", true},
		{"pop3s://recent%3Aanna@gmail.com@pop.gmail.com", "imaps://anna@gmail.com@imap.gmail.com", true},
		{"pop3s://anna@googlemail.com@pop.googlemail.com", "imaps://anna@gmail.com@imap.gmail.com", true},
		{"pop3s://anna@outlook.com@pop-mail.outlook.com", "imaps://anna@outlook.com@imap-mail.outlook.com", true},
		{"pop3s://anna@10.0.0.1", "imaps://anna@11.0.0.1", false},
		{"pop3s://bruno@pop.example.it", "imaps://anna@imap.example.it", false},
		{"pop3s://anna@one.it@pop.example.it", "imaps://anna@two.it@imap.example.it", false},
		{"pop3s://anna@pop.example.it", "imaps://anna@imap.example.com", false},
		{"pop3s://anna@pop.it", "imaps://anna@imap.it", false},
		{"pop3s://anna@alpha.example.it", "imaps://anna@beta.example.it", false},
	} {
		from, err := pop3.ParseURL(c.from)
		if err != nil {
			t.Fatal(err)
		}
		to, err := imap.ParseURL(c.to)
		if err != nil {
			t.Fatal(err)
		}
		if got := sameAccount(from, to); got != c.want {
			t.Errorf("%s and %s: got %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

func TestPOPWarning(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 30 {
		many = append(many, fmt.Sprint("anna", i, "@pop.example.it"))
	}
	for _, drops := range [][]string{nil, many[:1], many[:2], many} {
		text := popWarning(drops)
		if !strings.Contains(text, "INBOX") || !strings.HasSuffix(text, ".\n") || len(drops) > 0 && !strings.Contains(text, drops[0]) {
			t.Errorf("%d: got %q", len(drops), text)
		}
		for line := range strings.Lines(text) {
			if width(line) > 80 {
				t.Errorf("%q: got %d columns, want 80 at most", line, width(line))
			}
			if len(drops) < 2 && width(line) < 40 {
				t.Errorf("%q: got %d columns, want lines that are about as long", line, width(line))
			}
		}
	}
}
