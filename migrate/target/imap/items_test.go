package imap_test

import (
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"

	"unpop/migrate"
	"unpop/migrate/target/imap"
)

// What a server may say at any time, when somebody marks a message.
const (
	flagsChanged = "* 1 FETCH (FLAGS (\\Seen) UID 4)\n* 1 FETCH (UID 4 MODSEQ (77) FLAGS (\\Seen))\n"
	oddlyChanged = "* 1 FETCH (FLAGS (\\Seen [todo]))\n* 1 FETCH (X-GM-LABELS (x))\n"
)

// TestScriptOddItems: what a FETCH brings is taken, whatever stands before it or in it.
func TestScriptOddItems(t *testing.T) {
	t.Parallel()
	const date = `"01-Feb-2001 00:00:00 +0000"`
	for name, c := range map[string]struct{ before, flags, date, want string }{
		"plain":              {"", `\Seen $x`, `" 1-Feb-2001 00:00:00 +0000"`, `4 11 [\Seen $x] 2001 <a@b>`},
		"somebody marks":     {flagsChanged, `\Seen`, date, `4 11 [\Seen] 2001 <a@b>`},
		"in an odd way":      {oddlyChanged, `\Seen`, date, `4 11 [\Seen] 2001 <a@b>`},
		"keywords, no atoms": {"", ` [todo] $a]b  \Seen a%b `, date, `4 11 [\Seen] 2001 <a@b>`},
		"no date":            {"", ``, `NIL`, `4 11 [] 1970 <a@b>`},
		"no such date":       {"", ``, `"00-Jan-0000 00:00:00 +0000"`, `4 11 [] 1970 <a@b>`},
	} {
		items := "* 1 FETCH (FLAGS (" + c.flags + ") UID 4 INTERNALDATE " + c.date + " RFC822.SIZE 11 BODY[HEADER.FIELDS (MESSAGE-ID)] {21}\nMessage-ID: <a@b>\n\n)\n%T OK done"
		session := script{}.with(script{"UID SEARCH": "* SEARCH 4\n%T OK done", "UID FETCH": c.before + items}).dial(t)
		if got := foundAs(session.(migrate.Finder).Find(t.Context(), 1, 0, true)); got != c.want {
			t.Errorf("%s: Find: got %q, want %q", name, got, c.want)
		}
		if got := foundAs(session.(migrate.Indexer).Index(t.Context(), 1, 9, 0)); got != c.want {
			t.Errorf("%s: Index: got %q, want %q", name, got, c.want)
		}
	}
}

// foundAs writes what was found: UID, size, flags, year, Message-ID.
func foundAs(all iter.Seq2[migrate.Found, error]) (text string) {
	for f, err := range all {
		if err != nil {
			return text + err.Error()
		}
		text += fmt.Sprintf("%d %d %v %d %s", f.UID, f.Size, f.Flags, f.Received.Year(), f.MessageID)
	}
	return text
}

// TestScriptFieldName: hMailServer knows no field "Message-ID" with quotes around it.
func TestScriptFieldName(t *testing.T) {
	t.Parallel()
	var said strings.Builder
	opts := script{}.with(script{"UID SEARCH": "* SEARCH 4\n%T OK done"}).start(t)
	opts.Debug = &said
	session, err := imap.New(opts).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range session.(migrate.Finder).Find(t.Context(), 1, 0, true) {
		t.Fatal(err)
	}
	_ = session.Close()
	if want := "BODY.PEEK[HEADER.FIELDS (Message-ID)]"; !strings.Contains(said.String(), want) {
		t.Errorf("got %q, want %q in it", said.String(), want)
	}
}

// TestScriptBodyAmongChanges: a message is read although the server tells in between that somebody marked it.
func TestScriptBodyAmongChanges(t *testing.T) {
	t.Parallel()
	session := script{}.with(script{"UID FETCH": flagsChanged + "* 1 FETCH (UID 4 BODY[] {5}\nhello)\n%T OK done"}).dial(t)
	body, err := session.(migrate.Finder).Fetch(t.Context(), 4)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(body); string(got) != "hello" || err != nil {
		t.Errorf("Fetch: got %q, %v, want hello", got, err)
	}
	_ = body.Close()
	bodies := ""
	for m, err := range session.(migrate.Fetcher).FetchAll(t.Context(), []migrate.UID{4}) {
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(m.Body)
		bodies += string(got)
	}
	if bodies != "hello" {
		t.Errorf("FetchAll: got %q, want hello", bodies)
	}
}
