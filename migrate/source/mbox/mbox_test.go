package mbox

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpop/migrate"
)

// write makes a file and returns its path.
func write(tb testing.TB, data string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "Inbox")
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// copies lists a file.
func copies(tb testing.TB, path string) ([]*migrate.Copy, *Part) {
	tb.Helper()
	part := NewPart(path, migrate.PartInfo{Name: filepath.Base(path)})
	var all []*migrate.Copy
	for c, err := range part.Copies(tb.Context()) {
		if err != nil {
			tb.Fatalf("%s: copies: %v", path, err)
		}
		all = append(all, c)
	}
	return all, part
}

// readRef returns the bytes of a message.
func readRef(tb testing.TB, path, ref string) string {
	tb.Helper()
	r, err := OpenAt(path, ref)
	if err != nil {
		tb.Fatalf("%s: open %s: %v", path, ref, err)
	}
	data, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		tb.Fatalf("%s: read %s: %v", path, ref, err)
	}
	return string(data)
}

// split returns the messages of an mbox.
func split(tb testing.TB, data string) []string {
	tb.Helper()
	path := write(tb, data)
	all, _ := copies(tb, path)
	var messages []string
	for _, c := range all {
		messages = append(messages, readRef(tb, path, c.Ref))
	}
	return messages
}

// equal compares messages one by one.
func equal(tb testing.TB, got, want []string) {
	tb.Helper()
	if len(got) != len(want) {
		tb.Errorf("messages: got %d %q, want %d", len(got), got, len(want))
		return
	}
	for i := range want {
		if got[i] != want[i] {
			tb.Errorf("message %d: got %q, want %q", i, got[i], want[i])
		}
	}
}

const from1 = "From a@example.com Mon Jan  1 10:00:00 2024\n"

// mail makes a message with a body.
func mail(body string) string { return "From: a@example.com\nSubject: s\n\n" + body }

func TestSplit(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 5000)
	tests := map[string]struct {
		mbox string
		want []string
	}{
		"two":             {from1 + mail("1\n") + "\n" + from1 + mail("2\n") + "\n", []string{mail("1\n"), mail("2\n")}},
		"no end of line":  {from1 + mail("1\n\n2"), []string{mail("1\n\n2")}},
		"blank lines":     {from1 + mail("1\n\n\n") + "\n" + from1 + mail("\n\n") + "\n", []string{mail("1\n\n\n"), mail("\n\n")}},
		"long From_ line": {from1 + mail("1\n") + "\nFrom " + long + " Mon Jan  1 10:00:00 2024\n" + mail("2\n"), []string{mail("1\n"), mail("2\n")}},
		"long lines":      {from1 + "X: " + strings.Repeat(long, 400) + "\n\n" + strings.Repeat(long, 400) + "\n\n" + from1 + mail("2\n"), []string{"X: " + strings.Repeat(long, 400) + "\n\n" + strings.Repeat(long, 400) + "\n", mail("2\n")}},
		"byte order mark": {"\xef\xbb\xbf" + from1 + mail("1\n"), []string{mail("1\n")}},
		"blank beginning": {"\r\n\n" + from1 + mail("1\n"), []string{mail("1\n")}},
		"garbage before":  {"some text\nand more\n\n" + from1 + mail("1\n"), []string{mail("1\n")}},
		"hole before":     {from1 + mail("1\n") + "\n\x00\x00\x00\x00" + from1 + mail("2\n"), []string{mail("1\n"), mail("2\n")}},
		"hole in a line":  {from1 + mail("1\n2\x00\x00\x00") + from1 + mail("2\n"), []string{mail("1\n2"), mail("2\n")}},
		"hole at the end": {from1 + mail("1\n") + "\n" + strings.Repeat("\x00", 9000), []string{mail("1\n")}},
		"NUL in text":     {from1 + mail("a\x00b\n\x00\nc\n"), []string{mail("a\x00b\n\x00\nc\n")}},
		"mixed line ends": {from1 + mail("1\r\n2\n") + "\r\n" + from1 + mail("3\r\n"), []string{mail("1\r\n2\n"), mail("3\r\n")}},
		"quoted":          {from1 + mail(">From a\n>>From b\n> From c\n>>>\n>FROM\n"), []string{mail("From a\n>From b\n> From c\n>>>\n>FROM\n")}},
		"header kept":     {from1 + ">From b@example.com Mon Jan\nSubject: s\n\n>From c\n", []string{">From b@example.com Mon Jan\nSubject: s\n\nFrom c\n"}},
		"folded first":    {from1 + "Received: x\n\tby y\nSubject: s\n\n1\n", []string{"Received: x\n\tby y\nSubject: s\n\n1\n"}},
		"empty ones":      {"From \n\nFrom \n\n", []string{"", ""}},
		"cut From_ line":  {from1 + mail("1\n") + "\nFrom a@example.com Mon Jan  1 10:00:00 2024", []string{mail("1\n"), ""}},
		"old Mac": {
			strings.ReplaceAll(from1+mail("1\n>From x\n")+"\n"+from1+mail("2\n")+"\n", "\n", "\r"),
			[]string{strings.ReplaceAll(mail("1\nFrom x\n"), "\n", "\r"), strings.ReplaceAll(mail("2\n"), "\n", "\r")},
		},
		"no blank lines": {
			from1 + mail("1\n") + from1 + mail("2\nFrom now on\nFrom x\nY: z\n") + from1 + mail("3\n"),
			[]string{mail("1\n"), mail("2\nFrom now on\nFrom x\nY: z\n"), mail("3\n")},
		},
		"Netscape": {
			"From - \n" + mail("1\n") + "From - Mon Jun  3 12:50:27 1996\n" + mail("2\n") + "From - \n" + mail("3\n"),
			[]string{mail("1\n"), mail("2\n"), mail("3\n")},
		},
		"empty":       {"", nil},
		"blank":       {"\n\n\r\n", nil},
		"not an mbox": {"Subject: s\n\ntext\n", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			equal(t, split(t, tt.mbox), tt.want)
		})
	}
}

