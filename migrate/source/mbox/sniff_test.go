package mbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpop/migrate"
)

func TestIsMbox(t *testing.T) {
	t.Parallel()
	one := from1 + mail("1\n")
	tests := []struct {
		name, data string
		want       bool
	}{
		{"Inbox", one, true},
		{"Inbox", "From - Mon Jan  1 10:00:00 2024\nX-Mozilla-Status: 0001\n", true},
		{"Inbox", "From \r\nSubject: x\r\n\r\n", true},
		{"Inbox", "From - \nSubject: x\nTo: y\n", true},
		{"Inbox", "From 1844347792267117879@xxx\nSubject: x\nTo: y\n", true},
		{"Inbox", "\xef\xbb\xbf" + one, true},
		{"Inbox", "\r\n\r\n" + one, true},
		{"Inbox", strings.Repeat("\x00", 4096) + one, true},
		{"Inbox", strings.ReplaceAll(one, "\n", "\r"), true},
		{"Inbox", from1 + "no header\n", true},
		{"Inbox", "text\n\n" + one, false},
		{"Inbox.mbox", "text\n\n" + one, true},
		{"Inbox.MBX", "text\n\n" + one, true},
		{"Inbox.mbox", "text\n\nFrom now on\n", false},
		{"Inbox", "From now on\nA: b\nC: d\n", false},
		{"Inbox", "From: a\nSubject: s\n\n", false},
		{"Inbox", "From", false},
		{"Inbox", "From \nThe other side\n", false},
		{"Inbox", "From " + strings.Repeat("0", 40) + " Mon Sep 17 00:00:00 2001\nFrom: a\nDate: b\n", false},
		{"Inbox", "", false},
		{"Inbox.mbox", "", false},
	}
	for _, tt := range tests {
		path := filepath.Join(t.TempDir(), tt.name)
		if err := os.WriteFile(path, []byte(tt.data), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := IsMbox(path); got != tt.want || err != nil {
			t.Errorf("%s with %q: got %v, %v, want %v", tt.name, tt.data, got, err, tt.want)
		}
	}
	if ok, err := IsMbox(t.TempDir()); ok || err != nil {
		t.Errorf("directory: got %v, %v, want false", ok, err)
	}
	if ok, err := IsMbox(filepath.Join(t.TempDir(), "missing")); ok || err == nil {
		t.Errorf("missing: got %v, %v, want an error", ok, err)
	}
}

func TestFolderOf(t *testing.T) {
	t.Parallel()
	tests := []struct{ rel, want string }{
		{"Inbox", "Inbox"},
		{"a.sbd/b.sbd/c", "a/b/c"},
		{"a.mbox/mbox", "a"},
		{"a.mbox/b.mbox/mbox", "a/b"},
		{"a/subfolders/b/subfolders/c/mbox", "a/b/c"},
		{"subfolders", "subfolders"},
		{".a.directory/.b.directory/c", "a/b/c"},
		{"mbox", "root"},
		{"2019.old.mbox", "2019.old"},
		{".sbd", ".sbd"},
		{"\xff.mbox", "ÿ"},
		{"Entw&APw-rfe", "Entwürfe"},
		{"Takeout/Posta/Inviati.mbox", "Inviati"},
		{"Takeout/x.mbox", "Takeout/x"},
	}
	for _, tt := range tests {
		if got := folderOf(filepath.FromSlash(tt.rel), "root.mbox"); strings.Join(got.Path, "/") != tt.want {
			t.Errorf("%q: got %q, want %q", tt.rel, got.Path, tt.want)
		}
	}
	if got := folderOf("Mail/Sent.mbox", "Takeout"); got.Role != migrate.RoleSent || len(got.Path) != 1 {
		t.Errorf("Mail/Sent.mbox in Takeout: got %+v, want Sent", got)
	}
	if got := folderOf("Sent.sbd/2019", ""); got.Role != migrate.RoleSent {
		t.Errorf("Sent.sbd/2019: got role %d, want %d", got.Role, migrate.RoleSent)
	}
}
