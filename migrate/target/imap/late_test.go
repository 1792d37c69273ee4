package imap_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap"
)

// A lateServer answers UID FETCH of one message each only when that many have come, and the last first.
type lateServer struct{ answer int }

func (s *lateServer) dial(t *testing.T) migrate.Session {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		if conn, err := listener.Accept(); err == nil {
			s.serve(conn)
		}
	}()
	addr, _ := listener.Addr().(*net.TCPAddr)
	target := imap.New(imap.Options{Host: "127.0.0.1", Port: addr.Port, User: "anna", Plaintext: true, Timeout: 5 * time.Second})
	session, err := target.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return session
}

var fetchOfOne = regexp.MustCompile(`^(\S+) UID FETCH (\d+) `)

func (s *lateServer) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "* PREAUTH [CAPABILITY IMAP4rev1] ready\r\n")
	var waiting []string
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		fetch := fetchOfOne.FindStringSubmatch(lines.Text())
		if fetch == nil {
			tag, _, _ := strings.Cut(lines.Text(), " ")
			_, _ = io.WriteString(conn, tag+" OK done\r\n")
			continue
		}
		answer := fmt.Sprintf("* %[2]s FETCH (UID %[2]s RFC822.SIZE 100 FLAGS ())\r\n%[1]s OK done\r\n", fetch[1], fetch[2])
		if waiting = append(waiting, answer); len(waiting) < s.answer {
			continue
		}
		for len(waiting) > 0 {
			_, _ = io.WriteString(conn, waiting[len(waiting)-1])
			waiting = waiting[:len(waiting)-1]
		}
	}
}
