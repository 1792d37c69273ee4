package cli

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"unpop/migrate/source/pop3/pop3test"
	"unpop/migrate/target/imap/imaptest"
)

// cmdPOP3 starts a POP3 server with so many messages, with STLS or without, or gives a running one so many: pop3server 20 [plain]
// It sets POP to its address and writes poppw.
func cmdPOP3(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	mail := popMail(n)
	if w.pop != nil {
		w.pop.Change(func(o *pop3test.Options) { o.Messages = mail })
		return
	}
	opts := pop3test.Options{User: "bruno", Password: "pop secret", Messages: mail, Exclusive: true}
	if !slices.Contains(args, "plain") {
		opts.TLS, _, err = pop3test.Certificate()
		ts.Check(err)
		ca := ts.MkAbs("ca.pem") // beside that of the IMAP server
		known, _ := os.ReadFile(ca)
		ts.Check(os.WriteFile(ca, append(known, pop3test.PEM(opts.TLS)...), 0o600))
	}
	w.pop, err = pop3test.New(opts)
	ts.Check(err)
	ts.Defer(w.pop.Close)
	ts.Check(os.WriteFile(ts.MkAbs("poppw"), []byte("pop secret\n"), 0o600))
	ts.Setenv("POP", fmt.Sprintf("pop3://bruno@127.0.0.1:%d", w.pop.Addr().Port))
	ts.Setenv("POPDIR", fmt.Sprintf("bruno@127.0.0.1_%d.pop3", w.pop.Addr().Port))
}

// popMail makes messages as a server keeps them, dots at line starts among them.
func popMail(n int) (all []pop3test.Message) {
	for i := range n {
		all = append(all, pop3test.Message{UIDL: fmt.Sprintf("000%05x4d2", i), Body: popMessage(i)})
	}
	return all
}

func popMessage(i int) string {
	return fmt.Sprintf("Received: from x by y; Mon, 2 Jan 2006 15:04:%02d +0000\r\nMessage-ID: <pop%d@example.it>\r\nDate: Mon, 2 Jan 2006 15:04:00 +0000\r\n"+
		"From: b@example.it\r\nSubject: pop %d\r\n\r\n.\r\n..%d\r\n", i%60, i, i, i)
}

// cmdPOPSeen checks how many commands of a name the POP3 server has seen: popseen RETR 20
func cmdPOPSeen(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	if got := worldOf(ts).pop.Seen(args[0]); got != want {
		ts.Fatalf("POP3 server: got %d %s, want %d", got, args[0], want)
	}
}

// cmdPOPHolds checks how many messages the POP3 server still has: popholds 20
func cmdPOPHolds(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := len(worldOf(ts).pop.Messages()); got != want {
		ts.Fatalf("POP3 server: holds %d messages, want %d", got, want)
	}
}

// cmdPOPCopy writes the first messages of the POP3 server as Thunderbird keeps what it fetched from there: popcopy DIR N
func cmdPOPCopy(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var mbox strings.Builder
	for i := range n {
		m := worldOf(ts).pop.Messages()[i]
		text := "From - Mon Jan 02 15:04:05 2006\nX-Account-Key: account1\nX-UIDL: " + m.UIDL + "\nX-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\n" +
			strings.ReplaceAll(m.Body, "\r\n", "\n") + "\n"
		mbox.WriteString(text)
	}
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o700))
	ts.Check(os.WriteFile(filepath.Join(dir, "Inbox"), []byte(mbox.String()), 0o600))
	ts.Check(os.WriteFile(filepath.Join(dir, "Inbox.msf"), nil, 0o600))
	ts.Check(os.WriteFile(filepath.Join(dir, "popstate.dat"), []byte("# POP3 State File\n\n*pop.example.it anna\nk 0 0\n"), 0o600))
}

// cmdPOPOfTarget sets POP to the POP3 side of the IMAP server, at another port: popoftarget
func cmdPOPOfTarget(ts *testscript.TestScript, _ bool, _ []string) {
	w := worldOf(ts)
	name, _, _ := strings.Cut(imaptest.User, "@")
	port := w.server.POP3
	if port == nil {
		port = &net.TCPAddr{Port: 1}
	}
	ts.Setenv("POP", fmt.Sprintf("pop3s://%s@127.0.0.1:%d", name, port.Port))
}
