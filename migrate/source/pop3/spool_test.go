package pop3

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// kept puts a text into the spool.
func kept(t *testing.T, s *spool, it item, text string, listed map[string]bool) (entry, bool) {
	t.Helper()
	m, err := s.create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	m.settle()
	e, fresh, err := m.keep(it, listed)
	if err != nil {
		t.Fatal(err)
	}
	return e, fresh
}

func entered(t *testing.T, dir string) *spool {
	t.Helper()
	s := newSpool(dir)
	if err := s.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.leave(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// A shared folder of a virtual machine and some network file systems have directories that can't be synced; here it is /proc.
func TestSyncDirThatCantBe(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("no such directory is at hand")
	}
	if err := syncDir("/proc/self"); err != nil {
		t.Errorf("got %v, want no error", err)
	}
	if err := syncDir("/proc/self/none"); err == nil {
		t.Error("a directory that is not there is synced")
	}
}

// The same bytes under another UIDL are one message if the server lists one of the two, and two if it lists both.
func TestSpoolKeepsBytesOnce(t *testing.T) {
	t.Parallel()
	s := entered(t, t.TempDir())
	first, fresh := kept(t, s, item{uidl: "a", size: 9}, mail(1, "x"), nil)
	if !fresh || !strings.HasPrefix(first.base, "1136214241.P") || !strings.HasSuffix(first.base, ".unpop,S=89") {
		t.Errorf("got %+v, %v, want a new message of 2006 with its size", first, fresh)
	}
	if again, fresh := kept(t, s, item{uidl: "b", size: 10}, mail(1, "x"), map[string]bool{"b": true}); fresh || again.base != first.base {
		t.Errorf("renamed: got %+v, %v, want %s", again, fresh, first.base)
	}
	if e, ok := s.known(item{uidl: "b"}); !ok || e.size != 10 || e.base != first.base {
		t.Errorf("got %+v, %v, want it known under its new UIDL", e, ok)
	}
	if other, fresh := kept(t, s, item{uidl: "c", size: 10}, mail(1, "x"), map[string]bool{"b": true, "c": true}); !fresh || other.base == first.base {
		t.Errorf("twice on the server: got %+v, %v, want another file", other, fresh)
	}
	if files, _ := filepath.Glob(s.path("tmp", "*")); len(files) > 0 {
		t.Errorf("got %q, want tmp empty", files)
	}
}

// What one run noted the next one reads, and what it did not note it finds.
func TestSpoolOverRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newSpool(dir)
	if err := s.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	e, _ := kept(t, s, item{uidl: "a b\"", size: 9}, mail(1, "x"), nil)
	s.spare(item{uidl: "held", size: 4}, header{})
	epoch := s.index.epoch
	if err := s.leave(); err != nil {
		t.Fatal(err)
	}
	next := entered(t, dir)
	if got, ok := next.known(item{uidl: e.uidl}); !ok || got != e || next.index.epoch != epoch || len(next.index.held) != 1 {
		t.Errorf("got %+v, %v, epoch %s, want %+v, %s", got, ok, next.index.epoch, e, epoch)
	}
	next.other(item{uidl: e.uidl})
	if _, ok := next.known(item{uidl: e.uidl}); ok || len(next.entries()) != 1 || next.index.epoch == epoch {
		t.Errorf("another message's UIDL: got it known %v, %d files, want the file alone, in a new epoch", ok, len(next.entries()))
	}
}

// A spool that can't be written to is an error, and no message is taken for kept.
func TestSpoolWithoutRoom(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("other rules for open files")
	}
	s := entered(t, t.TempDir())
	m, err := s.create()
	if err != nil {
		t.Fatal(err)
	}
	_ = m.file.Close() // as a disk that is gone
	_, _ = m.Write([]byte("Subject: x\r\n\r\n"))
	m.settle()
	if _, _, err := m.keep(item{uidl: "a"}, nil); err == nil || s.knows(item{uidl: "a"}) {
		t.Errorf("got %v, known %v, want an error and nothing known", err, s.knows(item{uidl: "a"}))
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := newSpool(file).enter(t.Context()); err == nil {
		t.Error("a file in its place: got nil, want an error")
	}
}
