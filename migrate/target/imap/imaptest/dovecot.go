package imaptest

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"unpop/migrate/target/imap/memserver"
)

const dovecotPath = "/usr/sbin/dovecot"

// DovecotOptions change the Dovecot that is started.
type DovecotOptions struct {
	// Dots puts all mailboxes below "INBOX." with dots between names, as many hosters do; else there are slashes and
	// no prefix.
	Dots bool
	// Quota is the account's limit in bytes; 0 means none.
	Quota int64
	// MaxConns is mail_max_userip_connections; 0 means 100.
	MaxConns int
	// Implicit serves TLS from the first byte in place of STARTTLS.
	Implicit bool
	// Plain serves no TLS at all and lets clients sign in without, so that a proxy can read along.
	Plain bool
	// POP3 serves the accounts by POP3 too.
	POP3 bool
	// Hide are capabilities not to be offered, such as MULTIAPPEND or LITERAL+. Dovecot goes on doing what they stand for.
	Hide []string
	// Format is how mail is kept: maildir, sdbox, mdbox, or mbox, where a mailbox with mail in it can have none below it; empty
	// means maildir.
	Format string
	// Fsync is mail_fsync: never, optimized or always; empty means never, which is fast and no worse in a test.
	Fsync string
}

// Dovecot starts a private Dovecot 2.3 for the test, and skips the test where there is none.
func Dovecot(tb testing.TB, opts DovecotOptions) *Server {
	tb.Helper()
	version, err := exec.Command(dovecotPath, "--version").Output()
	if err != nil || !strings.HasPrefix(string(version), "2.3") {
		tb.Skipf("no Dovecot 2.3 at %s", dovecotPath)
	}
	dir, err := os.MkdirTemp("", "dovecot") // short: Unix socket names have little room
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	cert, err := memserver.NewCertificate()
	if err != nil {
		tb.Fatal(err)
	}
	port, pop3Port := freePort(tb), 0
	for pop3Port == 0 || pop3Port == port {
		pop3Port = freePort(tb)
	}
	writeDovecot(tb, dir, port, cert, opts, dovecotPOP3(pop3Port, opts))
	runDovecot(tb, dir, port, opts.Implicit)
	server := &Server{Addr: loopback(port), Implicit: opts.Implicit, Secure: !opts.Plain, Pool: cert.Pool, CertPEM: cert.CertPEM, Mail: filepath.Join(dir, "mail")}
	if opts.POP3 {
		server.POP3 = loopback(pop3Port)
	}
	return server
}

func loopback(port int) *net.TCPAddr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port} }

func freePort(tb testing.TB) int {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	addr, _ := listener.Addr().(*net.TCPAddr)
	return addr.Port
}

// mailOwner is who the mail belongs to: the current user, or one without rights where we are root, which Dovecot refuses.
func mailOwner(tb testing.TB) (owner *user.User, root bool) {
	tb.Helper()
	owner, err := user.Current()
	if err != nil {
		tb.Fatal(err)
	}
	if owner.Uid != "0" {
		return owner, false
	}
	for _, name := range []string{"vmail", "mail", "nobody"} {
		if owner, err = user.Lookup(name); err == nil {
			return owner, true
		}
	}
	tb.Skip("no user to run Dovecot's mail processes")
	return nil, true
}

func writeDovecot(tb testing.TB, dir string, port int, cert *memserver.Certificate, opts DovecotOptions, more string) {
	tb.Helper()
	owner, root := mailOwner(tb)
	config := dovecotBase(dir, port, owner, opts) + dovecotNamespace(opts.Dots) + dovecotStore(dir, opts) + dovecotOffers(opts) + more
	if !root {
		config += dovecotRootless(tb, owner)
	}
	if opts.Quota > 0 {
		config += fmt.Sprintf("mail_plugins = quota\nprotocol imap {\n mail_plugins = quota imap_quota\n}\n"+
			"plugin {\n quota = count:User quota\n quota_vsizes = yes\n quota_rule = *:bytes=%d\n quota_grace = 0\n}\n", opts.Quota)
	}
	files := map[string][]byte{"dovecot.conf": []byte(config), "cert.pem": cert.CertPEM, "key.pem": cert.KeyPEM}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "mail"), 0o700); err != nil {
		tb.Fatal(err)
	}
	if root {
		uid, _ := strconv.Atoi(owner.Uid)
		gid, _ := strconv.Atoi(owner.Gid)
		if err := os.Chown(filepath.Join(dir, "mail"), uid, gid); err != nil {
			tb.Fatal(err)
		}
		if err := os.Chmod(dir, 0o755); err != nil {
			tb.Fatal(err)
		}
	}
}

