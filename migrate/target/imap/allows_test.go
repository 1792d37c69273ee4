package imap_test

import (
	"testing"

	"unpop/migrate"
	"unpop/migrate/target/imap/imaptest"
)

func TestAllows(t *testing.T) {
	t.Parallel()
	s, err := imaptest.Dovecot(t, imaptest.DovecotOptions{}).Target(imaptest.User).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, want := range map[string]bool{
		"INBOX": true, "Clienti": true, "Clienti/ACME": true, "Università": true, "Rossi S．p．A．": true,
		"Rossi S.p.A.": false, "Clienti/S.r.l.": false, "a\x01b": false,
	} {
		got, err := s.(migrate.Prober).Allows(t.Context(), name)
		if err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", name, got, err, want)
		}
	}
}
