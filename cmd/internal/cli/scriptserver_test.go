package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net"
	"net/mail"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"unpop/examples"
	"unpop/migrate"
	"unpop/migrate/source/pop3/pop3test"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

// A world is what a script's commands share.
type world struct {
	tb      testing.TB
	server  *imaptest.Server
	line    *line        // to it, if the script wants one
	appends atomic.Int64 // seen by the server
	slow    atomic.Int64 // what each takes, in ms
	hold    atomic.Int64 // after how many the next are kept waiting; 0 never
	full    atomic.Int64 // after how many the account is full; 0 never
	pop     *pop3test.Server
}

type worldKey struct{}

func worldOf(ts *testscript.TestScript) *world {
	w, ok := ts.Value(worldKey{}).(*world)
	if !ok {
		ts.Fatalf("no world")
	}
	return w
}

// cmdServer starts a server: imapserver dovecot [quota=BYTES] [format=FORMAT], or imapserver [plain|starttls] [gmail] [dots] [quota=BYTES] [max=BYTES] [slow=MS] [hold=AFTER] [refuse=MAILBOX] [users=N] [line]
// It writes pw and ca.pem and sets URL, and HOST with the port. With users=N there are user1@example.org and so on beside Anna.
func cmdServer(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	if len(args) > 0 && args[0] == "dovecot" {
		w.server = imaptest.Dovecot(w.tb, dovecotOptions(args[1:]))
	} else {
		startServer(w, args)
	}
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), w.server.CertPEM, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("pw"), []byte(imaptest.Password+"\n"), 0o600))
	address := w.server.Options(imaptest.User)
	if slices.Contains(args, "line") {
		w.line = startLine(w.tb, w.server.Addr.String())
		address.Port = w.line.listener.Addr().(*net.TCPAddr).Port
	}
	ts.Setenv("URL", address.String())
	ts.Setenv("HOST", net.JoinHostPort(address.Host, strconv.Itoa(address.Port)))
	ts.Setenv("PASSWORD", imaptest.Password)
}

func dovecotOptions(args []string) imaptest.DovecotOptions {
	opts := imaptest.DovecotOptions{Implicit: true}
	for _, arg := range args {
		switch key, value, _ := strings.Cut(arg, "="); key {
		case "quota":
			opts.Quota, _ = strconv.ParseInt(value, 10, 64)
		case "format":
			opts.Format = value
		case "pop3":
			opts.POP3 = true
		}
	}
	return opts
}

// likeGmail makes the server in memory look like Gmail with an Italian owner.
func likeGmail(opts *memserver.Options) {
	opts.Alter = func(out []byte) []byte {
		return bytes.ReplaceAll(out, []byte(" SPECIAL-USE "), []byte(" SPECIAL-USE X-GM-EXT-1 "))
	}
	opts.Mailboxes = []migrate.MailboxInfo{
		{Name: "[Gmail]/Tutti i messaggi", Role: migrate.RoleArchive},
		{Name: "[Gmail]/Posta inviata", Role: migrate.RoleSent},
		{Name: "[Gmail]/Bozze", Role: migrate.RoleDrafts},
		{Name: "[Gmail]/Cestino", Role: migrate.RoleTrash},
		{Name: "[Gmail]/Spam", Role: migrate.RoleJunk},
	}
}

func startServer(w *world, args []string) {
	refused := ""
	w.server = imaptest.Start(w.tb, func(opts *memserver.Options) {
		opts.Security = memserver.ImplicitTLS
		for _, arg := range args {
			key, value, _ := strings.Cut(arg, "=")
			n, _ := strconv.ParseInt(value, 10, 64)
			switch key {
			case "plain":
				opts.Security = memserver.Plain
			case "starttls":
				opts.Security = memserver.StartTLS
			case "users":
				for i := range n {
					opts.Users[fmt.Sprintf("user%d@example.org", i+1)] = imaptest.Password
				}
			case "dots":
				opts.Delimiter, opts.Prefix = '.', "INBOX."
			case "quota":
				opts.Quota = n
			case "max":
				opts.AppendMax = uint32(n)
			case "hide":
				opts.Hide = append(opts.Hide, value)
			case "slow":
				w.slow.Store(n)
			case "hold":
				w.hold.Store(n)
			case "refuse":
				refused = value
			case "gmail":
				likeGmail(opts)
			}
		}
	})
	w.server.Mem.Refuse(func(mailbox string, _ int64) *memserver.Answer {
		n := w.appends.Add(1)
		w.keepWaiting(n)
		if full := w.full.Load(); full > 0 && n > full {
			return &memserver.Answer{Kind: "NO", Code: "OVERQUOTA", Text: "Quota exceeded"}
		}
		if mailbox == refused {
			return &memserver.Answer{Kind: "NO", Code: "CANNOT", Text: "Virus found"}
		}
		return nil
	})
}

