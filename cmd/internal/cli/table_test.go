package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpop/migrate"
	"unpop/state"
)

// golden compares a text with a file in testdata; UPDATE=1 writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.ReplaceAll(string(want), "\r\n", "\n"); got != lines {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, lines)
	}
	for line := range strings.Lines(got) {
		if w := width(strings.TrimSuffix(line, "\n")); w > columns {
			t.Errorf("%s: got %d columns, want at most %d: %q", name, w, columns, line)
		}
	}
}

func holding(name string, messages, bytes, expunged, unreadable int64) state.Holding {
	return state.Holding{
		Folder: state.Folder{Name: name}, Messages: messages, Bytes: bytes, Expunged: expunged, Unreadable: unreadable,
		Oldest: 1_000_000_000, Newest: 1_700_000_000,
	}
}

func TestFolderTable(t *testing.T) {
	t.Parallel()
	golden(t, "folders.txt", folderTable([]state.Holding{
		holding("pop.example.it/Inbox", 123_456, 9_876_543_210, 1_204, 3),
		holding("Local Folders/Università", 3, 1_775, 0, 0),
		holding("Local Folders/日本語のとても長いフォルダ名/二〇二四年/請求書と領収書と見積書", 12, 30_000, 0, 0),
		holding("Local Folders/Clienti/Studio Bianchi e Associati di Torino/Pratiche chiuse 2019", 4_000, 1_200_000, 17, 0),
		holding("bad\x1b[31m\nname\u202e", 1, 1, 0, 0),
		{Folder: state.Folder{Name: "empty"}},
	}))
}

func TestPlanTable(t *testing.T) {
	t.Parallel()
	plan := &migrate.Plan{
		Folders: []migrate.PlannedFolder{
			{Holding: holding("pop.example.it/Inbox", 49, 31_000, 2, 0), Mailbox: "INBOX"},
			{Holding: holding("INBOX", 12, 7_400, 0, 0), Mailbox: "INBOX"},
			{Holding: holding("Local Folders/日本語", 2, 1_000, 0, 0), Mailbox: "日本語"},
			{Holding: holding("Local Folders/A very long name of a folder that somebody thought of/and another below it", 2, 1_000, 0, 0), Mailbox: "A very long name of a folder that somebody thought of/and another below it"},
			{Holding: holding("Archivio", 5, 1_000, 0, 0), Mailbox: "Archive"},
			{Holding: holding("Spam", 7, 1_000, 0, 0)},
			{Holding: holding("nothing in it", 0, 0, 0, 0), Mailbox: "nothing in it"},
		},
		Mailboxes: []migrate.PlannedMailbox{
			{Load: load("日本語", 2, 1_000), New: true},
			{Load: load("INBOX", 41, 28_000)},
			{Load: load("A very long name of a folder that somebody thought of/and another below it", 2, 1_000), New: true},
		},
	}
	golden(t, "plan.txt", planTable(plan)+"\n"+excludedTable(plan))
}

func load(mailbox string, messages, bytes int64) state.Load {
	return state.Load{Mailbox: state.Mailbox{Name: mailbox}, Messages: messages, Bytes: bytes}
}

func TestStatusTable(t *testing.T) {
	t.Parallel()
	golden(t, "status.txt", statusTable([]mailboxStatus{
		{Name: "INBOX", Planned: 1_000, InDoubt: 50, Done: 20_304, Bytes: 1_500_000_000},
		{Name: "Università/日本", Done: 3, Rejected: 1, Bytes: 20_000},
	}))
}

func TestSums(t *testing.T) {
	t.Parallel()
	tally := state.Tally{Seen: 1_106, Uploaded: 1_000, Duplicate: 38, Expunged: 2, Excluded: 60, Refused: 5, Unreadable: 1, Variant: 1, Partial: 2}
	golden(t, "sums.txt", sums(tally, wordsDone)+"\n"+sums(state.Tally{Seen: 3, Pending: 3}, wordsPlan)+"\n"+inventorySums(state.Tally{Seen: 3, Pending: 2, Unreadable: 1}))
}

func TestShorten(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text  string
		limit int
		want  string
	}{
		{"INBOX", 5, "INBOX"},
		{"Local Folders/Clienti", 10, "Loca…ienti"},
		{"日本語のフォルダ", 9, "日本…ルダ"},
		{"e\u0301e\u0301e\u0301e\u0301", 3, "e\u0301…e\u0301"},
		{"abc", 1, "…"},
		{"abc", 0, ""},
	}
	for _, tt := range tests {
		got := shorten(tt.text, tt.limit)
		if got != tt.want || width(got) > tt.limit {
			t.Errorf("shorten(%q, %d): got %q, want %q", tt.text, tt.limit, got, tt.want)
		}
	}
}

func FuzzTable(f *testing.F) {
	f.Add("Local Folders/日本語", "INBOX\x1b[2J", 7)
	f.Add(strings.Repeat("👩‍👩‍👧‍👦", 40), "\u202e", -1)
	f.Fuzz(func(t *testing.T, first, second string, n int) {
		if n < 0 || n > 5 {
			n = 3
		}
		tab := table{columns: []column{{title: "folder", flex: true, sure: true}, {title: "mailbox", flex: true}, {title: "n", right: true}}}
		for range n {
			tab.add(first, second, "1,234")
		}
		got := tab.String()
		if lines := strings.Count(got, "\n"); lines != n+1 {
			t.Errorf("table of %q and %q: got %d lines, want %d", first, second, lines, n+1)
		}
		for line := range strings.Lines(got) {
			if w := width(strings.TrimSuffix(line, "\n")); w > columns {
				t.Errorf("table of %q and %q: got %d columns, want at most %d", first, second, w, columns)
			}
			if strings.ContainsAny(line, "\x1b\r\u202e") {
				t.Errorf("table of %q and %q: got a control character in %q", first, second, line)
			}
		}
	})
}
