package examples

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func unpacked(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := Unpack(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func read(t *testing.T, elem ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestUnpack(t *testing.T) {
	t.Parallel()
	dir := unpacked(t)
	for _, source := range Sources(dir) {
		if info, err := os.Stat(source); err != nil || !info.IsDir() {
			t.Errorf("%s: %v, want a directory", source, err)
		}
	}
	if err := Unpack(dir); err != nil {
		t.Errorf("a second time: %v", err)
	}
	for _, name := range []string{"new", "tmp"} {
		if info, err := os.Stat(filepath.Join(dir, "pc2", "Maildir", ".Bozze", name)); err != nil || !info.IsDir() {
			t.Errorf(".Bozze/%s: %v, want a directory", name, err)
		}
	}
}

// TestOddities holds that the example still shows what it is there to show.
func TestOddities(t *testing.T) {
	t.Parallel()
	mail := filepath.Join(unpacked(t), "pc1", "Mail")
	inbox := read(t, mail, "pop.example.it", "Inbox")
	for text, want := range map[string]int{
		"\nSubject: Estratto conto di gennaio\n": 3, "X-Mozilla-Status: 0009\n": 2, "X-Mozilla-Status: 0400\n": 1,
		"\n>From Milano": 1, "\n>>From the station": 1, "\nFrom \n": 17, "\nDate: Thu, 01 Jan 1970": 1, "$label1 ": 1,
	} {
		if got := strings.Count(inbox, text); got != want {
			t.Errorf("Inbox: got %d of %q, want %d", got, text, want)
		}
	}
	uidls := regexp.MustCompile(`(?m)^X-UIDL: .*$`).FindAllString(inbox, -1)
	slices.Sort(uidls)
	if whole := len(uidls); len(slices.Compact(uidls)) != whole {
		t.Error("Inbox: the same X-UIDL twice, want a new one for each fetch")
	}
	recipes := read(t, mail, "Local Folders", "Ricette")
	if lf, crlf := strings.Count(recipes, "\n"), strings.Count(recipes, "\r\n"); lf != crlf || lf == 0 {
		t.Errorf("Ricette: got %d line ends, %d of them CRLF; want all", lf, crlf)
	}
	if msf := read(t, mail, "Local Folders", "Famiglia.sbd", "Casa5f2a91c0.msf"); !strings.Contains(msf, "=Casa: lavori e mutuo)") {
		t.Error("Casa5f2a91c0.msf: the name of the folder is missing")
	}
}

func TestMaildirTimesAndSizes(t *testing.T) {
	t.Parallel()
	messages := 0
	root := Sources(unpacked(t))[1]
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		size := regexp.MustCompile(`,S=(\d+)`).FindStringSubmatch(name)
		if err != nil || d.IsDir() || size == nil {
			return err
		}
		messages++
		info, err := d.Info()
		if err != nil {
			return err
		}
		if got := info.Size(); size[1] != strconv.FormatInt(got, 10) {
			t.Errorf("%s: got %d bytes", name, got)
		}
		if info.ModTime().Year() > 2024 {
			t.Errorf("%s: modified %v, want the time of delivery", name, info.ModTime())
		}
		return nil
	})
	if err != nil || messages < 20 {
		t.Errorf("got %d messages, %v; want a Maildir full", messages, err)
	}
}

func TestExpected(t *testing.T) {
	t.Parallel()
	boxes := map[string]int{}
	seen := map[string]bool{}
	for _, m := range Expected {
		boxes[m.Mailbox]++
		if name := m.Mailbox + "\x00" + m.Subject; seen[name] {
			t.Errorf("%s: %q twice", m.Mailbox, m.Subject)
		} else {
			seen[name] = true
		}
		if m.Received.Year() < 2014 || m.Received.After(time.Date(2024, 3, 31, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%q: received %v", m.Subject, m.Received)
		}
		if !slices.IsSorted(m.Keywords) {
			t.Errorf("%q: keywords %v, want them sorted", m.Subject, m.Keywords)
		}
	}
	want := map[string]int{
		"INBOX": 31, "Sent": 7, "Drafts": 2, "Junk": 2, "Trash": 4, "Clienti/ACME": 6, "Clienti/Studio Bianchi": 2,
		"Famiglia": 3, "Famiglia/Casa: lavori e mutuo": 2, "Università": 4, "Ricette": 3,
	}
	for box, n := range want {
		if boxes[box] != n {
			t.Errorf("%s: got %d messages, want %d", box, boxes[box], n)
		}
	}
	if len(boxes) != len(want) {
		t.Errorf("got mailboxes %v, want %v", boxes, want)
	}
}

// TestNotesTellOfEach holds the notes and the list together.
func TestNotesTellOfEach(t *testing.T) {
	t.Parallel()
	notes := read(t, "anna", "NOTES")
	for _, m := range Expected {
		if !strings.Contains(notes, "\n"+m.Mailbox+": "+m.Subject+"\n") {
			t.Errorf("anna/NOTES: nothing about %q in %s", m.Subject, m.Mailbox)
		}
	}
}

func TestArchiveIsSmallText(t *testing.T) {
	t.Parallel()
	if len(anna) > 150_000 || bytes.IndexByte(anna, 0) >= 0 || !bytes.Contains(anna, []byte("Anna")) {
		t.Errorf("got %d bytes, want text under 150 kB", len(anna))
	}
}
