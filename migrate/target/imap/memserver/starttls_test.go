package memserver_test

import (
	"bufio"
	"crypto/tls"
	"strings"
	"testing"

	"unpop/migrate/target/imap/memserver"
)

// TestStartTLS talks without TLS first, as far as it goes, and then does everything within.
func TestStartTLS(t *testing.T) {
	t.Parallel()
	server := withOptions(t, memserver.Options{Security: memserver.StartTLS, Hide: []string{"SASL-IR"}})
	c := connect(t, server)
	const caps = "IMAP4rev1 LITERAL- STARTTLS LOGINDISABLED"
	c.says("", "* OK [CAPABILITY "+caps+"] IMAP server ready\r\n")
	c.says("a CAPABILITY\r\nb NOOP\r\n", "* CAPABILITY "+caps+"\r\na OK CAPABILITY completed\r\nb OK NOOP completed\r\n")
	c.says("a LOGIN anna pw\r\n", "a NO [PRIVACYREQUIRED] TLS is required to authenticate\r\n")
	c.says("a AUTHENTICATE PLAIN\r\n", "a NO [PRIVACYREQUIRED] TLS is required to authenticate\r\n")
	c.says("a SELECT INBOX\r\n\r\n", "a BAD This command is only valid in the authenticated state\r\n* BAD Syntax error\r\n")
	c.says("a STARTTLS\r\n", "a OK Begin TLS negotiation now\r\n")
	c.conn = tls.Client(c.conn, &tls.Config{RootCAs: server.CertPool(), ServerName: "localhost", MinVersion: tls.VersionTLS12})
	c.in = bufio.NewReader(c.conn)
	c.says("a CAPABILITY\r\n", "* CAPABILITY IMAP4rev1 LITERAL- AUTH=PLAIN\r\na OK CAPABILITY completed\r\n")
	c.says("a STARTTLS\r\n", "a NO STARTTLS not supported\r\n")
	if said := c.answers("LOGIN anna pw"); !strings.Contains(said, " MULTIAPPEND ") || strings.Contains(said, "SASL-IR") {
		t.Errorf("LOGIN: got %q, want MULTIAPPEND offered, and SASL-IR not", said)
	}
	c.says(batch, "b OK [APPENDUID 1 1:3] APPEND completed\r\n")
	other := connect(t, server)
	other.says("", "* OK [CAPABILITY "+caps+"] IMAP server ready\r\n")
	other.says("a LOGOUT\r\n", "* BYE Logging out\r\na OK LOGOUT completed\r\n")
	other.ended("LOGOUT")
}

// TestImplicitTLS: what stands below TLS sees plain text too.
func TestImplicitTLS(t *testing.T) {
	t.Parallel()
	server := withOptions(t, memserver.Options{Security: memserver.ImplicitTLS})
	c := connect(t, server)
	c.conn = tls.Client(c.conn, &tls.Config{RootCAs: server.CertPool(), ServerName: "localhost", MinVersion: tls.VersionTLS12})
	c.in = bufio.NewReader(c.conn)
	c.says("", "* OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL- AUTH=PLAIN] IMAP server ready\r\n")
	c.asks("LOGIN anna pw", "a OK", "LITERAL+ MULTIAPPEND APPENDLIMIT=")
	c.says(batch, "b OK [APPENDUID 1 1:3] APPEND completed\r\n")
}
