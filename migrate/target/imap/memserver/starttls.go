package memserver

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"time"
)

// clearTimeout is how long a client may take for a command before TLS.
const clearTimeout = 30 * time.Second

// startTLS greets a client in go-imap's words and serves it until it has asked for TLS. Whatever comes before that and isn't harmless is refused.
func (w *wire) startTLS(greeting []byte) error {
	greeting = bytes.Replace(offer(greeting, w.server.hides), []byte(" AUTH=PLAIN"), []byte(" STARTTLS LOGINDISABLED"), 1)
	list, _, ok := capabilities(greeting)
	if !ok {
		return fmt.Errorf("starttls: no capabilities in %q", greeting)
	}
	_ = w.Conn.SetDeadline(time.Now().Add(clearTimeout))
	if _, err := w.Conn.Write(greeting); err != nil {
		return err
	}
	for in := bufio.NewReader(w.Conn); ; {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		_ = w.Conn.SetDeadline(time.Now().Add(clearTimeout))
		c := commandOf(line)
		if _, err := io.WriteString(w.Conn, clearAnswer(c, list)); err != nil {
			return err
		}
		switch c.name {
		case "LOGOUT":
			return errors.New("starttls: logged out")
		case "STARTTLS":
			w.secure()
			return nil
		}
	}
}

// secure begins with TLS.
func (w *wire) secure() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.Conn.SetDeadline(time.Time{})
	w.Conn, w.upgrade = tls.Server(w.Conn, w.upgrade), nil
}

// clearAnswer is what a command gets before TLS.
func clearAnswer(c command, capabilities []byte) string {
	switch c.name {
	case "":
		return "* BAD Syntax error\r\n"
	case "CAPABILITY":
		return fmt.Sprintf("* CAPABILITY %s\r\n%s OK CAPABILITY completed\r\n", capabilities, c.tag)
	case "NOOP":
		return c.tag + " OK NOOP completed\r\n"
	case "LOGOUT":
		return "* BYE Logging out\r\n" + c.tag + " OK LOGOUT completed\r\n"
	case "STARTTLS":
		return c.tag + " OK Begin TLS negotiation now\r\n"
	case "LOGIN", "AUTHENTICATE":
		return c.tag + " NO [PRIVACYREQUIRED] TLS is required to authenticate\r\n"
	}
	return c.tag + " BAD This command is only valid in the authenticated state\r\n"
}