func dovecotBase(dir string, port int, owner *user.User, opts DovecotOptions) string {
	maxConns := opts.MaxConns
	if maxConns == 0 {
		maxConns = 100
	}
	ssl := "required"
	if opts.Plain {
		ssl = "no\ndisable_plaintext_auth = no"
	}
	plain, implicit := port, 0
	if opts.Implicit {
		plain, implicit = 0, port
	}
	return fmt.Sprintf(`base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap
listen = 127.0.0.1
ssl = %[8]s
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
mail_uid = %[2]s
mail_gid = %[3]s
first_valid_uid = 1
first_valid_gid = 1
auth_failure_delay = 0
mail_max_userip_connections = %[4]d
passdb {
 driver = static
 args = password=%[5]s
}
userdb {
 driver = static
 args = uid=%[2]s gid=%[3]s home=%[1]s/mail/%%u.home
}
service imap-login {
 inet_listener imap {
  port = %[6]d
 }
 inet_listener imaps {
  port = %[7]d
  ssl = yes
 }
}
`, dir, owner.Uid, owner.Gid, maxConns, "{PLAIN.HEX}"+fmt.Sprintf("%x", Password), plain, implicit, ssl)
}

// dovecotStore says how mail is kept.
func dovecotStore(dir string, opts DovecotOptions) string {
	format, fsync := opts.Format, opts.Fsync
	if format == "" {
		format = "maildir"
	}
	if fsync == "" {
		fsync = "never"
	}
	return fmt.Sprintf("mail_location = %s:%s/mail/%%u\nmail_fsync = %s\n", format, dir, fsync)
}

// dovecotCaps is what Dovecot 2.3 offers by itself; there is no setting to take something out of it.
const dovecotCaps = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT " +
	"MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT " +
	"SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE"

func dovecotOffers(opts DovecotOptions) string {
	if len(opts.Hide) == 0 {
		return ""
	}
	left := slices.DeleteFunc(strings.Fields(dovecotCaps), func(name string) bool {
		return slices.ContainsFunc(opts.Hide, func(hidden string) bool { return strings.EqualFold(hidden, name) })
	})
	if opts.Quota > 0 {
		left = append(left, "QUOTA")
	}
	return "imap_capability = " + strings.Join(left, " ") + "\n"
}

func dovecotNamespace(dots bool) string {
	separator, prefix := "/", ""
	if dots {
		separator, prefix = ".", "INBOX."
	}
	config := fmt.Sprintf("namespace inbox {\n inbox = yes\n separator = %s\n prefix = %s\n", separator, prefix)
	for _, name := range []string{"Sent", "Drafts", "Trash", "Junk"} {
		config += fmt.Sprintf(" mailbox %s {\n  special_use = \\%s\n }\n", name, name)
	}
	return config + " mailbox Archive {\n  special_use = \\Archive\n  auto = create\n }\n}\n"
}

// dovecotRootless lets the current user be all the users that Dovecot has.
func dovecotRootless(tb testing.TB, owner *user.User) string {
	tb.Helper()
	group, err := user.LookupGroupId(owner.Gid)
	if err != nil {
		tb.Fatal(err)
	}
	config := fmt.Sprintf("default_internal_user = %[1]s\ndefault_login_user = %[1]s\ndefault_internal_group = %[2]s\n", owner.Username, group.Name)
	for _, service := range []string{"anvil", "imap-login", "pop3-login"} {
		config += fmt.Sprintf("service %s {\n chroot =\n}\n", service)
	}
	return config
}

func runDovecot(tb testing.TB, dir string, port int, implicit bool) {
	tb.Helper()
	command := exec.Command(dovecotPath, "-F", "-c", filepath.Join(dir, "dovecot.conf"))
	var output strings.Builder
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		tb.Skipf("dovecot: %v", err)
	}
	tb.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		_ = command.Wait()
	})
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if answers(port, implicit) {
			return
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			tb.Fatalf("dovecot does not answer\n%s\n%s", output.String(), log)
		}
	}
}

// answers tells whether a server greets, or with implicit TLS accepts.
func answers(port int, implicit bool) bool {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), time.Second)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	if implicit {
		return true
	}
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	line, err := bufio.NewReader(conn).ReadString('\n')
	return err == nil && strings.HasPrefix(line, "* OK")
}
