package batch_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"unpop/migrate/target/imap/imaptest"
)

func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	k := inMemory(t, 5)
	k.manifest(
		k.line(0, 3),
		strings.Replace(k.line(1, 3), "env:GOOD", "env:WRONG", 1),
		strings.Replace(k.line(2, 3), "env:GOOD", "env:UNSET", 1),
		fmt.Sprintf("u3;%s;env:WRONG;%s", k.to(3), filepath.Join(k.dir, "nowhere")),
		"dead;imap://nobody@127.0.0.1:1;env:GOOD;"+k.mail(0, 3),
	)
	all := k.check(t.Context())
	want := [][]string{nil, {"AUTHENTICATIONFAILED"}, {"password: environment"}, {"nowhere", "AUTHENTICATIONFAILED"}, {"refused"}}
	if len(all) != len(want) {
		t.Fatalf("got %d findings, want %d", len(all), len(want))
	}
	for i, f := range all {
		if len(f.Wrong) != len(want[i]) {
			t.Errorf("%s: got %q, want %q", f.Name, f.Wrong, want[i])
			continue
		}
		for j, text := range want[i] {
			if !strings.Contains(f.Wrong[j], text) {
				t.Errorf("%s: got %q, want %q", f.Name, f.Wrong[j], text)
			}
		}
	}
	if exists(k.ledger) {
		t.Error("a check began a ledger")
	}
	k.holds(0, 0)
}

// TestCheckKnowsWhatWasSent holds that a second night needs room only for what is new.
func TestCheckKnowsWhatWasSent(t *testing.T) {
	t.Parallel()
	k := newKit(t, imaptest.Dovecot(t, imaptest.DovecotOptions{Quota: 12 << 10}))
	k.manifest(k.line(0, 25), k.line(1, 90))
	all := k.check(t.Context())
	if f := all[0]; len(f.Wrong) != 0 || f.New != f.Bytes || f.Bytes < 5000 || !f.HasRoom || f.Room != 12<<10 {
		t.Fatalf("before: got %+v", f)
	}
	if f := all[1]; len(f.Wrong) != 1 || !strings.Contains(f.Wrong[0], "not enough room") {
		t.Errorf("got %+v, want not enough room", f)
	}
	if sum := k.run(); sum.Done != 1 {
		t.Fatalf("got %+v", sum.Results)
	}
	if f := k.check(t.Context())[0]; len(f.Wrong) != 0 || f.New > f.Bytes/3 || f.Room > 8000 {
		t.Errorf("after: got %+v, want little to send", f)
	}
}
