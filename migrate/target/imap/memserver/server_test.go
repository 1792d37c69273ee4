package memserver_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"unpop/migrate"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/memserver"
)

func start(t *testing.T, opts memserver.Options) (*memserver.Server, migrate.Session) {
	t.Helper()
	opts.Users = map[string]string{"anna@example.org": "pw", "bert": "pw"}
	server, err := memserver.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server, dial(t, server, "anna@example.org")
}

func dial(t *testing.T, server *memserver.Server, user string) migrate.Session {
	t.Helper()
	opts, err := imap.ParseURL(server.URL(user))
	if err != nil {
		t.Fatal(err)
	}
	opts.RootCAs, opts.Plaintext = server.CertPool(), true
	opts.Password = func(context.Context) (migrate.Secret, error) { return "pw", nil }
	session, err := imap.New(opts).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return session
}

func TestRolesAndPrefix(t *testing.T) {
	t.Parallel()
	_, session := start(t, memserver.Options{
		Security: memserver.ImplicitTLS, Prefix: "INBOX.", Delimiter: '.', AppendMax: 1000,
		Mailboxes: []migrate.MailboxInfo{{Name: "INBOX.Posta inviata", Role: migrate.RoleSent}},
	})
	arranger, _ := session.(migrate.Arranger)
	if made, err := arranger.Create(t.Context(), "INBOX.Cestino", migrate.RoleTrash); !made || err != nil {
		t.Errorf("Create: got %v and %v, want it made", made, err)
	}
	var refused *migrate.TargetError
	if _, err := arranger.Create(t.Context(), "Clienti", migrate.RoleNone); !errors.As(err, &refused) || refused.Kind != migrate.Refused {
		t.Errorf("Create outside of the prefix: got %v, want Refused", err)
	}
	roles := map[string]migrate.Role{}
	infos, err := arranger.Mailboxes(t.Context())
	for _, info := range infos {
		roles[info.Name] = info.Role
	}
	if err != nil || len(roles) != 3 || roles["INBOX"] != migrate.RoleInbox || roles["INBOX.Posta inviata"] != migrate.RoleSent ||
		roles["INBOX.Cestino"] != migrate.RoleTrash {
		t.Errorf("Mailboxes: got %v and %v, want INBOX, sent and trash with their roles", infos, err)
	}
	survey, err := arranger.Survey(t.Context())
	if err != nil || survey.Prefix != "INBOX." || survey.Delimiter != '.' || survey.AppendMax != 1000 {
		t.Errorf("Survey: got %+v and %v, want prefix, delimiter and limit as set", survey, err)
	}
}

func message(size int) migrate.Outgoing {
	content := "Subject: x\r\n\r\n" + strings.Repeat("x", size-14)
	return migrate.Outgoing{
		Size: int64(size), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil },
	}
}

// TestQuotaIsPerUser fills one account; the other has room.
func TestQuotaIsPerUser(t *testing.T) {
	t.Parallel()
	server, anna := start(t, memserver.Options{Quota: 1000})
	for _, c := range []struct {
		session migrate.Session
		sizes   []int
		want    int
	}{{anna, []int{600, 600}, 1}, {anna, []int{400}, 1}, {anna, []int{15}, 0}, {dial(t, server, "bert"), []int{1000}, 1}} {
		var batch []migrate.Outgoing
		for _, size := range c.sizes {
			batch = append(batch, message(size))
		}
		if _, err := c.session.Select(t.Context(), "INBOX"); err != nil {
			t.Fatal(err)
		}
		stored := 0
		err := c.session.Append(t.Context(), slices.Values(batch), func(_ int, r migrate.Receipt) {
			if r.Err == nil {
				stored++
			}
		})
		var full *migrate.TargetError
		if stored != c.want || (stored < len(batch)) != (errors.As(err, &full) && full.Kind == migrate.Full) {
			t.Errorf("sizes %v: got %d stored and %v, want %d and Full for the rest", c.sizes, stored, err, c.want)
		}
	}
}

func TestCloseEndsSessions(t *testing.T) {
	t.Parallel()
	server, session := start(t, memserver.Options{Security: memserver.StartTLS})
	if err := server.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if _, err := session.Select(t.Context(), "INBOX"); err == nil {
		t.Error("Select after the server's end: got no error, want one")
	}
	if !strings.HasPrefix(string(server.CertPEM()), "-----BEGIN CERTIFICATE-----") {
		t.Errorf("CertPEM: got %q, want a PEM certificate", server.CertPEM())
	}
}
