//go:build unix

package cli

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A pipe or a device that is named for a report is written to. It is not replaced by a file.
func TestReportIntoAPipe(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	read := make(chan string, 1)
	go func() {
		text, _ := os.ReadFile(path)
		read <- string(text)
	}()
	a := &app{ui: ui{out: io.Discard, err: io.Discard}}
	err := a.writeOut(path, func(w io.Writer) error {
		_, err := io.WriteString(w, "page")
		return err
	})
	if info, failed := os.Stat(path); err != nil || failed != nil || info.Mode().IsRegular() {
		t.Fatalf("got %v, %v, %v, want a pipe still", err, info, failed)
	}
	if got := <-read; got != "page" {
		t.Errorf("got %q, want the page", got)
	}
}
