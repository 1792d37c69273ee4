package imaptest

import (
	"crypto/tls"
	"testing"
	"time"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Message is what a server holds.
type Message struct {
	UID      uint32
	Flags    []string
	Received time.Time
	Body     []byte
}

// Dump returns every message of a user by mailbox, in the order of their UIDs. Empty mailboxes are in it. It reads through
// a client of its own that knows nothing of the code under test.
func (s *Server) Dump(tb testing.TB, user string) map[string][]Message {
	tb.Helper()
	client := s.client(tb, user)
	defer func() { _ = client.Close() }()
	list, err := client.List("", "*", nil).Collect()
	if err != nil {
		tb.Fatalf("list: %v", err)
	}
	held := make(map[string][]Message, len(list))
	for _, box := range list {
		if !hasAttr(box.Attrs, goimap.MailboxAttrNoSelect) {
			held[box.Mailbox] = dumpMailbox(tb, client, box.Mailbox)
		}
	}
	return held
}

func hasAttr(attrs []goimap.MailboxAttr, want goimap.MailboxAttr) bool {
	for _, attr := range attrs {
		if attr == want {
			return true
		}
	}
	return false
}

func (s *Server) client(tb testing.TB, user string) *imapclient.Client {
	tb.Helper()
	options := &imapclient.Options{TLSConfig: &tls.Config{RootCAs: s.Pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}}
	dial := imapclient.DialInsecure
	switch {
	case s.Implicit:
		dial = imapclient.DialTLS
	case s.Secure:
		dial = imapclient.DialStartTLS
	}
	client, err := dial(s.Addr.String(), options)
	if err != nil {
		tb.Fatalf("dial: %v", err)
	}
	if err := client.Login(user, Password).Wait(); err != nil {
		_ = client.Close()
		tb.Fatalf("login: %v", err)
	}
	return client
}

func dumpMailbox(tb testing.TB, client *imapclient.Client, name string) []Message {
	tb.Helper()
	data, err := client.Select(name, &goimap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		tb.Fatalf("examine %q: %v", name, err)
	}
	if data.NumMessages == 0 {
		return nil
	}
	section := &goimap.FetchItemBodySection{Peek: true}
	fetched, err := client.Fetch(goimap.SeqSet{{Start: 1, Stop: 0}}, &goimap.FetchOptions{
		UID: true, Flags: true, InternalDate: true, BodySection: []*goimap.FetchItemBodySection{section},
	}).Collect()
	if err != nil {
		tb.Fatalf("fetch %q: %v", name, err)
	}
	messages := make([]Message, 0, len(fetched))
	for _, m := range fetched {
		message := Message{UID: uint32(m.UID), Received: m.InternalDate, Body: m.FindBodySection(section)}
		for _, flag := range m.Flags {
			message.Flags = append(message.Flags, string(flag))
		}
		messages = append(messages, message)
	}
	return messages
}
