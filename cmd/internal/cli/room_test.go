package cli

import (
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/state"
)

// planOf is a plan to send 4 MB.
func planOf(survey migrate.Survey, f migrate.Forecast) *migrate.Plan {
	return &migrate.Plan{Survey: survey, Forecast: f, Tally: state.Tally{Pending: 9, BytesPending: 4e6, BytesLargest: 1e6}}
}

func TestRoom(t *testing.T) {
	t.Parallel()
	large := []state.Message{{Size: 900_000, Subject: "Video delle vacanze", Folder: "pop.example.it/Inbox"}, {Size: 600_000, Folder: "Local Folders/Clienti"}}
	tests := []struct {
		name string
		plan *migrate.Plan
		want string
	}{
		{"nothing to send", &migrate.Plan{}, ""},
		{"unknown", planOf(migrate.Survey{}, migrate.Forecast{}), "To send: 4.0 MB; the largest message has 1.0 MB.\n"},
		{
			"fits", planOf(migrate.Survey{HasQuota: true, QuotaLimit: 9e6, QuotaUsed: 4e6, AppendMax: 2e6}, migrate.Forecast{}),
			"To send: 4.0 MB to an account with 4.0 MB of 9.0 MB in use:\nit fits, and 8.0 MB will be in use (88%).\n" +
				"The largest message has 1.0 MB, the server takes 2.0 MB.\n",
		},
		{
			"too much", planOf(migrate.Survey{HasQuota: true, QuotaLimit: 9e6, QuotaUsed: 8e6}, migrate.Forecast{}),
			"To send: 4.0 MB to an account with 8.0 MB of 9.0 MB in use.\nThat is 3.0 MB more than there is room for. Make room there, or leave folders out\n" +
				"(--exclude).\nThe largest message has 1.0 MB.\n",
		},
		{
			"full already", planOf(migrate.Survey{HasQuota: true, QuotaLimit: 9e6, QuotaUsed: 10e6}, migrate.Forecast{}),
			"To send: 4.0 MB to an account with 10 MB of 9.0 MB in use.\nThat is 5.0 MB more than there is room for. Make room there, or leave folders out\n" +
				"(--exclude).\nThe largest message has 1.0 MB.\n",
		},
		{
			"what is rejected needs no room",
			planOf(migrate.Survey{HasQuota: true, QuotaLimit: 9e6, QuotaUsed: 6e6, AppendMax: 5e5}, migrate.Forecast{TooLarge: 7, TooLargeBytes: 2e6, Large: large}),
			"To send: 4.0 MB to an account with 6.0 MB of 9.0 MB in use:\nit fits, and 8.0 MB will be in use (88%).\nThe largest message has 1.0 MB.\n" +
				"\nLarger than the 500 kB that the server takes, and to be rejected: 7 messages\n" +
				"  900 kB  Video delle vacanze  pop.example.it/Inbox\n  600 kB  (no subject)         Local Folders/Clienti\n  … and 5 more\n",
		},
		{
			"large ones", planOf(migrate.Survey{}, migrate.Forecast{Large: large[:1]}),
			"To send: 4.0 MB; the largest message has 1.0 MB.\n\nThe largest messages:\n  900 kB  Video delle vacanze  pop.example.it/Inbox\n",
		},
		{
			"slow", planOf(migrate.Survey{}, migrate.Forecast{Rate: 1e6, Sending: 130 * time.Minute}),
			"To send: 4.0 MB; the largest message has 1.0 MB.\nSending takes about 2 h 10 min on a line of 1.0 MB/s.\n",
		},
		{
			"days", planOf(
				migrate.Survey{DailyBytes: 500e6, DailySource: "support.example.com"},
				migrate.Forecast{Rate: 2e6, Measured: true, Sending: time.Hour, Days: 24},
			),
			"To send: 4.0 MB; the largest message has 1.0 MB.\nThe server takes 500 MB a day (support.example.com): it will take 24 days.\n" +
				"Sending takes about 1 h at 2.0 MB/s, the speed of the last time.\n",
		},
	}
	for _, tt := range tests {
		got := room(tt.plan) + sendingTime(tt.plan) + largeTable(tt.plan)
		if got != tt.want {
			t.Errorf("%s: got\n%swant\n%s", tt.name, got, tt.want)
		}
		for line := range strings.Lines(got) {
			if width(line) > columns+1 {
				t.Errorf("%s: %q is wider than %d", tt.name, line, columns)
			}
		}
	}
}

func TestWorries(t *testing.T) {
	t.Parallel()
	for what, tt := range map[string]struct {
		plan *migrate.Plan
		want []string
	}{
		"none": {planOf(migrate.Survey{DailyBytes: 500e6}, migrate.Forecast{Rate: 1e6, Sending: time.Hour, Days: 1}), nil},
		"no room": {
			planOf(migrate.Survey{HasQuota: true, QuotaLimit: 9e6, QuotaUsed: 8e6}, migrate.Forecast{}),
			[]string{"4.0 MB to send, 1.0 MB free in the account: 3.0 MB will find no room"},
		},
		"a daily limit": {
			planOf(migrate.Survey{DailyBytes: 1e6, DailySource: "x.example"}, migrate.Forecast{Days: 4}),
			[]string{"the server takes 1.0 MB a day: 4.0 MB to send take 4 days"},
		},
		"a slow line": {
			planOf(migrate.Survey{}, migrate.Forecast{Rate: 1000, Sending: 50 * time.Hour}),
			[]string{"4.0 MB to send take about 2 days at 1.0 kB/s"},
		},
	} {
		if got := worries(tt.plan); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", what, got, tt.want)
		}
	}
}

func TestRenamedTables(t *testing.T) {
	t.Parallel()
	folder := func(name, mailbox string, why migrate.Renaming) migrate.PlannedFolder {
		return migrate.PlannedFolder{Holding: holding(name, 1, 1, 0, 0), Mailbox: mailbox, Why: why}
	}
	empty := folder("empty", "x", migrate.RenamedCase)
	empty.Messages = 0
	got := renamedTables(&migrate.Plan{Folders: []migrate.PlannedFolder{
		folder("a.b", "a．b", migrate.RenamedCharacters), folder("c", "c", ""), folder("work", "work (2)", migrate.RenamedCase), empty,
		folder("Clienti", "Clienti (mail)", migrate.RenamedLevels), folder("long", "lo (1234)", migrate.RenamedLength), folder("out", "", migrate.RenamedCase),
	}})
	want := "\nThe server can't have these names as they are:\n  a.b   → a．b\n  long  → lo (1234)\n" +
		"\nThe server can't have mail and folders in the same place:\n  Clienti  → Clienti (mail)\n" +
		"\nUpper and lower case are the same to many servers:\n  work  → work (2)\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// Where a line has no room for both names, none is cut: what is different might be in the middle.
func TestNamesInFull(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a long name ", 4) + "of Aspose.Email/Archive"
	var n names
	n.add("short", "kurz")
	n.add(long, strings.Replace(long, ".", "．", 1))
	want := "  short  → kurz\n  " + long + "\n    → " + strings.Replace(long, ".", "．", 1) + "\n"
	if got := n.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestTellRenamed(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	a := &app{ui: ui{out: &out}}
	a.tellRenamed(nil)
	a.tellRenamed([]migrate.RenamedMailbox{{Planned: "Clienti\x1b", Made: "Clienti (mail)", Why: "exists"}})
	if want := "\nThe server refused to make these mailboxes; they have other names there:\n  Clienti?  → Clienti (mail)\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
