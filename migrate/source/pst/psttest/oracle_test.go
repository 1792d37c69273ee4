package psttest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// write puts a file of a variant into a folder of its own and returns its path.
func write(t *testing.T, v variant, deflate bool) string {
	t.Helper()
	f := Sample(v.format, v.encryption)
	f.Deflate = deflate
	image, err := f.Image()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "sample.pst")
	if err := os.WriteFile(path, image.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs another reader, if it is installed.
func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skip(err)
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
}

// content reads all files below a folder and gives how often each text is in them.
func content(t *testing.T, dir string, texts ...string) map[string]int {
	t.Helper()
	counts := make(map[string]int)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, text := range texts {
			counts[text] += bytes.Count(b, []byte(text))
		}
		counts[strings.TrimPrefix(filepath.ToSlash(path), filepath.ToSlash(dir)+"/")]++
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// readpst finds the messages of the folders, those in others as attachments; it doesn't look for orphans.
// Alone: its child processes share one position in the file, and now and then read what another of them is at.
func TestReadpst(t *testing.T) {
	t.Parallel()
	for _, v := range variants() {
		t.Run(v.String(), func(t *testing.T) {
			t.Parallel()
			out := t.TempDir()
			run(t, "readpst", "-j", "0", "-q", "-D", "-r", "-o", out, write(t, v, true))
			got := content(t, out, "\nSubject: Letter ", "This is letter ", "\nTo: Bert", "c21hbGw")
			for text, want := range map[string]int{"This is letter ": 7, "c21hbGw": 1} {
				if got[text] != want {
					t.Errorf("%q: got %d, want %d", text, got[text], want)
				}
			}
			for _, path := range []string{"Sample/Inbox/mbox", "Sample/Inbox/Bühne/mbox", "Sample/Deleted Items/mbox"} {
				if got[path] != 1 {
					t.Errorf("%s: not there in %v", path, got)
				}
			}
		})
	}
}

// pffexport finds everything, orphans too. It neither reads deflated data of several blocks nor goes into a message in a
// message in a message.
func TestPffexport(t *testing.T) {
	t.Parallel()
	for _, v := range variants() {
		t.Run(v.String(), func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "out")
			run(t, "pffexport", "-q", "-m", "all", "-l", out+".log", "-t", out, write(t, v, false))
			got := content(t, out+".export", "This is letter ", "large")
			orphans := content(t, out+".orphans", "This is letter 5.")
			if got["This is letter "] != 6 || got["large"] < 40000 || orphans["This is letter 5."] != 1 {
				t.Errorf("got %d letters, %d orphans, %d times the content of an attachment; want 6, 1, 40000",
					got["This is letter "], orphans["This is letter 5."], got["large"])
			}
			inner := "Top of Personal Folders/Inbox/Message00002/Attachments/Attachment00003/Message00001/Message.txt"
			if got[inner] == 0 {
				t.Errorf("no %s in %v", inner, got)
			}
		})
	}
}
