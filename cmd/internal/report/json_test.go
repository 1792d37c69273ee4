package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"unpop/state"
)

func (k *kit) json(accounts ...*state.Account) string {
	k.t.Helper()
	var b bytes.Buffer
	if err := WriteJSON(k.t.Context(), &b, accounts, k.options()); err != nil {
		k.t.Fatal(err)
	}
	return b.String()
}

// TestJSON reads the object back: its sums close, and its lists are whole.
func TestJSON(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.usual()
	first := k.account
	k.use("imaps://luca@imap.example.it")
	var got struct {
		Version  string
		Accounts []struct {
			accountJSON
			Messages   []messageJSON
			NotBrought []copyJSON `json:"not_brought"`
		}
	}
	d := json.NewDecoder(strings.NewReader(k.json(first, k.account)))
	if err := d.Decode(&got); err != nil || d.More() {
		t.Fatalf("got %v, want one object", err)
	}
	if got.Version != "v1.2.3" || len(got.Accounts) != 2 || len(got.Accounts[1].Messages) != 0 || got.Accounts[1].State != Open {
		t.Fatalf("got %+v, want two accounts, the second one without messages", got)
	}
	a := got.Accounts[0]
	s := a.Sums
	if sum := s.Uploaded + s.Present + s.Moved + s.Duplicate + s.Expunged + s.Excluded + s.Rejected; s.Seen != 9 || sum != 9 || a.Balance != 0 {
		t.Errorf("sums: got %+v, want 9 seen and accounted for", s)
	}
	if len(a.Messages) != 5 || len(a.NotBrought) != 3 || a.Server != "Dovecot" || a.Check == nil || a.Check.Verified != 4 {
		t.Errorf("got %d messages, %d copies, server %q, check %+v", len(a.Messages), len(a.NotBrought), a.Server, a.Check)
	}
	if len(a.Sources) != 1 || len(a.Sources[0].Folders) != 3 || a.Sources[0].Other[0].Text != "2 contacts, 1 note" {
		t.Errorf("sources: got %+v", a.Sources)
	}
	for _, m := range a.Messages {
		if m.State == "rejected" && (len(m.Attempts) != 1 || m.Reason == "") {
			t.Errorf("rejected: got %+v, want the server's words and the attempt", m)
		}
	}
	years := int64(0)
	for _, y := range a.Years {
		years += y.Messages
	}
	if years != 5 {
		t.Errorf("years: got %+v, want 5 messages", a.Years)
	}
}

func TestIndex(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.usual()
	x := Index{Options: k.options(), Entries: []Entry{k.gather().Entry("1-anna.html")}}
	k.use("imaps://luca@imap.example.it")
	k.end("server: [AUTHENTICATIONFAILED] no", "")
	x.Entries = append(x.Entries, k.gather().Entry("2-luca.html"))
	var b bytes.Buffer
	if err := x.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	wellFormed(t, page)
	tidy(t, page)
	wants(
		t, page, "0 of 2 accounts are complete.", `<a href="2-luca.html"><bdi>luca@imap.example.it</bdi></a>`, "[AUTHENTICATIONFAILED]", "not finished",
		"1 account is done but for some mail: see its report.", `<th scope="row">together</th><td></td><td class="n">9</td><td class="n">4</td>`,
	)
	x.Entries[1].Person = true
	if got := x.Entries[1].State(); got != "needs a person" {
		t.Errorf("state: got %q, want that it needs a person", got)
	}
}