// What looks like a separator and is text, in a file that is otherwise in order.
func TestSplitText(t *testing.T) {
	t.Parallel()
	texts := []string{
		"\nFrom now on I will write\nmore.\n",
		"\nFrom now on:\nSubject: x\nTo: y\n",
		"\nFrom 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.com>\nDate: x\nSubject: [PATCH]\n",
		"\nFrom Monday 12 Jan 2024 at 10:30 on\nNote: the office is closed\nSee: below\n",
		"\nFrom Monday 12 Jan 2024 10:30\nNote: x\nTo: y\n",
		"\nFrom\n\nTo\n\nItaly\n",
		"\nFrom \n\nItaly\n",
		"\nFrom - the desk of\nA: b\nC: d\n",
		"\nFrom Anna\nSubject: hello\nTo: you\n",
		"\nFrom a@example.com\nhttp://example.com/\n",
		"\nFrom a@example.com Mon Jan  1 10:00:00 2024\nthe world is old.\n",
		"\n>From a@example.com Mon Jan  1 10:00:00 2024\nA: b\nC: d\n",
		"x\nFrom a@example.com Mon Jan  1 10:00:00 2024\nA: b\nC: d\n",
	}
	for _, text := range texts {
		var mbox strings.Builder
		for range 3 {
			mbox.WriteString(from1 + mail("1\n"+text) + "\n")
			mbox.WriteString(strings.Repeat(from1+mail("2\n")+"\n", 9))
		}
		got := split(t, mbox.String())
		want := mail("1\n" + strings.ReplaceAll(text, "\n>From ", "\nFrom "))
		if len(got) != 30 || got[0] != want {
			t.Errorf("%q: got %d messages beginning with %q, want 30 with %q", text, len(got), got[0], want)
		}
	}
}

func TestContentLength(t *testing.T) {
	t.Parallel()
	inner := from1 + mail("inner\n\n>From x\n")
	length := func(n, body string) string {
		return "From: a\nContent-Length: " + n + "\nX: y\n\n" + body
	}
	body := "1\n\n" + inner
	tests := map[string]struct {
		mbox string
		want []string
	}{
		"mboxcl2": {
			from1 + length("78", body) + "\n" + from1 + length("2", "2\n") + "\n",
			[]string{length("78", body), length("2", "2\n")},
		},
		"ends with blank lines": {
			from1 + length("78", body) + "\n" + from1 + length("4", "2\n\n\n") + "\n" + from1 + length("2", "3\n"),
			[]string{length("78", body), length("4", "2\n\n\n"), length("2", "3\n")},
		},
		"quoted all the same (mboxcl)": {
			from1 + length("10", ">From now\n") + "\n" + from1 + length("2", "2\n"),
			[]string{length("10", "From now\n"), length("2", "2\n")},
		},
		"lies": {
			from1 + length("7", "1\n") + "\n" + from1 + length("999999", "2\n") + "\n" + from1 + length("0", "3\n"),
			[]string{length("7", "1\n"), length("999999", "2\n"), length("0", "3\n")},
		},
		"one lie": {
			strings.Repeat(from1+length("2", "1\n")+"\n", 5) + from1 + length("1", "2\n") + "\n" + from1 + length("2", "3\n"),
			[]string{length("2", "1\n"), length("2", "1\n"), length("2", "1\n"), length("2", "1\n"), length("2", "1\n"), length("1", "2\n"), length("2", "3\n")},
		},
		"huge": {
			from1 + length("9223372036854775807", "1\n") + "\n" + from1 + length("99999999999999999999", "2\n"),
			[]string{length("9223372036854775807", "1\n"), length("99999999999999999999", "2\n")},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := tt.want
			for i := range want {
				want[i] = strings.Replace(want[i], "78", itoa(len(body)), 1)
			}
			equal(t, split(t, strings.Replace(tt.mbox, "78", itoa(len(body)), 1)), want)
		})
	}
}
