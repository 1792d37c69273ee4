package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// patience bounds every wait for an answer, so that a contender that hangs ends the benchmark.
const patience = 2 * time.Minute

// A client is as much of IMAP as setting up and counting take.
type client struct {
	conn net.Conn
	r    *bufio.Reader
	tags int
}

// dial connects and signs in.
func dial(ctx context.Context, addr, user string) (*client, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	c := &client{conn: conn, r: bufio.NewReader(conn)}
	if err = conn.SetDeadline(time.Now().Add(patience)); err == nil {
		_, err = c.command("LOGIN " + user + " " + password)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *client) close() { _ = c.conn.Close() }

// command sends a command and returns the untagged responses.
func (c *client) command(text string) (untagged []string, err error) {
	c.tags++
	tag := strconv.Itoa(c.tags)
	if _, err := fmt.Fprintf(c.conn, "%s %s\r\n", tag, text); err != nil {
		return nil, err
	}
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		line = strings.TrimRight(line, "\r\n")
		rest, tagged := strings.CutPrefix(line, tag+" ")
		switch {
		case tagged && strings.HasPrefix(rest, "OK"):
			return untagged, nil
		case tagged, strings.HasPrefix(line, "* BYE"):
			word, _, _ := strings.Cut(text, " ")
			return nil, fmt.Errorf("imap: %s: %s", word, line)
		}
		untagged = append(untagged, line)
	}
}

// messages counts those of a mailbox, whose name comes from the server.
func (c *client) messages(mailbox string) (int, error) {
	lines, err := c.command("STATUS " + mailbox + " (MESSAGES)")
	if err != nil {
		return 0, err
	}
	for _, line := range lines {
		if _, rest, ok := strings.Cut(line, "(MESSAGES "); ok {
			return strconv.Atoi(strings.TrimRight(rest, ")"))
		}
	}
	return 0, fmt.Errorf("imap: STATUS: no number in %q", lines)
}
