package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// A peer is a program by others. It is configured as its documentation shows, to read a store on this disk and to put
// all of it into the account.
type peer struct {
	contender
	program string
	version []string // arguments that make it tell
}

var peers = []peer{
	{contender{key: "mbsync", name: "mbsync", store: "maildir", counts: mbsyncCounts, run: mbsync}, "mbsync", []string{"--version"}},
	{contender{key: "offlineimap", name: "offlineimap", store: "maildir", counts: offlineCounts, run: offlineimap}, "offlineimap", []string{"--version"}},
	{contender{key: "imaplib", name: "Python imaplib", store: "mbox", boxes: true, counts: loopCounts, run: imaplib}, "python3", []string{"--version"}},
	{contender{key: "mailutil", name: "mailutil", store: "mbox", boxes: true, counts: mailutilCounts, run: mailutil}, "mailutil", nil},
}

var versionNumber = regexp.MustCompile(`\d+[a-z]?(\.\d+)+`)

// installed tells whether the program is there, and its version.
func (p *peer) installed(ctx context.Context) (version string, ok bool) {
	path, err := exec.LookPath(p.program)
	if err != nil {
		return "", false
	}
	out, _ := exec.CommandContext(ctx, path, p.version...).CombinedOutput() // mailutil tells its version and fails
	if p.key == "mailutil" && !strings.Contains(string(out), "Standard switches") {
		return "", false // that of GNU is another program
	}
	return versionNumber.FindString(string(out)), true
}

// write makes a file in the job's directory and returns its name.
func (j *job) write(name, text string) (string, error) {
	path := filepath.Join(j.dir, name)
	return path, os.WriteFile(path, []byte(text), 0o600)
}

func (j *job) hostPort() (host, port string) {
	host, port, _ = net.SplitHostPort(j.addr) // it is ours
	return host, port
}

func mbsync(ctx context.Context, j *job) (timing, error) {
	host, port := j.hostPort()
	config, err := j.write("mbsyncrc", fmt.Sprintf(`IMAPAccount bench
Host %s
Port %s
User %s
Pass %s
SSLType None
AuthMechs LOGIN

IMAPStore far
Account bench

MaildirStore near
Path %s/
SubFolders Verbatim

Channel bench
Far :far:
Near :near:
Patterns *
Create Far
Sync Push
SyncState *
`, host, port, j.user, password, j.store))
	if err != nil {
		return timing{}, err
	}
	command := exec.CommandContext(ctx, "mbsync", "-c", config, "-q", "-a")
	command.Env = append(os.Environ(), "HOME="+j.dir)
	return execute(ctx, command)
}

func offlineimap(ctx context.Context, j *job) (timing, error) {
	host, port := j.hostPort()
	config, err := j.write("offlineimaprc", fmt.Sprintf(`[general]
accounts = bench
metadata = %s/offlineimap
ui = quiet

[Account bench]
localrepository = near
remoterepository = far

[Repository near]
type = Maildir
localfolders = %s

[Repository far]
type = IMAP
remotehost = %s
remoteport = %s
remoteuser = %s
remotepass = %s
ssl = no
starttls = no
auth_mechanisms = PLAIN
`, j.dir, j.store, host, port, j.user, password))
	if err != nil {
		return timing{}, err
	}
	command := exec.CommandContext(ctx, "offlineimap", "-c", config, "-o")
	command.Env = append(os.Environ(), "HOME="+j.dir)
	return execute(ctx, command)
}

// imaplibLoop is what one finds when one looks for how to upload an mbox.
const imaplibLoop = `import imaplib, mailbox, os, sys, time
host, port, user, password = sys.argv[1:5]
imap = imaplib.IMAP4(host, int(port))
imap.login(user, password)
for path in sys.argv[5:]:
    name = os.path.splitext(os.path.basename(path))[0]
    imap.select(name)
    box = mailbox.mbox(path)
    for key in box.iterkeys():
        date = imaplib.Time2Internaldate(time.mktime(time.strptime(box.get_message(key).get_from().split(None, 1)[1])))
        status, answer = imap.append(name, "", date, box.get_bytes(key).replace(b"\n", b"\r\n"))
        if status != "OK":
            sys.exit(repr(answer))
imap.logout()
`

func imaplib(ctx context.Context, j *job) (timing, error) {
	script, err := j.write("loop.py", imaplibLoop)
	if err != nil {
		return timing{}, err
	}
	host, port := j.hostPort()
	args := []string{script, host, port, j.user, password}
	for folder := range j.folders {
		args = append(args, j.mboxPath(folder))
	}
	return execute(ctx, exec.CommandContext(ctx, "python3", args...))
}

func (j *job) mboxPath(folder int) string { return filepath.Join(j.store, folderName(folder)+".mbox") }

// mailutil of UW IMAP copies one mailbox at a time, from below the home directory, which for root is the whole disk. It
// reads the password from a terminal, or where there is none from its standard input.
func mailutil(ctx context.Context, j *job) (timing, error) {
	home, err := mailutilHome()
	if err != nil {
		return timing{}, err
	}
	var commands []*exec.Cmd
	for folder := range j.folders {
		from, err := filepath.Rel(home, j.mboxPath(folder))
		if err != nil {
			return timing{}, err
		}
		to := fmt.Sprintf("{%s/imap/user=%s/notls/norsh}%s", j.addr, j.user, folderName(folder))
		command := exec.CommandContext(ctx, "setsid", "-w", "mailutil", "append", from, to)
		command.Stdin = strings.NewReader(password + "\n")
		commands = append(commands, command)
	}
	return execute(ctx, commands...)
}

func mailutilHome() (string, error) {
	if os.Getuid() == 0 {
		return "/", nil
	}
	return os.UserHomeDir()
}

// suits tells whether a peer can work on mail that lies in a directory.
func (p *peer) suits(dir string) bool {
	if p.key != "mailutil" {
		return true
	}
	if _, err := exec.LookPath("setsid"); err != nil {
		return false
	}
	home, err := mailutilHome()
	if err != nil {
		return false
	}
	below, err := filepath.Rel(home, dir)
	return err == nil && filepath.IsLocal(below)
}
