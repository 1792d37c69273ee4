package migrate_test

import (
	"fmt"
	"testing"
	"time"

	"unpop/migrate"
	mt "unpop/migrate/migratetest"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
)

// idle is a kit whose mail is on the server: 2100 messages in INBOX and one in each of three other mailboxes.
func idle(t *testing.T) (*kit, *mt.Proxy) {
	t.Helper()
	k, proxy := proxied(t, 5*time.Second)
	opts := k.server.Options(imaptest.User)
	opts.Port, opts.Timeout, opts.Keep = proxy.Addr().Port, 5*time.Second, 4
	target := imap.New(opts)
	t.Cleanup(func() { _ = target.Close() })
	k.target = target
	var inbox []string
	for i := range 2100 {
		inbox = append(inbox, mail(fmt.Sprint(i), fmt.Sprint("message ", i), "text"))
	}
	k.mbox("pc/Inbox", inbox...)
	for _, name := range []string{"Clienti", "Viaggi", "Vecchi"} {
		k.mbox("pc/"+name, mail(name, name, "text"))
	}
	k.run()
	return k, proxy
}

const idleMessages = 2103

// TestIdleRunAsksLittle counts what goes over the line when there is nothing to do.
func TestIdleRunAsksLittle(t *testing.T) {
	t.Parallel()
	k, proxy := idle(t)
	commands := []string{"LOGIN", "AUTHENTICATE", "STATUS", "SELECT", "UID FETCH", "UID SEARCH", "APPEND", "CREATE"}
	before := map[string]int{}
	for _, c := range commands {
		before[c] = proxy.Seen(c)
	}
	if r := k.run(); r.Verified != idleMessages || r.Uploaded != 0 || r.Missing+r.Altered+r.FlagsDiffer != 0 {
		t.Errorf("got %+v %+v, want all verified and nothing to do", r.Tally, r.VerifyCounts)
	}
	asked := map[string]int{}
	for _, c := range commands {
		asked[c] = proxy.Seen(c) - before[c]
	}
	if asked["STATUS"] != 8 || asked["SELECT"] != 4 || asked["UID FETCH"] != 6 || asked["UID SEARCH"]+asked["APPEND"]+asked["CREATE"] != 0 {
		t.Errorf("got commands %v, want two STATUS and a SELECT for each mailbox, and a FETCH for each thousand messages", asked)
	}
	if sessions := asked["LOGIN"] + asked["AUTHENTICATE"]; sessions > 0 {
		t.Errorf("got %d sign-ins, want the sessions of the run before used", sessions)
	}
}

// TestVerifyGoesOnAfterACut breaks the line between two pages; every message is counted once.
func TestVerifyGoesOnAfterACut(t *testing.T) {
	t.Parallel()
	k, proxy := idle(t)
	proxy.Plan(mt.Fault{When: mt.AtReply("UID FETCH", 2), Do: mt.Reset()})
	if v := k.verified(migrate.VerifyOptions{}); v.VerifyCounts != (migrate.VerifyCounts{Verified: idleMessages}) {
		t.Errorf("got %+v, want each of %d messages once", v.VerifyCounts, idleMessages)
	}
	proxy.AllFired(t)
	proxy.Plan(mt.Fault{When: mt.AtReply("UID FETCH", 7), Do: mt.Reset()})
	if v := k.verified(migrate.VerifyOptions{Deep: true}); v.VerifyCounts != (migrate.VerifyCounts{Verified: idleMessages}) {
		t.Errorf("deep: got %+v, want each of %d messages once", v.VerifyCounts, idleMessages)
	}
	proxy.AllFired(t)
}
