package imaptest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"testing"
)

const (
	courierLogin  = "/usr/lib/courier/courier/imaplogin"
	courierServer = "/usr/bin/imapd"
)

// Courier starts a private Courier IMAP 5.0 for [User], and skips the test where there is none or where it can't be started: that
// takes root and a mount namespace, because the places of its files are compiled in. It serves plain text only, with
// all mailboxes below "INBOX." and "." between names. Debian's courier-base and courier-authlib-userdb must be installed;
// courier-imap, which conflicts with other IMAP servers, may also have been unpacked (dpkg -x) below the directory that COURIER_ROOT
// names, or /opt/courier.
func Courier(tb testing.TB) *Server {
	tb.Helper()
	login := unpacked(tb, "COURIER_ROOT", "/opt/courier", courierLogin)
	imapd := unpacked(tb, "COURIER_ROOT", "/opt/courier", courierServer)
	if os.Getuid() != 0 || login == "" || imapd == "" || !executable("/usr/sbin/couriertcpd") || !executable("/usr/sbin/makeuserdb") {
		tb.Skip("no Courier, or not root")
	}
	if err := exec.Command("unshare", "--mount", "true").Run(); err != nil {
		tb.Skipf("courier: no mount namespace: %v", err)
	}
	owner, root := mailOwner(tb)
	if !root {
		tb.Skip("not root")
	}
	dir, port := serverDir(tb, "courier"), freePort(tb)
	writeCourier(tb, dir, owner)
	c := exec.Command("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "sh", "-eu", "-c", courierScript,
		"sh", dir, fmt.Sprint(port), login, imapd)
	c.Env = append(os.Environ(), "IMAP_CAPABILITY=IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE",
		"IMAP_KEYWORDS=1", "IMAP_ACL=0", "IMAP_STARTTLS=NO", "IMAP_CHECK_ALL_FOLDERS=0", "IMAP_OBSOLETE_CLIENT=0", "IMAP_USELOCKS=1",
		"IMAP_ENHANCEDIDLE=0", "IMAP_IDLE_TIMEOUT=60", "IMAP_TRASHFOLDERNAME=Trash", "IMAP_EMPTYTRASH=", "IMAP_MOVE_EXPUNGE_TO_TRASH=0",
		"IMAP_MAILBOX_SANITY_CHECK=0", "MAXDAEMONS=40", "MAXPERIP=40", "SENDMAIL=/bin/false", "HEADERFROM=X-IMAP-Sender")
	daemon(tb, port, dir, c)
	return &Server{Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}}
}

// courierScript puts private directories where Courier looks for its users and its authentication socket. The
// namespaces end with it, and all processes with them.
const courierScript = `
mount --bind "$1/etc" /etc/courier
mkdir -p /run/courier
mount --bind "$1/run" /run/courier
makeuserdb
/usr/lib/courier/courier-authlib/authdaemond &
while [ ! -S /run/courier/authdaemon/socket ]; do sleep 0.02; done
exec couriertcpd -address=127.0.0.1 -maxprocs=40 -maxperip=40 -nodnslookup -noidentlookup -stderr="$1/log" "$2" "$3" "$4" Maildir
`

// writeCourier makes the account and the configuration.
func writeCourier(tb testing.TB, dir string, owner *user.User) {
	tb.Helper()
	home := dir + "/mail"
	password := command(tb, Password+"\n", "openssl", "passwd", "-1", "-stdin")
	writeFiles(tb, dir, map[string]string{
		"etc/authdaemonrc": "authmodulelist=\"authuserdb\"\nauthmodulelistorig=\"authuserdb\"\ndaemons=5\nauthdaemonvar=/run/courier/authdaemon\n" +
			"DEBUG_LOGIN=0\nDEFAULTOPTIONS=\"\"\nLOGGEROPTS=\"\"\n",
		"etc/userdb": fmt.Sprintf("%s\thome=%s|mail=%s/Maildir|uid=%s|gid=%s|systempw=%s\n", User, home, home, owner.Uid, owner.Gid, password),
	})
	for _, sub := range []string{"run/authdaemon", "mail"} {
		if err := os.MkdirAll(dir+"/"+sub, 0o755); err != nil {
			tb.Fatal(err)
		}
	}
	command(tb, "", "maildirmake", home+"/Maildir")
	command(tb, "", "chown", "-R", owner.Uid+":"+owner.Gid, home)
}
