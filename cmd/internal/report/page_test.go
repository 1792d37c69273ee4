package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"
	"unicode"

	"unpop/state"
)

// wellFormed reads a page as XML, which no browser demands: whatever is not closed, closed twice or not escaped shows.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.Entity = true, xml.HTMLEntity
	ids, links := map[string]bool{}, []string{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line, _ := d.InputPos()
			t.Fatalf("page: line %d: %v\n%s", line, err, strings.Split(page, "\n")[line-1])
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range start.Attr {
			switch a.Name.Local {
			case "id":
				if ids[a.Value] {
					t.Errorf("page: id %q twice", a.Value)
				}
				ids[a.Value] = true
			case "aria-labelledby":
				links = append(links, a.Value)
			case "src", "srcset", "onload", "onclick", "style":
				t.Errorf("page: got attribute %s of %s, want none", a.Name.Local, start.Name.Local)
			}
		}
		switch start.Name.Local {
		case "script", "link", "img", "iframe", "object", "form":
			t.Errorf("page: got a %s, want none", start.Name.Local)
		case "th":
			if !strings.Contains(attributes(start), "scope") {
				t.Errorf("page: th without scope")
			}
		}
	}
	for _, id := range links {
		if !ids[id] {
			t.Errorf("page: label %q is not there", id)
		}
	}
}

func attributes(e xml.StartElement) string {
	var names []string
	for _, a := range e.Attr {
		names = append(names, a.Name.Local)
	}
	return strings.Join(names, " ")
}

// tidy lets HTML Tidy judge the page, where it is installed.
func tidy(t *testing.T, page string) {
	t.Helper()
	path, err := exec.LookPath("tidy")
	if err != nil {
		return
	}
	cmd := exec.CommandContext(t.Context(), path, "-e", "-q")
	cmd.Stdin = strings.NewReader(page)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("tidy: %v\n%s", err, out)
	}
}

func wants(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("page: got no %q", text)
		}
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.usual()
	page := k.page()
	wellFormed(t, page)
	tidy(t, page)
	wants(
		t, page, "<!DOCTYPE html>", `<html lang="en">`, "<h1><bdi>anna@imap.example.it</bdi></h1>", "<dt>Server</dt><dd><bdi>Dovecot</bdi></dd>",
		"4 messages are on the server; 2 could not be brought over.", "the server was asked for 4; none was missing.",
		"9 = 2 &#43; 1 &#43; 1 &#43; 1 &#43; 1 &#43; 1 &#43; 2.", "The numbers add up",
		"server: [CANNOT] Virus found", "/home/anna/l.quarantine.mbox", "ends within its header", "<bdi>thrown away</bdi>", "left out",
		"<td>2 contacts, 1 note</td>", "12 bytes skipped", "The server does not keep 2 tags", "Found on the server", "<h3>Moved</h3>", "<h3>Present</h3>",
		`<tr><th scope="row" class="text"><bdi>Old</bdi></th>`, `<tr><th scope="row">2019</th><td class="n">1</td><td class="n">1</td><td class="n">1</td><td class="n"></td></tr>`,
		"Every year that the sources have mail of is on the server; 1 message is not there yet.",
	)
	if strings.Contains(page, "://") && strings.Count(page, "://") != strings.Count(page, "imaps://anna@imap.example.it") {
		t.Error("page: got an address that is not the account's")
	}
}

// TestPageOfNothing: a ledger in which nothing was done yet has a page too.
func TestPageOfNothing(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	page := k.page()
	wellFormed(t, page)
	wants(t, page, "Nothing has been brought to the server.", "0 = 0 &#43;", "The server has not been asked for them again")
}

// hostile are texts that want to be more than text.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</style><script>`, `' onclick='alert(1)`, `{{.Ledger}}`, `]]><!--`, "a\x00b\x1b[31mred\x07",
	"\u202egnp.exe\u2066", "line\u2028end\u2029", "bad \xff utf-8", "=HYPERLINK(\"http://x\")", "javascript:alert(1)", "\uFFFE\uFFFF",
}

// TestInjection puts them wherever a report shows a text that is not ours.
func TestInjection(t *testing.T) {
	t.Parallel()
	for _, text := range hostile {
		k := newKit(t)
		k.use("imaps://a@example.org/" + text)
		folder := k.folder("f "+text, "b "+text)
		k.scan(func(yield func(state.Copy) bool) {
			c := k.copyOf(1, folder, text, made)
			c.MessageID, c.Ref = "<"+text+">", text
			gone := k.copyOf(2, folder, text, made)
			gone.State, gone.Flaw = state.Unreadable, text
			_ = yield(c) && yield(gone)
		}, text)
		k.plan()
		k.settle("b "+text, func(state.Message) state.Outcome { return state.Outcome{State: state.Rejected, Reason: text} })
		k.end(text, `{"server":"x","verified":1}`)
		page := k.page()
		wellFormed(t, page)
		for _, r := range page {
			if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) {
				t.Errorf("%q: got %U in the page, want it visible", text, r)
			}
		}
		if strings.Count(page, "<script") > 0 || strings.Contains(page, "<img") {
			t.Errorf("%q: got markup in the page", text)
		}
		var index bytes.Buffer
		if err := (&Index{Options: k.options(), Entries: []Entry{k.gather().Entry("1-a.html")}}).WriteHTML(&index); err != nil {
			t.Fatal(err)
		}
		wellFormed(t, index.String())
	}
}

