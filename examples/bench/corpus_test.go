package main

import (
	"bytes"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCorpora(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		mean, tolerance float64
		n               int
	}{
		"3k": {3000, 0.03, 100}, "75k": {75_000, 0.03, 2500}, "5m": {5 << 20, 0.01, 10}, "1g": {75_000, 0.03, 13_500},
	} {
		c := newCorpus(name)
		mean := float64(c.bytes(want.n)) / float64(want.n)
		if off := mean/want.mean - 1; off > want.tolerance || off < -want.tolerance {
			t.Errorf("%s: got a mean of %.0f bytes, want about %.0f", name, mean, want.mean)
		}
	}
	c := newCorpus("75k") // a few are like many
	if few, many := float64(c.bytes(40))/40, float64(c.bytes(2500))/2500; few < 0.85*many || few > 1.15*many {
		t.Errorf("got a mean of %.0f bytes in 40 messages and of %.0f in 2500, want about the same", few, many)
	}
}

func TestMessagesAreMail(t *testing.T) {
	t.Parallel()
	c, again := newCorpus("75k"), newCorpus("75k")
	ids := map[string]bool{}
	for i := range 300 {
		head, body := c.message(i)
		head2, body2 := again.message(i)
		if !bytes.Equal(head, head2) || !bytes.Equal(body, body2) {
			t.Fatalf("message %d: not the same twice", i)
		}
		whole := string(head) + string(body)
		parsed, err := mail.ReadMessage(strings.NewReader(whole))
		if err != nil {
			t.Fatal(err)
		}
		ids[parsed.Header.Get("Message-ID")] = true
		if strings.Count(whole, "\n") != strings.Count(whole, "\r\n") || !strings.HasSuffix(whole, "\r\n") || strings.Contains(whole, "\r\nFrom ") {
			t.Errorf("message %d: lines that an mbox or a server would change", i)
		}
	}
	if len(ids) != 300 {
		t.Errorf("got %d Message-IDs, want 300", len(ids))
	}
}

// TestStores holds that both kinds of stores have all messages, in all folders, with their bytes.
func TestStores(t *testing.T) {
	t.Parallel()
	const n, folders = 11, 2
	c, dir := newCorpus("3k"), t.TempDir()
	if err := c.mbox(filepath.Join(dir, "mbox"), n, folders); err != nil {
		t.Fatal(err)
	}
	if err := c.maildir(filepath.Join(dir, "maildir"), n, folders); err != nil {
		t.Fatal(err)
	}
	inMbox, inMaildir := 0, 0
	for folder := range folders {
		file, err := os.ReadFile(filepath.Join(dir, "mbox", folderName(folder)+".mbox"))
		if err != nil {
			t.Fatal(err)
		}
		messages := strings.Split("\n"+string(file), "\nFrom carla.neri@example.org ")[1:]
		inMbox += len(messages)
		for k, m := range messages {
			_, text, _ := strings.Cut(m, "\n")
			if want := string(c.local(folder + k*folders)); strings.TrimRight(text, "\n") != strings.TrimRight(want, "\n") {
				t.Errorf("%s: message %d: got %.80q, want %.80q", folderName(folder), k, text, want)
			}
		}
		files, err := os.ReadDir(filepath.Join(dir, "maildir", folderName(folder), "cur"))
		if err != nil {
			t.Fatal(err)
		}
		inMaildir += len(files)
	}
	if inMbox != n || inMaildir != n {
		t.Errorf("got %d and %d messages, want %d", inMbox, inMaildir, n)
	}
}

func TestLinkTree(t *testing.T) {
	t.Parallel()
	c, dir := newCorpus("3k"), t.TempDir()
	from, to := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	if err := c.maildir(from, 2, 1); err != nil {
		t.Fatal(err)
	}
	if err := linkTree(to, from); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(to, "*", "cur", "*"))
	if err != nil || len(files) != 2 {
		t.Fatalf("got %q, %v", files, err)
	}
	if err := os.Rename(files[0], files[0]+"S"); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(from, "*", "cur", "*:2,S")); len(left) != 2 {
		t.Errorf("got %q, want the original as it was", left)
	}
}