// keepWaiting delays an APPEND as the script wants it, the nth of them.
func (w *world) keepWaiting(n int64) {
	time.Sleep(time.Duration(w.slow.Load()) * time.Millisecond)
	for hold := w.hold.Load(); hold > 0 && n > hold; hold = w.hold.Load() {
		time.Sleep(time.Millisecond)
	}
}

// cmdHold makes the server keep whoever sends waiting after so many APPENDs since the last count, until awaken: hold 50
func cmdHold(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	worldOf(ts).hold.Store(n)
}

// cmdAwaken makes a slow server quick.
func cmdAwaken(ts *testscript.TestScript, _ bool, _ []string) {
	w := worldOf(ts)
	w.slow.Store(0)
	w.hold.Store(0)
}

// cmdAppends checks how many APPENDs the server has seen since the last call: appends 0
// With ">N" it waits for as many.
func cmdAppends(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	if least, ok := strings.CutPrefix(args[0], ">"); ok {
		n, err := strconv.ParseInt(least, 10, 64)
		ts.Check(err)
		ts.Check(w.await(n))
		return
	}
	want, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	if got := w.appends.Swap(0); got != want {
		ts.Fatalf("server: got %d appends, want %d", got, want)
	}
}

// cmdDump prints what the server holds, a message a line, sorted: mailbox: subject [flags]
func cmdDump(ts *testscript.TestScript, _ bool, _ []string) {
	w := worldOf(ts)
	_, err := ts.Stdout().Write([]byte(strings.Join(held(w), "")))
	ts.Check(err)
}

func held(w *world) []string {
	var lines []string
	for mailbox, messages := range w.server.Dump(w.tb, imaptest.User) {
		for _, m := range messages {
			lines = append(lines, mailbox+": "+subjectOf(m.Body)+" ["+flagList(m.Flags)+"]\n")
		}
	}
	slices.Sort(lines)
	return lines
}

func flagList(flags []string) string {
	set, keywords := migrate.ParseFlags(flags)
	for i := range keywords {
		keywords[i] = strings.ToLower(keywords[i]) // the server does so too
	}
	slices.Sort(keywords)
	return strings.Join(append(set.Names(), keywords...), " ")
}

func subjectOf(body []byte) string {
	msg, err := mail.ReadMessage(bytes.NewReader(body))
	if err != nil {
		return "(" + err.Error() + ")"
	}
	raw := msg.Header.Get("Subject")
	if text, err := new(mime.WordDecoder).DecodeHeader(raw); err == nil {
		return text
	}
	return raw
}

// cmdArrived checks that the server holds Anna's mail, each message once, in its mailbox, with its flags.
func cmdArrived(ts *testscript.TestScript, _ bool, _ []string) {
	var want []string
	for _, m := range examples.Expected {
		want = append(want, m.Mailbox+": "+m.Subject+" ["+flagList(append(slices.Clone(m.Flags), m.Keywords...))+"]\n")
	}
	slices.Sort(want)
	got := held(worldOf(ts))
	for _, line := range got {
		if i := slices.Index(want, line); i >= 0 {
			want = slices.Delete(want, i, i+1)
		} else {
			ts.Fatalf("server: holds %q, which is not expected (again)", line)
		}
	}
	if len(want) > 0 {
		ts.Fatalf("server: lacks %q", want)
	}
}

// cmdDeliver stores messages on the server, as POP3 left them there: deliver INBOX FILE…
func cmdDeliver(ts *testscript.TestScript, _ bool, args []string) {
	ctx := context.Background()
	session, err := worldOf(ts).server.Target(imaptest.User).Dial(ctx)
	ts.Check(err)
	defer session.Close()
	_, err = session.(migrate.Arranger).Create(ctx, args[0], migrate.RoleNone)
	ts.Check(err)
	_, err = session.Select(ctx, args[0])
	ts.Check(err)
	var all []migrate.Outgoing
	for _, file := range args[1:] {
		text := strings.ReplaceAll(ts.ReadFile(file), "\n", "\r\n")
		all = append(all, migrate.Outgoing{Size: int64(len(text)), Received: time.Unix(1.6e9, 0), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(text)), nil
		}})
	}
	ts.Check(session.Append(ctx, slices.Values(all), func(_ int, r migrate.Receipt) { ts.Check(r.Err) }))
	worldOf(ts).appends.Store(0)
}

// cmdExpunge deletes the first message of a mailbox on the server: expunge INBOX
func cmdExpunge(ts *testscript.TestScript, _ bool, args []string) {
	ctx := context.Background()
	session, err := worldOf(ts).server.Target(imaptest.User).Dial(ctx)
	ts.Check(err)
	defer session.Close()
	_, err = session.Select(ctx, args[0])
	ts.Check(err)
	for found, err := range session.(migrate.Finder).Find(ctx, 1, 0, false) {
		ts.Check(err)
		ts.Check(session.(migrate.Remover).Remove(ctx, []migrate.UID{found.UID}))
		return
	}
	ts.Fatalf("%s is empty", args[0])
}