// TestListsEnd: what is more than the limit is counted.
func TestListsEnd(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	inbox := k.folder("Inbox", "INBOX")
	k.scan(func(yield func(state.Copy) bool) {
		for n := range int64(30) {
			if !yield(k.copyOf(n, inbox, fmt.Sprintf("subject %d", n), made)) {
				return
			}
		}
	})
	k.plan()
	k.settle("INBOX", func(state.Message) state.Outcome { return state.Outcome{State: state.Rejected, Reason: "no"} })
	opts := k.options()
	opts.Limit = 7
	a := must(Gather(t.Context(), k.account, opts))(t)
	if got := len(a.Lists.Rejected.Rows); got != 7 || a.Lists.Rejected.More() != 23 {
		t.Errorf("rejected: got %d rows and %d more, want 7 and 23", got, a.Lists.Rejected.More())
	}
	var b bytes.Buffer
	if err := a.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	wants(t, b.String(), "30 messages. The bytes are kept", "And 23 more: the CSV report has every message")
}

// TestVerdict holds what the first sentence says, as an account goes its way.
func TestVerdict(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	inbox := k.folder("Inbox", "INBOX")
	expect := func(level Level, sentence string) {
		t.Helper()
		if v := k.gather().Verdict(); v.Level != level || v.Sentence != sentence {
			t.Errorf("got %s, %q, want %s, %q", v.Level, v.Sentence, level, sentence)
		}
		wellFormed(t, k.page())
	}
	k.scan(func(yield func(state.Copy) bool) {
		_ = yield(k.copyOf(1, inbox, "a", made)) && yield(k.copyOf(2, inbox, "b", made)) && yield(k.copyOf(2, inbox, "b", made))
	})
	expect(Open, "Nothing is on the server yet; 2 messages are to be sent.")
	k.plan()
	expect(Open, "Nothing is on the server yet; 2 messages are to be sent.")
	if err := k.account.Claim(t.Context(), []int64{1}, 7, 1); err != nil {
		t.Fatal(err)
	}
	if err := k.account.Settle(t.Context(), k.run, []state.Outcome{{Message: 1, State: state.Done, How: state.Appended, UIDValidity: 7, UID: 99}}); err != nil {
		t.Fatal(err)
	}
	expect(Open, "1 of 2 messages are on the server; 1 still to be sent.")
	k.settle("INBOX", func(state.Message) state.Outcome { return state.Outcome{State: state.Done, How: state.Appended} })
	k.end("done", `{"verified":2}`)
	expect(Good, "All 2 messages are on the server.")
	batch := k.account.Batch()
	if err := errors.Join(batch.SetMissing(t.Context(), 1, true), batch.Flush(t.Context())); err != nil {
		t.Fatal(err)
	}
	expect(Lost, "1 of 2 messages are no longer on the server.")
}

// TestHistory: only some of many runs are held, the first and the last ones.
func TestHistory(t *testing.T) {
	t.Parallel()
	var h History
	for n := range 100 {
		began := made.Add(time.Duration(n) * time.Hour)
		h.add(state.Run{ID: int64(n + 1), Command: "migrate", Version: fmt.Sprint("v", n%3), Started: began, Ended: began.Add(time.Minute), Outcome: "done", Tally: `{"keywords_dropped":1}`})
	}
	h.add(state.Run{ID: 101, Command: "verify", Started: made.Add(200 * time.Hour), Outcome: "", Tally: `{"verified":3}`})
	runs := append(append([]Run{}, h.Runs...), h.ends...)
	if len(runs) != 2*shownRuns || h.Skipped+len(runs) != h.Total || h.Total != 101 || runs[0].ID != 1 || runs[len(runs)-1].ID != 101 {
		t.Errorf("got %d of %d runs, %d left out, from %d to %d", len(runs), h.Total, h.Skipped, runs[0].ID, runs[len(runs)-1].ID)
	}
	if !h.Check.At.IsZero() || h.Dropped != 100 || h.Busy != 100*time.Minute || len(h.Versions) != 4 {
		t.Errorf("got %+v, want no check by a run that has not ended, 100 tags, 100 minutes, 4 versions", h)
	}
	h.add(state.Run{ID: 102, Command: "undo", Started: made, Ended: made, Outcome: "done"})
	if h.Dropped != 0 {
		t.Errorf("after an undo: got %d dropped tags, want 0", h.Dropped)
	}
}
