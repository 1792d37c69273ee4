package migrate_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"unpop/migrate"
	mt "unpop/migrate/migratetest"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

func plainText(o *memserver.Options) { o.Security = memserver.Plain }

// proxied is a kit on a server in memory that is reached through a proxy, which is to break what goes through.
func proxied(t *testing.T, timeout time.Duration, options ...imaptest.Option) (*kit, *mt.Proxy) {
	t.Helper()
	k := inMemory(t, append(options, plainText)...)
	proxy := mt.StartProxy(t, k.server.Addr.String())
	opts := k.server.Options(imaptest.User)
	opts.Port, opts.Timeout = proxy.Addr().Port, timeout
	k.target = imap.New(opts)
	return k, proxy
}

// oneByOne makes each message a command of its own, so that there are enough moments to choose from. Batches have faults of their own.
func oneByOne(o *memserver.Options) { o.Hide = append(o.Hide, "MULTIAPPEND") }

// withoutID is a message without a Message-ID. Those with subjects of one length have the same size.
func withoutID(subject string) string {
	return strings.Replace(mail("x", subject, "text"), "Message-ID: <x@test>\n", "", 1)
}

// awkward is mail that is hard to recognise: without Message-ID, of equal size, with equal Message-IDs and other bodies, with
// Message-IDs that servers may read in another way.
func (k *kit) awkward() (want map[string][]string) {
	folded := strings.Replace(mail("f", "folded", "text"), "Message-ID: <", "Message-ID:\n <", 1)
	twice := strings.Replace(mail("t", "twice", "text"), "\nDate:", "\nMessage-ID: <other@test>\nDate:", 1)
	k.mbox("pc/Inbox", mail("1", "one", "text"), withoutID("no id A"), withoutID("no id B"), mail("2", "two", "text"), withoutID("no id C"))
	k.mbox("pc/Clienti", mail("s", "shared 1", "body"), mail("s", "shared 2", "BODY"), mail("s", "shared 3", "another body"), folded)
	k.mbox("pc/Vecchi", twice, mail("big", "big", strings.Repeat("long line of text\n", 20000)), "X-Odd: only this\n\nhardly a message\n", mail("3", "three", "\xff\xfe\x01 odd"))
	k.mbox("pc/Sent", mail("4", "four", "text"), mail("5", "five", ""), withoutID("no id D"))
	return map[string][]string{
		"INBOX": {"one", "two", "no id A", "no id B", "no id C"}, "Clienti": {"shared 1", "shared 2", "shared 3", "folded"},
		"Vecchi": {"twice", "big", "", "three"}, "Sent": {"four", "five", "no id D"},
	}
}

// lostAnswers are the ways in which an answer gets lost on the line.
var lostAnswers = map[string][]mt.Fault{
	"reset before a literal":       {mt.CutInAppend(3, 0)},
	"reset inside a literal":       {mt.CutInAppend(3, 60)},
	"reset after a literal":        {mt.CutInAppend(3, 1<<40)},
	"reset anywhere":               {mt.CutAfter(2500)},
	"reset within an answer":       {mt.CutRepliesAfter(1500)},
	"hung up before a literal":     {mt.CutInAppend(3, 0).With(mt.HangUp())},
	"hung up inside a literal":     {mt.CutInAppend(3, 60).With(mt.HangUp())},
	"hung up after a literal":      {mt.CutInAppend(3, 1<<40).With(mt.HangUp())},
	"OK lost, then cut":            {mt.SwallowOKAndCut(3)},
	"OK lost, then hung up":        {mt.SwallowOKAndCut(3).With(mt.HangUp())},
	"OK lost, again and again":     {mt.SwallowOKAndCut(1), mt.SwallowOKAndCut(1), mt.SwallowOKAndCut(1)},
	"BYE in place of OK":           {mt.ByeAtOK(3, "Server shutting down.")},
	"BYE inside a literal":         {mt.CutInAppend(3, 60).With(mt.Bye("Server shutting down."))},
	"BYE anywhere":                 {mt.ByeAfter(2500, "Idle for too long.")},
	"restart":                      {mt.RestartAfter(2500, 50*time.Millisecond)},
	"restart in place of OK":       {mt.SwallowOK(5).With(mt.Restart(50 * time.Millisecond))},
	"no greeting":                  {mt.DropGreeting(1), mt.DropGreeting(1)},
	"cut while looking":            {mt.SwallowOKAndCut(3), {When: mt.AtReply("UID SEARCH", 1), Do: mt.Reset()}, {When: mt.AtReply("UID FETCH", 1), Do: mt.Reset()}},
	"cut while looking once more":  {mt.CutInAppend(3, 60), {When: mt.AtReply("UID SEARCH", 2), Do: mt.HangUp()}},
	"cut in the middle of a fetch": {mt.SwallowOKAndCut(1), {When: mt.AtReply("UID FETCH", 2), Do: mt.HangUp()}},
	"trickle":                      {mt.TrickleConnection(1, 60000), mt.TrickleConnection(1, 60000), mt.SwallowOKAndCut(2)},
}

