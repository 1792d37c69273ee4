package imap_test

import (
	"fmt"
	"io"
	"testing"

	"unpop/migrate"
)

// These tests look and arrange; those in script_test.go sign in, select and append.

func TestScriptFetch(t *testing.T) {
	t.Parallel()
	session := script{}.with(script{
		"UID SEARCH": "* SEARCH 4 9\n%T OK done",
		"UID FETCH": "* 1 FETCH (UID 4 RFC822.SIZE 11 FLAGS (\\Seen) INTERNALDATE \"01-Jan-2001 00:00:00 +0000\" BODY[HEADER.FIELDS (MESSAGE-ID)] {23}\n" +
			"Message-Id:\n <a@b>\n\n)\n%T OK done",
	}).dial(t)
	finder, _ := session.(migrate.Finder)
	for f, err := range finder.Find(t.Context(), 2, 8, true) {
		if err != nil || f.UID != 4 || f.Size != 11 || f.MessageID != "<a@b>" || fmt.Sprint(f.Flags) != `[\Seen]` || f.Received.Year() != 2001 {
			t.Errorf("Find: got %+v and %v, want UID 4", f, err)
		}
	}
	short := script{}.with(script{
		"UID SEARCH": "* SEARCH 4 9\n%T OK done", "UID FETCH": "* 1 FETCH (UID 4 BODY[HEADER.FIELDS (MESSAGE-ID)] {500}\nMessage-Id: <a\n* BYE",
	}).dial(t)
	for f, err := range short.(migrate.Finder).Find(t.Context(), 1, 0, true) {
		if kindOf(err) != int(migrate.Broken) {
			t.Errorf("Find cut short: got %+v and %v, want Broken", f, err)
		}
	}
	cut := script{}.with(script{"UID FETCH": "* 1 FETCH (UID 4 BODY[] {500}\nshort\n* BYE"}).dial(t)
	r, err := cut.(migrate.Finder).Fetch(t.Context(), 4)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err == nil {
		t.Errorf("Fetch cut short: got %q and no error, want one", got)
	}
	_ = r.Close()
}

func TestScriptSurvey(t *testing.T) {
	t.Parallel()
	session := script{}.with(script{
		"CAPABILITY":   "* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR NAMESPACE QUOTA APPENDLIMIT=35651584 ID\n%T OK done",
		"ID":           "* ID (\"name\" \"Test\" \"version\" \"1\")\n%T OK done",
		"NAMESPACE":    "* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\n%T OK done",
		"LIST":         "* LIST (\\Noselect) \".\" \"\"\n%T OK done",
		"GETQUOTAROOT": "* QUOTAROOT INBOX a b\n* QUOTA a (STORAGE 10 1000 MESSAGE 1 2)\n* QUOTA b (STORAGE 10 500)\n%T OK done",
	}).dial(t)
	got, err := session.(migrate.Arranger).Survey(t.Context())
	want := migrate.Survey{
		Server: "Test 1", Delimiter: '.', Prefix: "INBOX.", AppendMax: 35651584, HasQuota: true, QuotaUsed: 10240, QuotaLimit: 512000,
	}
	if err != nil || got != want {
		t.Errorf("Survey: got %+v and %v, want %+v", got, err, want)
	}
}

// TestScriptNoQuota: Stalwart says 0 of an account without a quota, which has room for everything.
func TestScriptNoQuota(t *testing.T) {
	t.Parallel()
	session := script{}.with(script{
		"CAPABILITY":   "* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR QUOTA\n%T OK done",
		"GETQUOTAROOT": "* QUOTAROOT INBOX #1\n* QUOTA #1 (STORAGE 10 0)\n%T OK done",
	}).dial(t)
	if got, err := session.(migrate.Arranger).Survey(t.Context()); err != nil || got.HasQuota {
		t.Errorf("Survey: got %+v and %v, want no quota", got, err)
	}
}

// A server far away is asked everything before it has answered anything.
func TestScriptSurveyIsOneRoundTrip(t *testing.T) {
	t.Parallel()
	session := script{}.with(script{
		"CAPABILITY": "* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR NAMESPACE QUOTA APPENDLIMIT\n%T OK done",
		"LIST":       "", "NAMESPACE": "", "STATUS": "",
		"GETQUOTAROOT": "* LIST (\\Noselect) \".\" \"\"\nT1 OK done\n* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\nT2 OK done\n" +
			"* STATUS INBOX (APPENDLIMIT 4711)\nT3 OK done\n* QUOTAROOT INBOX a\n* QUOTA a (STORAGE 1 2)\n%T OK done",
	}).dial(t)
	got, err := session.(migrate.Arranger).Survey(t.Context())
	got.Server = ""
	want := migrate.Survey{Delimiter: '.', Prefix: "INBOX.", AppendMax: 4711, HasQuota: true, QuotaUsed: 1024, QuotaLimit: 2048}
	if err != nil || got != want {
		t.Errorf("Survey: got %+v and %v, want %+v", got, err, want)
	}
}

func TestScriptCreate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script script
		made   bool
		kind   int
	}{
		"made":                 {script{}, true, -1},
		"there by code":        {script{"CREATE": "%T NO [ALREADYEXISTS] x", "LIST": "* LIST () \"/\" x\n%T OK done"}, false, -1},
		"there without a code": {script{"CREATE": "%T NO sorry", "LIST": "* LIST () \"/\" x\n%T OK done"}, false, -1},
		"refused":              {script{"CREATE": "%T NO [CANNOT] bad name"}, false, int(migrate.Refused)},
		"full":                 {script{"CREATE": "%T NO [OVERQUOTA] too many"}, false, int(migrate.Full)},
		"can't be subscribed":  {script{"SUBSCRIBE": "%T NO no"}, true, -1},
		"hangs up":             {script{"CREATE": "* BYE x"}, false, int(migrate.Broken)},
	} {
		made, err := c.script.with(c.script).dial(t).(migrate.Arranger).Create(t.Context(), "x", migrate.RoleSent)
		if made != c.made || kindOf(err) != c.kind {
			t.Errorf("%s: got %v and %v, want %v and kind %d", name, made, err, c.made, c.kind)
		}
	}
}
