package mbox

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"unpop/migrate"
	"unpop/migrate/migratetest"
)

func TestCopy(t *testing.T) {
	t.Parallel()
	path := write(t, "From a Mon Jan  2 15:04:05 2006\n"+mail("1\n")+"\nFrom \n"+mail("22\n"))
	when := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := os.Chtimes(path, when, when); err != nil {
		t.Fatal(err)
	}
	folder := migrate.Folder{Path: []string{"Inbox"}, Role: migrate.RoleInbox}
	part := NewPart(path, migrate.PartInfo{Name: "Mail/Inbox", Folder: folder})
	var got []migrate.Copy
	for c, err := range part.Copies(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, *c)
	}
	if len(got) != 2 {
		t.Fatalf("copies: got %d, want 2", len(got))
	}
	first, second := got[0], got[1]
	if first.Ref != "0+66:q" || first.Size != 34 || second.Size != 35 || !first.StatusFields || first.Folder.Role != migrate.RoleInbox {
		t.Errorf("copies: got %+v and %+v", first, second)
	}
	if !first.Received.Equal(time.Date(2006, 1, 2, 15, 4, 5, 0, time.UTC)) || !second.Received.IsZero() || !second.ModTime.Equal(when) {
		t.Errorf("times: got %v, %v, %v", first.Received, second.Received, second.ModTime)
	}
	info := part.Info()
	if info.Stamp == "" || info.Bytes != 108 || len(part.Remarks()) != 0 {
		t.Errorf("part: got %+v %q, want a stamp, 108 bytes and no remarks", info, part.Remarks())
	}
	if given := NewPart(path, migrate.PartInfo{Stamp: "x", Bytes: 1}).Info(); given.Stamp != "x" || given.Bytes != 1 {
		t.Errorf("part: got %+v, want the stamp and the bytes given", given)
	}
}

func TestFlaws(t *testing.T) {
	t.Parallel()
	tests := []struct{ mbox, want string }{
		{from1 + mail("1\n"), ""},
		{from1 + mail("1"), ""},
		{from1 + "From: a\nSubject: s\n", "ends within its header"},
		{from1 + "From: a\nSub", "ends within its header"},
		{from1 + "From: a\nContent-Length: 10\n\n12345", "ends before its Content-Length"},
		{from1 + "From: a\nContent-Length: 5\n\n12345", ""},
	}
	for _, tt := range tests {
		all, _ := copies(t, write(t, tt.mbox))
		if len(all) != 1 || all[0].Flaw != tt.want {
			t.Errorf("%q: got %+v, want one copy with flaw %q", tt.mbox, all, tt.want)
		}
	}
}

func TestRemarks(t *testing.T) {
	t.Parallel()
	tests := []struct{ mbox, want string }{
		{"\xef\xbb\xbf" + from1 + mail("1\n"), "3 bytes before the first message skipped"},
		{from1 + mail("1\n") + "\n\x00\x00" + from1 + mail("2\n"), "2 bytes of zeros between messages skipped"},
		{from1 + mail("1\n") + from1 + mail("2\n"), "messages are not separated by blank lines: each From_ line with a header after it counts"},
		{strings.ReplaceAll(from1+mail("1\n"), "\n", "\r"), "lines end in CR, as on old Macs"},
		{"text\n", "no message found in 5 bytes"},
		{from1 + "Content-Length: 7\n\nFrom x\n", "Content-Length tells where messages end; From_ lines in messages are not quoted"},
		{strings.Repeat(from1+mail("1\n")+"\n", 9) + from1 + mail("1\n") + from1 + mail("2\n"), "taken for text, as no blank line is before them: 1 From_ lines"},
		{from1 + mail("1\n\n") + from1 + "text, more text\n", "taken for text, as no header is after them: 1 From_ lines"},
	}
	for _, tt := range tests {
		_, part := copies(t, write(t, tt.mbox))
		if got := strings.Join(part.Remarks(), "; "); got != tt.want {
			t.Errorf("%q: got remarks %q, want %q", tt.mbox, got, tt.want)
		}
	}
}

// The first message may be none: the servers and programs that write it never show it.
func TestFolderData(t *testing.T) {
	t.Parallel()
	const data = "Date: 23 Nov 2005 11:38:42 +0100\nFrom: Mail System Internal Data <MAILER-DAEMON@mail.example.org>\n" +
		"Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nMessage-ID: <1132742322@mail.example.org>\n" +
		"X-IMAP: 1132742306 0000000001\nStatus: RO\n\nThis text is part of the internal format of your mail folder.\n\n"
	for mbox, want := range map[string]int{
		from1 + data:                                                0,
		from1 + data + from1 + mail("1\n"):                          1,
		from1 + mail("1\n\n") + from1 + data:                        2,
		from1 + "X-IMAPbase: 1132742306 0000000001\n" + mail("1\n"): 1,
		from1 + "X-IMAP: yes\n" + mail("1\n"):                       1,
	} {
		all, part := copies(t, write(t, mbox))
		if len(all) != want || (len(part.Remarks()) == 1) != strings.HasPrefix(mbox, from1+data) {
			t.Errorf("%q: got %d messages and remarks %q, want %d", mbox, len(all), part.Remarks(), want)
		}
	}
}

