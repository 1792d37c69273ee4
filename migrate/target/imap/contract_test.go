package imap_test

import (
	"testing"

	"unpop/migrate"
	"unpop/migrate/migratetest"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

func TestContract(t *testing.T) {
	t.Parallel()
	hide := func(names ...string) imaptest.Option {
		return func(o *memserver.Options) { o.Hide = names }
	}
	dots := func(o *memserver.Options) { o.Prefix, o.Delimiter = "INBOX.", '.' }
	for name, start := range map[string]func(testing.TB) *imaptest.Server{
		"memserver":             func(tb testing.TB) *imaptest.Server { return imaptest.Start(tb) },
		"memserver dots":        func(tb testing.TB) *imaptest.Server { return imaptest.Start(tb, dots) },
		"memserver no LITERAL+": func(tb testing.TB) *imaptest.Server { return imaptest.Start(tb, hide("LITERAL+")) },
		"memserver bare": func(tb testing.TB) *imaptest.Server {
			return imaptest.Start(tb, hide("LITERAL+", "LITERAL-", "UIDPLUS", "ESEARCH", "SASL-IR", "LIST-EXTENDED", "NAMESPACE"))
		},
		"Dovecot slashes": func(tb testing.TB) *imaptest.Server { return imaptest.Dovecot(tb, imaptest.DovecotOptions{}) },
		"Dovecot dots": func(tb testing.TB) *imaptest.Server {
			return imaptest.Dovecot(tb, imaptest.DovecotOptions{Dots: true, Implicit: true})
		},
		"Dovecot mbox": func(tb testing.TB) *imaptest.Server {
			return imaptest.Dovecot(tb, imaptest.DovecotOptions{Format: "mbox"})
		},
		"Cyrus":             imaptest.Cyrus,
		"Cyrus with INBOX.": imaptest.DottedCyrus,
		"Courier":           imaptest.Courier,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			migratetest.TestTarget(t, func(tb testing.TB) migrate.Target { return start(tb).Target(imaptest.User) })
		})
	}
}

// TestMovingElsewhere looks at servers that are more than a minute's work to hold to the whole contract, and at those that lack MOVE.
func TestMovingElsewhere(t *testing.T) {
	t.Parallel()
	hide := func(names ...string) imaptest.Option {
		return func(o *memserver.Options) { o.Hide = names }
	}
	for name, start := range map[string]func(testing.TB) *imaptest.Server{
		"Cyrus":   imaptest.Cyrus,
		"Courier": imaptest.Courier,
		"no MOVE": func(tb testing.TB) *imaptest.Server { return imaptest.Start(tb, hide("MOVE")) },
		"neither": func(tb testing.TB) *imaptest.Server { return imaptest.Start(tb, hide("MOVE", "UIDPLUS")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			migratetest.TestMoving(t, func(tb testing.TB) migrate.Target { return start(tb).Target(imaptest.User) })
		})
	}
}
