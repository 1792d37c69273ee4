package imaptest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"unpop/migrate/target/imap/memserver"
)

// cyrusBin is where Debian's cyrus-common puts Cyrus. Its imapd is in a package that conflicts with other IMAP servers, so that
// it may also have been unpacked (dpkg -x) below the directory that CYRUS_ROOT names, or /opt/cyrus.
const cyrusBin = "/usr/lib/cyrus/bin"

// Cyrus starts a private Cyrus IMAP 3.6 for [User], and skips the test where there is none or where it can't be started: that
// takes root. It serves plain text and STARTTLS, has no prefix and "/" between names.
func Cyrus(tb testing.TB) *Server {
	tb.Helper()
	return cyrus(tb, true, cyrusSlashes)
}

// DottedCyrus is [Cyrus] as its makers set it up: all mailboxes lie below "INBOX.", with dots between names.
func DottedCyrus(tb testing.TB) *Server {
	tb.Helper()
	return cyrus(tb, true, cyrusDots)
}

// PlainCyrus is [Cyrus] without TLS, so that a proxy can read along.
func PlainCyrus(tb testing.TB) *Server {
	tb.Helper()
	return cyrus(tb, false, cyrusSlashes)
}

// How Cyrus names mailboxes.
const (
	cyrusSlashes = "unixhierarchysep: yes\naltnamespace: yes\n"
	cyrusDots    = "unixhierarchysep: no\naltnamespace: no\n"
)

func cyrus(tb testing.TB, secure bool, names string) *Server {
	tb.Helper()
	imapd := unpacked(tb, "CYRUS_ROOT", "/opt/cyrus", cyrusBin+"/imapd")
	owner, err := user.Lookup("cyrus")
	if err != nil || os.Getuid() != 0 || imapd == "" || !executable(cyrusBin+"/master") || !executable("/usr/sbin/saslpasswd2") {
		tb.Skip("no Cyrus, or not root")
	}
	dir := serverDir(tb, "cyrus")
	cert, err := memserver.NewCertificate()
	if err != nil {
		tb.Fatal(err)
	}
	port := freePort(tb)
	writeFiles(tb, dir, map[string]string{
		"imapd.conf": cyrusConfig(dir, secure) + names, "cyrus.conf": cyrusServices(dir, imapd, port),
		"cert.pem": string(cert.CertPEM), "key.pem": string(cert.KeyPEM),
	})
	name, realm, _ := strings.Cut(User, "@")
	command(tb, Password, "/usr/sbin/saslpasswd2", "-p", "-c", "-f", filepath.Join(dir, "sasldb"), "-u", realm, name)
	command(tb, "", "chown", "-R", owner.Username+":"+owner.Gid, dir)
	daemon(tb, port, dir, exec.Command("setsid", cyrusBin+"/master", "-C", dir+"/imapd.conf", "-M", dir+"/cyrus.conf", "-p", dir+"/master.pid"))
	return &Server{Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}, Secure: secure, Pool: cert.Pool, CertPEM: cert.CertPEM}
}

func cyrusConfig(dir string, secure bool) string {
	keys := ""
	if secure {
		keys = fmt.Sprintf("tls_server_cert: %[1]s/cert.pem\ntls_server_key: %[1]s/key.pem\n", dir)
	}
	return keys + fmt.Sprintf(`configdirectory: %[1]s/conf
partition-default: %[1]s/mail
defaultpartition: default
sievedir: %[1]s/conf/sieve
admins: cyrus
allowplaintext: yes
virtdomains: userid
defaultdomain: localhost
servername: localhost
autocreate_quota: 0
autocreate_quota_messages: -1
sasl_mech_list: PLAIN
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: %[1]s/sasldb
maxlogins_per_user: 0
maxlogins_per_host: 0
`, dir)
}

func cyrusServices(dir, imapd string, port int) string {
	return fmt.Sprintf(`START {
  recover cmd="%[1]s/ctl_cyrusdb -C %[2]s/imapd.conf -r"
}
SERVICES {
  imap cmd="%[3]s -C %[2]s/imapd.conf" listen="127.0.0.1:%[4]d" prefork=0 maxchild=100 proto="tcp4"
}
EVENTS {
  checkpoint cmd="%[1]s/ctl_cyrusdb -C %[2]s/imapd.conf -c" period=60
}
`, cyrusBin, dir, imapd, port)
}

// unpacked finds a program where its package puts it, or below the directory of an environment variable or else the usual one.
func unpacked(tb testing.TB, variable, usual, path string) string {
	tb.Helper()
	root := os.Getenv(variable)
	if root == "" {
		root = usual
	}
	for _, full := range []string{filepath.Join(root, path), path} {
		if executable(full) {
			return full
		}
	}
	return ""
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// serverDir is a directory with a short name, because Unix socket names have little room, that everybody may look into.
func serverDir(tb testing.TB, name string) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", name)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		tb.Fatal(err)
	}
	return dir
}

func writeFiles(tb testing.TB, dir string, files map[string]string) {
	tb.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
}

// command runs a program that must succeed, and returns what it prints.
func command(tb testing.TB, input, name string, args ...string) string {
	tb.Helper()
	c := exec.Command(name, args...)
	c.Stdin = strings.NewReader(input)
	var complaints strings.Builder
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil {
		tb.Fatalf("%s: %v\n%s", filepath.Base(name), err, complaints.String())
	}
	return strings.TrimSpace(string(out))
}

// daemon runs a server until the test ends, and returns when it answers. What it prints goes to a file, which its own children
// may hold for longer than it lives.
func daemon(tb testing.TB, port int, dir string, c *exec.Cmd) {
	tb.Helper()
	output, err := os.Create(filepath.Join(dir, "output"))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = output.Close() }()
	c.Stdout, c.Stderr = output, output
	if err := c.Start(); err != nil {
		tb.Skipf("%s: %v", filepath.Base(c.Path), err)
	}
	tb.Cleanup(func() { stop(c) })
	for deadline := time.Now().Add(20 * time.Second); !answers(port, false); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			printed, _ := os.ReadFile(output.Name())
			tb.Fatalf("%s does not answer\n%s", filepath.Base(c.Path), printed)
		}
	}
}

// stop asks a server to end, and makes it end if it doesn't.
func stop(c *exec.Cmd) {
	_ = c.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(5*time.Second, func() { _ = c.Process.Kill() })
	defer timer.Stop()
	_ = c.Wait()
}