func TestOpenAtChanged(t *testing.T) {
	t.Parallel()
	data := from1 + mail("1\n") + "\n" + from1 + mail("22\n") + "\n"
	path := write(t, data)
	all, _ := copies(t, path)
	tests := map[string]string{
		"shorter":     data[:len(data)-3],
		"empty":       "",
		"compacted":   from1 + mail("22\n") + "\n",
		"grown first": from1 + mail("1 and more\n") + "\n" + from1 + mail("22\n") + "\n",
		"other text":  strings.Replace(data, "\nFrom a@", "\nfrom a@", 1),
	}
	for name, now := range tests {
		if err := os.WriteFile(path, []byte(now), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenAt(path, all[1].Ref); !errors.Is(err, migrate.ErrChanged) {
			t.Errorf("%s: got %v, want %v", name, err, migrate.ErrChanged)
		}
	}
	if err := os.WriteFile(path, []byte(data+from1+mail("3\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := readRef(t, path, all[1].Ref); got != mail("22\n") {
		t.Errorf("after more was appended: got %q, want %q", got, mail("22\n"))
	}
}

// A file that is cut while a message is read must not give a short message.
func TestOpenAtCutWhileRead(t *testing.T) {
	t.Parallel()
	path := write(t, from1+mail(strings.Repeat("text\n", 100_000)))
	all, _ := copies(t, path)
	r, err := OpenAt(path, all[0].Ref)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := os.Truncate(path, 1000); err != nil {
		t.Skip(err)
	}
	if _, err := io.Copy(io.Discard, r); !errors.Is(err, migrate.ErrChanged) {
		t.Errorf("read: got %v, want %v", err, migrate.ErrChanged)
	}
}

func TestOpenAtBadRef(t *testing.T) {
	t.Parallel()
	path := write(t, from1+mail("1\n"))
	for _, ref := range []string{"", "0", "0+1", "0+1:", "0+1:x", "0+1:qq", "-1+1:q", "0+-1:q", "9223372036854775807+1:q", "0+9999:q", "5+9:q", "a+b:q"} {
		if _, err := OpenAt(path, ref); err == nil {
			t.Errorf("%q: got a reader, want an error", ref)
		}
	}
}

// The reader gives the same bytes however it is asked.
func TestUnquoteInPieces(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	for i := range 3000 {
		body.WriteString(strings.Repeat(">", i%400) + "From x\r\n" + strings.Repeat("y", i%77) + "\n>\n")
	}
	body.WriteString(">From ")
	path := write(t, from1+">From h\r\nA: b\r\n\r\n"+body.String())
	all, _ := copies(t, path)
	want := readRef(t, path, all[0].Ref)
	for name, wrap := range map[string]func(io.Reader) io.Reader{"bytes": iotest.OneByteReader, "halves": iotest.HalfReader, "as is": func(r io.Reader) io.Reader { return r }} {
		r, err := OpenAt(path, all[0].Ref)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(wrap(r))
		if err != nil || string(got) != want {
			t.Errorf("%s: got %d bytes, %v, want %d", name, len(got), err, len(want))
		}
		r.Close()
	}
	if !strings.HasPrefix(want, ">From h\r\nA: b\r\n\r\nFrom x\r\n\n>\nFrom x\r\ny\n>\n>From x\r\n") || !strings.HasSuffix(want, "\nFrom ") {
		t.Errorf("got %q", want[:80])
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	path := write(t, strings.Repeat(from1+mail("1\n")+"\n", 1000))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	var last error
	for _, err := range NewPart(path, migrate.PartInfo{}).Copies(ctx) {
		if n++; n == 10 {
			cancel()
		}
		last = err
	}
	if n > 11 || !errors.Is(last, context.Canceled) {
		t.Errorf("got %d copies and %v, want 10 and %v", n, last, context.Canceled)
	}
}

// A message beyond 4 GiB, after a hole.
func TestBeyond4GiB(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 4 GiB of zeros")
	}
	t.Parallel()
	path := write(t, from1+mail("1\n"))
	const far = 4<<30 + 12345
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteAt([]byte(from1+mail("2\n")), far)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Skip(err)
	}
	start := time.Now()
	all, part := copies(t, path)
	t.Logf("took %v, %q", time.Since(start), part.Remarks())
	if len(all) != 2 || all[0].Size != int64(len(mail("1\n"))) || !strings.HasPrefix(all[1].Ref, "4294979641+") {
		t.Fatalf("got %+v, want two messages", all)
	}
	if got := readRef(t, path, all[1].Ref); got != mail("2\n") {
		t.Errorf("got %q, want %q", got, mail("2\n"))
	}
}

func TestSourceContract(t *testing.T) {
	dir := t.TempDir()
	placeTree(t, dir)
	defer migratetest.Unchanged(t, dir)()
	t.Run("tree", func(t *testing.T) {
		migratetest.TestSource(t, func(tb testing.TB) migrate.Source { return open(tb, dir) })
	})
	t.Run("file", func(t *testing.T) {
		migratetest.TestSource(t, func(tb testing.TB) migrate.Source { return open(tb, filepath.Join(dir, "Inbox")) })
	})
}

func open(tb testing.TB, path string) *Source {
	tb.Helper()
	s, err := Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func place(tb testing.TB, dir, name, data string) {
	tb.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(data), 0o600))
	if err != nil {
		tb.Fatal(err)
	}
}
