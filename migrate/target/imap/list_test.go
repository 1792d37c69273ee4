package imap_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"unpop/migrate"
)

// listed collects what List says of pages, "1:10 2:20" for each.
func listed(t *testing.T, session migrate.Session, pages ...[]migrate.UID) ([]string, error) {
	t.Helper()
	lister, ok := session.(migrate.Lister)
	if !ok {
		t.Fatalf("got %T, want a Lister", session)
	}
	var all []string
	for there, err := range lister.List(t.Context(), slices.Values(pages)) {
		if err != nil {
			return all, err
		}
		page := ""
		for _, f := range there {
			page += fmt.Sprintf("%d:%d%s ", f.UID, f.Size, strings.Join(f.Flags, ""))
		}
		all = append(all, page)
	}
	return all, nil
}

func TestScriptList(t *testing.T) {
	t.Parallel()
	answer := "* 9 FETCH (FLAGS (\\Seen odd) UID 4 RFC822.SIZE 11)\n" +
		"* 1 fetch (UID 2 MODSEQ (77) INTERNALDATE \" 1-Jan-2001 00:00:00 \\\") +0000\" RFC822.SIZE 7 FLAGS ())\n" +
		"* 1 FETCH (UID 2 RFC822.SIZE 7 FLAGS ())\n" + // again
		"* 2 FETCH (FLAGS (\\Deleted))\n* 3 FETCH (UID 3 FLAGS (\\Deleted))\n" + // somebody else's changes
		"* 4 FETCH (UID 77 RFC822.SIZE 1 FLAGS ())\n" + // not asked for
		"* 5 FETCH (UID x RFC822.SIZE 1)\n* 5 FETCH (UID 3 RFC822.SIZE\n* 5 FETCH\n* 12 EXISTS\n" +
		"* 6 FETCH (UID 3 RFC822.SIZE 5 X {6}\nabc)\r\n FLAGS ())\n" + // a literal that nobody asked for
		"%T OK done"
	session := script{}.with(script{"UID FETCH": answer}).dial(t)
	for range 2 {
		got, err := listed(t, session, []migrate.UID{2, 3, 4}, nil, []migrate.UID{9})
		if want := []string{`2:7 3:5 4:11\Seenodd `, "", ""}; err != nil || !slices.Equal(got, want) {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	refused := script{}.with(script{"UID FETCH": "%T NO [SERVERBUG] not now"}).dial(t)
	if got, err := listed(t, refused, []migrate.UID{1}, []migrate.UID{2}, []migrate.UID{3}); kindOf(err) != int(migrate.Refused) {
		t.Errorf("got %q, %v, want Refused", got, err)
	}
	if _, err := refused.Select(t.Context(), "INBOX"); err != nil {
		t.Errorf("after a refusal: %v", err)
	}
	cut := script{}.with(script{"UID FETCH": "* 1 FETCH (UID 1 RFC822.SIZE 5 FLAGS ())\n* BYE"}).dial(t)
	if got, err := listed(t, cut, []migrate.UID{1, 2}); kindOf(err) != int(migrate.Broken) {
		t.Errorf("got %q, %v, want Broken", got, err)
	}
}

// TestScriptListIsPipelined answers nothing before the last command has come.
func TestScriptListIsPipelined(t *testing.T) {
	t.Parallel()
	const late = 4 // as many commands are under way
	server := &lateServer{answer: late}
	session := server.dial(t)
	pages := make([][]migrate.UID, 3*late)
	for i := range pages {
		pages[i] = []migrate.UID{migrate.UID(i + 1)}
	}
	got, err := listed(t, session, pages...)
	if err != nil || len(got) != len(pages) {
		t.Errorf("got %q, %v, want %d pages", got, err, len(pages))
	}
	for i, page := range got {
		if want := fmt.Sprintf("%d:100 ", i+1); page != want {
			t.Errorf("page %d: got %q, want %q", i, page, want)
		}
	}
}

func TestScriptFetchAll(t *testing.T) {
	t.Parallel()
	uids := []migrate.UID{4, 5}
	session := script{}.with(script{"UID FETCH": "* 1 FETCH (UID 5 BODY[] {2}\nhi)\n* 2 FETCH (UID 4 FLAGS ())\n%T OK done"}).dial(t)
	for m, err := range session.(migrate.Fetcher).FetchAll(t.Context(), uids) {
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(m.Body); err != nil || m.UID != 5 || string(body) != "hi" {
			t.Errorf("got UID %d, %q, %v, want hi as 5", m.UID, body, err)
		}
	}
	cut := script{}.with(script{"UID FETCH": "* 1 FETCH (UID 4 BODY[] {500}\nshort\n* BYE"}).dial(t)
	var last error
	for m, err := range cut.(migrate.Fetcher).FetchAll(t.Context(), uids) {
		if last = err; err == nil {
			body, err := io.ReadAll(m.Body)
			if !errors.Is(err, io.ErrUnexpectedEOF) && kindOf(err) != int(migrate.Broken) {
				t.Errorf("got %q, %v, want the end of the connection", body, err)
			}
		}
	}
	if kindOf(last) != int(migrate.Broken) {
		t.Errorf("got %v, want Broken", last)
	}
	refused := script{}.with(script{"UID FETCH": "%T NO not now"}).dial(t)
	for _, err := range refused.(migrate.Fetcher).FetchAll(t.Context(), uids) {
		if kindOf(err) != int(migrate.Refused) {
			t.Errorf("got %v, want Refused", err)
		}
	}
}

func TestScriptPeek(t *testing.T) {
	t.Parallel()
	session := script{}.with(script{"STATUS": "* STATUS INBOX (UIDVALIDITY 77)\n%T OK done"}).dial(t)
	got, err := session.(migrate.Peeker).UIDValidities(t.Context(), []string{"INBOX", "a\x00b"})
	if err != nil || len(got) != 1 || got["INBOX"] != 77 {
		t.Errorf("got %v, %v, want 77", got, err)
	}
	refused := script{}.with(script{"STATUS": "%T NO [NONEXISTENT] no"}).dial(t)
	if got, err := refused.(migrate.Peeker).UIDValidities(t.Context(), []string{"INBOX", "Sent"}); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v, want nothing", got, err)
	}
	cut := script{}.with(script{"STATUS": "* BYE"}).dial(t)
	if _, err := cut.(migrate.Peeker).UIDValidities(t.Context(), []string{"INBOX"}); kindOf(err) != int(migrate.Broken) {
		t.Errorf("got %v, want Broken", err)
	}
}
