package batch_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unpop/migrate/target/imap/imaptest"
)

var figures = flag.Bool("figures", false, "measure many accounts on Dovecot; takes some minutes")

// bulk writes the mail of a user: n messages of some 3 kB.
func (k *kit) bulk(i, n int) string {
	k.t.Helper()
	path := filepath.Join(k.dir, "mail", userName(i), "Inbox")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		k.t.Fatal(err)
	}
	file, err := os.Create(path)
	if err != nil {
		k.t.Fatal(err)
	}
	defer file.Close()
	body := strings.Repeat("This is a line of a message of the usual length, more or less.\n", 45)
	for m := range n {
		_, err = fmt.Fprintf(file, "From MAILER Fri Jan  2 03:04:05 2015\nReceived: from a by b; Sat, 03 Jan 2015 04:05:06 +0000\nMessage-ID: <%d.%d@test>\n"+
			"Date: Fri, 02 Jan 2015 03:04:05 +0000\nFrom: a@example.org\nTo: b@example.org\nSubject: %s\n\n%s\n", i, m, subject(i, m), body)
		if err != nil {
			k.t.Fatal(err)
		}
	}
	return filepath.Dir(path)
}

// measured runs the batch in a process of its own and tells how long it took, and its memory.
func (k *kit) measured(what string, jobs int, check bool) time.Duration {
	k.t.Helper()
	job, err := json.Marshal(childJob{
		Ledger: k.ledger, File: k.file, CA: string(k.server.CertPEM), Dir: k.dir, Port: k.server.Addr.Port, Jobs: jobs,
		Secure: k.server.Secure, Implicit: k.server.Implicit, Check: check,
	})
	if err != nil {
		k.t.Fatal(err)
	}
	command := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.timeout=30m")
	command.Env = append(os.Environ(), childEnv+"="+string(job))
	began := time.Now()
	out, err := command.CombinedOutput()
	if err != nil {
		k.t.Fatalf("%s: %v\n%s", what, err, out)
	}
	took := time.Since(began)
	k.t.Logf("%-40s %8.1f s  %s", what, took.Seconds(), memoryOf(command.ProcessState))
	return took
}

// TestFigures measures what a batch is worth beside a single account, and what thousands of accounts cost that have nothing new.
func TestFigures(t *testing.T) {
	if !*figures {
		t.Skip("needs -figures")
	}
	server := imaptest.Dovecot(t, imaptest.DovecotOptions{Implicit: true})
	const users, each = 200, 100
	alone := newKit(t, server)
	alone.manifest(fmt.Sprintf("alone;%s;env:GOOD;%s", server.Options("alone@example.org"), alone.bulk(0, users*each)))
	one := alone.measured("one account, 20,000 messages", 1, false)
	many := newKit(t, server)
	var lines []string
	for i := range users {
		lines = append(lines, fmt.Sprintf("u%d;%s;env:GOOD;%s", i, many.to(i), many.bulk(i, each)))
	}
	many.manifest(lines...)
	took := many.measured("200 accounts of 100, 16 at once", 16, false)
	t.Logf("one account: %.0f messages/s; 200: %.1f accounts/s, %.0f messages/s", users*each/one.Seconds(), users/took.Seconds(), users*each/took.Seconds())
	many.measured("200 accounts again, nothing new", 16, false)

	const crowd = 5000
	most := newKit(t, server)
	lines = lines[:0]
	for i := range crowd {
		lines = append(lines, fmt.Sprintf("u%d;%s;env:GOOD;%s", i, server.Options(fmt.Sprintf("crowd%d@example.org", i)), most.bulk(i, 2)))
	}
	most.manifest(lines...)
	most.measured("5,000 accounts: check", 16, true)
	most.measured("5,000 accounts: first run, 2 messages", 16, false)
	most.measured("5,000 accounts: nothing new", 16, false)
}
