package imap_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

func TestDelete(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB) *imaptest.Server{
		"memserver": func(tb testing.TB) *imaptest.Server { return imaptest.Start(tb) },
		"memserver dots": func(tb testing.TB) *imaptest.Server {
			return imaptest.Start(tb, func(o *memserver.Options) { o.Prefix, o.Delimiter = "INBOX.", '.' })
		},
		"Dovecot":      func(tb testing.TB) *imaptest.Server { return imaptest.Dovecot(tb, imaptest.DovecotOptions{}) },
		"Dovecot dots": func(tb testing.TB) *imaptest.Server { return imaptest.Dovecot(tb, imaptest.DovecotOptions{Dots: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testDelete(t, start(t))
		})
	}
}

func testDelete(t *testing.T, server *imaptest.Server) {
	s, err := server.Target(imaptest.User).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	arranger, _ := s.(migrate.Arranger)
	deleter, _ := s.(migrate.Deleter)
	survey, err := arranger.Survey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	top := survey.Prefix + "Più"
	child, sibling := top+string(survey.Delimiter)+"sotto", top+" altro"
	for _, name := range []string{top, child, sibling} {
		if _, err := arranger.Create(t.Context(), name, migrate.RoleNone); err != nil {
			t.Fatal(err)
		}
	}
	fill(t, s, child)
	for _, step := range []struct {
		name string
		want error
	}{
		{"INBOX", migrate.ErrNotEmpty},
		{survey.Prefix + "nowhere", migrate.ErrNoMailbox},
		{top, migrate.ErrNotEmpty},   // a mailbox below
		{child, migrate.ErrNotEmpty}, // a message, and it is the selected one
		{sibling, nil},
		{sibling, migrate.ErrNoMailbox},
	} {
		if err := deleter.Delete(t.Context(), step.name); !errors.Is(err, step.want) || step.want == nil && err != nil {
			t.Errorf("Delete(%q): got %v, want %v", step.name, err, step.want)
		}
	}
	if _, err := s.Select(t.Context(), child); err != nil {
		t.Fatal(err)
	}
	if err := s.(migrate.Remover).Remove(t.Context(), []migrate.UID{1}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{child, top} { // the first is selected
		if err := deleter.Delete(t.Context(), name); err != nil {
			t.Errorf("Delete(%q): got %v, want it deleted", name, err)
		}
		if _, err := s.Select(t.Context(), name); !errors.Is(err, migrate.ErrNoMailbox) {
			t.Errorf("Select(%q): got %v, want it gone", name, err)
		}
	}
}

func fill(t *testing.T, s migrate.Session, mailbox string) {
	t.Helper()
	if _, err := s.Select(t.Context(), mailbox); err != nil {
		t.Fatal(err)
	}
	text := "Subject: x\r\n\r\ntext\r\n"
	message := migrate.Outgoing{Size: int64(len(text)), Received: time.Now(), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}}
	if err := s.Append(t.Context(), slices.Values([]migrate.Outgoing{message}), func(int, migrate.Receipt) {}); err != nil {
		t.Fatal(err)
	}
}

func TestScriptDelete(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answers script
		want    error
	}{
		"unsubscribed already": {script{"LIST": "* LIST () \"/\" Box\n%T OK done", "UNSUBSCRIBE": "%T NO not subscribed"}, nil},
		"not a mailbox":        {script{"LIST": "* LIST (\\Noselect) \"/\" Box\n%T OK done"}, migrate.ErrNoMailbox},
		"a message came":       {script{"LIST": "* LIST () \"/\" Box\n%T OK done", "STATUS": "* STATUS Box (MESSAGES 1)\n%T OK done"}, migrate.ErrNotEmpty},
		"no count":             {script{"LIST": "* LIST () \"/\" Box\n%T OK done", "STATUS": "* STATUS Box ()\n%T OK done"}, migrate.ErrNotEmpty},
		"something below":      {script{"LIST": "* LIST () \"/\" Box\n* LIST (\\Noselect) \"/\" Box/a\n%T OK done"}, migrate.ErrNotEmpty},
	} {
		answers := script{"STATUS": "* STATUS Box (MESSAGES 0)\n%T OK done", "DELETE": "%T OK done", "UNSUBSCRIBE": "%T OK done", "EXAMINE": "%T OK done"}
		session := script{}.with(answers).with(tt.answers).dial(t)
		if err := session.(migrate.Deleter).Delete(t.Context(), "Box"); !errors.Is(err, tt.want) || tt.want == nil && err != nil {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
	refused := script{}.with(script{
		"LIST": "* LIST () \"/\" Box\n%T OK done", "STATUS": "* STATUS Box (MESSAGES 0)\n%T OK done", "EXAMINE": "%T OK done",
		"DELETE": "%T NO [NOPERM] not yours",
	}).dial(t)
	if err := refused.(migrate.Deleter).Delete(t.Context(), "Box"); kindOf(err) != int(migrate.Refused) {
		t.Errorf("refused: got %v, want Refused", err)
	}
}
