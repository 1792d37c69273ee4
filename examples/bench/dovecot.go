package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// dovecotPath is where it is on all systems that package it.
const dovecotPath = "/usr/sbin/dovecot"

// password lets every user in.
const password = "bench"

var errNoServer = errors.New("no Dovecot 2.3 at " + dovecotPath)

// A server is a private Dovecot. Each name is that of a user.
type server struct {
	dir     string
	store   string
	port    int
	version string
	process *exec.Cmd
}

// startServer starts Dovecot below dir, on the given cores. The caller stops it.
func startServer(ctx context.Context, dir, format, fsync string, on cores) (*server, error) {
	version, err := exec.CommandContext(ctx, dovecotPath, "--version").Output()
	if err != nil || !strings.HasPrefix(string(version), "2.3") {
		return nil, errNoServer
	}
	s := &server{dir: dir, store: filepath.Join(dir, "mail"), version: strings.Fields(string(version))[0]}
	if s.port, err = freePort(); err != nil {
		return nil, err
	}
	if err := s.configure(format, fsync); err != nil {
		return nil, fmt.Errorf("dovecot: %w", err)
	}
	s.process = on.command(dovecotPath, "-F", "-c", filepath.Join(dir, "dovecot.conf"))
	var output strings.Builder
	s.process.Stdout, s.process.Stderr = &output, &output
	if err := s.process.Start(); err != nil {
		return nil, fmt.Errorf("dovecot: %w", err)
	}
	if err := s.await(ctx); err != nil {
		s.stop()
		return nil, fmt.Errorf("dovecot: %w: %s", err, output.String())
	}
	return s, nil
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(port)
}

func (s *server) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// stop ends the server and waits until it has.
func (s *server) stop() {
	_ = s.process.Process.Signal(os.Interrupt)
	_ = s.process.Wait()
}

// await waits until somebody can sign in.
func (s *server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		c, err := dial(ctx, s.addr(), "nobody")
		if err == nil {
			c.close()
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// configure writes the configuration and makes the place for mail.
func (s *server) configure(format, fsync string) error {
	owner, err := mailOwner()
	if err != nil {
		return err
	}
	config := fmt.Sprintf(dovecotConfig, s.dir, owner.Uid, owner.Gid, s.port, format, fsync, password)
	if os.Getuid() != 0 {
		group, err := user.LookupGroupId(owner.Gid)
		if err != nil {
			return err
		}
		config += fmt.Sprintf(dovecotRootless, owner.Username, group.Name)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "dovecot.conf"), []byte(config), 0o600); err != nil {
		return err
	}
	if err := errors.Join(os.MkdirAll(s.store, 0o700), os.Chmod(s.dir, 0o755)); err != nil || os.Getuid() != 0 {
		return err
	}
	uid, err1 := strconv.Atoi(owner.Uid)
	gid, err2 := strconv.Atoi(owner.Gid)
	return errors.Join(err1, err2, os.Chown(s.store, uid, gid))
}

// mailOwner is who the mail belongs to: the current user, or one without rights where that is root, which Dovecot refuses.
func mailOwner() (*user.User, error) {
	if os.Getuid() != 0 {
		return user.Current()
	}
	for _, name := range []string{"vmail", "mail", "nobody"} {
		if owner, err := user.Lookup(name); err == nil {
			return owner, nil
		}
	}
	return nil, errors.New("no user to run its mail processes")
}

const dovecotConfig = `base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = %[5]s:%[1]s/mail/%%u
mail_uid = %[2]s
mail_gid = %[3]s
first_valid_uid = 1
first_valid_gid = 1
mail_fsync = %[6]s
mail_max_userip_connections = 100
passdb {
 driver = static
 args = password=%[7]s
}
userdb {
 driver = static
 args = uid=%[2]s gid=%[3]s home=%[1]s/mail/%%u.home
}
namespace inbox {
 inbox = yes
 separator = /
}
service imap-login {
 inet_listener imap {
  port = %[4]d
 }
 inet_listener imaps {
  port = 0
 }
}
`

const dovecotRootless = `default_internal_user = %[1]s
default_login_user = %[1]s
default_internal_group = %[2]s
service anvil {
 chroot =
}
service imap-login {
 chroot =
}
`

// mailboxes makes the folders of a user.
func (s *server) mailboxes(ctx context.Context, user string, folders int) error {
	c, err := dial(ctx, s.addr(), user)
	if err != nil {
		return err
	}
	defer c.close()
	for folder := range folders {
		if _, err := c.command("CREATE " + folderName(folder)); err != nil {
			return err
		}
	}
	return nil
}

// holds counts the messages of a user.
func (s *server) holds(ctx context.Context, user string) (total int, err error) {
	c, err := dial(ctx, s.addr(), user)
	if err != nil {
		return 0, err
	}
	defer c.close()
	lines, err := c.command(`LIST "" "*"`)
	if err != nil {
		return 0, err
	}
	for _, line := range lines {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[1] != "LIST" || strings.Contains(line, `\NonExistent`) {
			continue
		}
		n, err := c.messages(fields[len(fields)-1])
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// forget removes a user's mail.
func (s *server) forget(user string) error {
	return errors.Join(os.RemoveAll(filepath.Join(s.store, user)), os.RemoveAll(filepath.Join(s.store, user+".home")))
}