// silences are those that a client must wait out.
var silences = map[string][]mt.Fault{
	"OK lost, then silence":         {mt.SwallowOK(3)},
	"OK lost, the line stays":       {mt.SwallowReply("APPEND", 3)},
	"silence inside a literal":      {mt.CutInAppend(3, 60).With(mt.Freeze())},
	"silence after a literal":       {mt.CutInAppend(3, 1<<40).With(mt.Freeze())},
	"silence anywhere":              {mt.FreezeAfter(2500)},
	"silence at SELECT":             {{When: mt.AtReply("SELECT", 2), Do: mt.Freeze()}},
	"silence, and then it is cut":   {mt.SwallowOK(2), mt.SwallowOKAndCut(2)},
	"silence, also while we search": {mt.SwallowOK(3), {When: mt.AtReply("UID SEARCH", 1), Do: mt.Freeze()}},
}

func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for _, set := range []map[string][]mt.Fault{lostAnswers, silences} {
		timeout := 5 * time.Second
		if _, silent := set["OK lost, then silence"]; silent {
			timeout = 400 * time.Millisecond
		}
		for name, faults := range set {
			for _, connections := range []int{1, 4} { // one after the other, and all at once: some are answered
				if connections == 1 && testing.Short() {
					continue
				}
				t.Run(fmt.Sprintf("%s, %d connections", name, connections), func(t *testing.T) {
					t.Parallel()
					k, proxy := proxied(t, timeout, oneByOne)
					k.opts.Connections, k.opts.Patience = connections, 20*time.Second
					want := k.awkward()
					proxy.Plan(faults...)
					r := k.run()
					if r.Uploaded != 16 || r.Rejected() != 0 {
						t.Errorf("got %+v, want all 16 uploaded", r.Tally)
					}
					proxy.AllFired(t)
					k.holds(want)
					k.quiet(proxy)
					k.holds(want)
				})
			}
		}
	}
}

// quiet runs once more and fails the test if anything is sent.
func (k *kit) quiet(proxy *mt.Proxy) {
	k.t.Helper()
	before := proxy.Seen("APPEND")
	if r := k.run(); r.Uploaded != 0 || proxy.Seen("APPEND") != before {
		k.t.Errorf("one more run: got %d uploaded and %d APPENDs, want none", r.Uploaded, proxy.Seen("APPEND")-before)
	}
}

// serverFaults are what a server does by itself.
var serverFaults = map[string]func(*memserver.Server){
	"swallows three OKs":    func(s *memserver.Server) { s.SwallowOK(3) },
	"cuts inside a literal": func(s *memserver.Server) { s.CutAppend(30) },
	"stores, and says BYE": func(s *memserver.Server) {
		s.FailAppends(memserver.Answer{}, memserver.Answer{Kind: "BYE", Done: true})
	},
	"stores, and hangs up": func(s *memserver.Server) {
		s.FailAppends(memserver.Answer{}, memserver.Answer{Kind: "CUT", Done: true})
	},
	"says BYE, stores nought": func(s *memserver.Server) { s.FailAppends(memserver.Answer{}, memserver.Answer{Kind: "BYE"}) },
	"stores late":             func(s *memserver.Server) { s.LateStore(10 * time.Millisecond) },
	"stores two late":         func(s *memserver.Server) { s.LateStore(40 * time.Millisecond); s.LateStore(80 * time.Millisecond) },
}

func TestServerFaults(t *testing.T) {
	t.Parallel()
	for name, plan := range serverFaults {
		for _, hide := range []string{"", "UIDPLUS"} {
			if hide != "" && strings.Contains(name, "late") {
				continue // see TestLateTwinWithoutUIDPLUS
			}
			t.Run(strings.TrimSpace(name+" "+hide), func(t *testing.T) {
				t.Parallel()
				k, proxy := proxied(t, 5*time.Second, func(o *memserver.Options) { o.Hide = []string{hide} })
				want := k.awkward()
				plan(k.server.Mem)
				k.run()
				if left := k.server.Mem.Unfired(); len(left) > 0 {
					t.Errorf("got %q left, want all faults fired", left)
				}
				k.server.Mem.WaitLate()
				k.quiet(proxy)
				k.holds(want)
				k.quiet(proxy)
			})
		}
	}
}

// TestManyInFlight ends all connections while each has messages under way, some answered.
func TestManyInFlight(t *testing.T) {
	t.Parallel()
	k, proxy := proxied(t, 5*time.Second, oneByOne)
	k.opts.Connections, k.opts.Patience = 4, 20*time.Second
	want := map[string][]string{}
	for _, folder := range []string{"A", "B", "C", "D"} {
		var messages []string
		for i := range 80 {
			name := fmt.Sprint(folder, i)
			messages = append(messages, mail(name, name, "text"))
			want[folder] = append(want[folder], name)
		}
		k.mbox("pc/"+folder, messages...)
	}
	proxy.Pace(2*time.Millisecond, 0)
	proxy.Plan(mt.SwallowOK(17).With(mt.Restart(30*time.Millisecond)), mt.SwallowOK(8).With(mt.Restart(30*time.Millisecond)), mt.RestartAfter(9000, 10*time.Millisecond))
	k.run()
	proxy.AllFired(t)
	k.holds(want)
	k.quiet(proxy)
}

// at returns a hook that acts the first time that a run comes to a point.
func at(point migrate.Point, do func()) func(migrate.Point) {
	var done atomic.Bool
	return func(p migrate.Point) {
		if p == point && !done.Swap(true) {
			do()
		}
	}
}
