package migrate_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"unpop/dedupe"
	"unpop/migrate/migratetest"
	"unpop/migrate/source"
	"unpop/migrate/target/imap/imaptest"
)

// wrap copies every file below a folder of single messages into a Maildir.
func (k *kit) wrap(name, from string) {
	k.t.Helper()
	n := 0
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		n++
		k.file(fmt.Sprintf("%s/cur/%d.M%dP1.host:2,", name, 1400000000+n, n), string(text))
		return nil
	})
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Logf("%s: %d files", name, n)
}

// TestCorporaArrive brings everything that lies in the corpora to a real server and compares the bytes.
func TestCorporaArrive(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of messages")
	}
	t.Parallel()
	k := newKit(t, imaptest.Dovecot(t, imaptest.DovecotOptions{}))
	k.opts.Settle = 200 * time.Millisecond
	k.wrap("eml", migratetest.Corpora(t, "eml"))
	k.wrap("dedup", migratetest.Corpora(t, "dedup"))
	for _, path := range []string{"mbox", "maildir", "listarch", "layout"} {
		entries, err := os.ReadDir(migratetest.Corpora(t, path))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			k.specs = append(k.specs, specs(migratetest.Corpora(t, path, e.Name()))...)
		}
	}
	r := k.run()
	t.Logf("%d sources: %s", len(k.specs), r.JSON())
	if r.Seen < 4_500 || r.Uploaded != r.Verified || r.Unreadable > r.Seen/100 {
		t.Errorf("got %s, want all of some 5,000 messages, and nearly all readable", r.JSON())
	}
	k.compareBytes()
	if again := k.run(); again.Uploaded != 0 {
		t.Errorf("second run sent %d messages", again.Uploaded)
	}
}

// specs names what a folder of the corpora holds: mbox files, Maildirs, or both.
func specs(path string) (found []string) {
	for _, kind := range []string{"mbox:", "maildir:"} {
		if s, _, err := source.Open(kind + path); err == nil {
			_ = s.Close()
			found = append(found, kind+path)
		}
	}
	return found
}

// compareBytes holds every stored message to the digest of what was sent. Dovecot turns NUL into 0x80.
func (k *kit) compareBytes() {
	k.t.Helper()
	want := map[[32]byte]bool{}
	for _, spec := range k.specs {
		k.digests(spec, want)
	}
	altered := 0
	for name, messages := range k.server.Dump(k.t, imaptest.User) {
		for _, m := range messages {
			if !want[sha256.Sum256(m.Body)] {
				altered++
				if altered <= 5 {
					k.t.Errorf("%s: UID %d is not what was sent: %.300q", name, m.UID, m.Body)
				}
			}
		}
	}
	if altered > 0 {
		k.t.Errorf("%d messages are altered", altered)
	}
}

// digests collects what each copy of a source should look like on the server.
func (k *kit) digests(spec string, all map[[32]byte]bool) {
	k.t.Helper()
	s, _, err := source.Open(spec)
	if err != nil {
		k.t.Fatal(err)
	}
	defer s.Close()
	for part, err := range s.Parts(k.t.Context()) {
		if err != nil {
			continue
		}
		for c, err := range part.Copies(k.t.Context()) {
			if err != nil {
				continue
			}
			raw, err := s.Open(k.t.Context(), part.Info().Name, c.Ref)
			if err != nil {
				continue
			}
			clean, err := io.ReadAll(dedupe.NewCleaner(raw))
			raw.Close()
			if err != nil {
				k.t.Fatal(err)
			}
			all[sha256.Sum256(bytes.ReplaceAll(clean, []byte{0}, []byte{0x80}))] = true
		}
	}
}
