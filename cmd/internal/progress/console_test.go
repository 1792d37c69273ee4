//go:build linux || darwin

package progress

import (
	"testing"

	"github.com/creack/pty"
)

func TestConsole(t *testing.T) {
	master, slave, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminal: %v", err)
	}
	defer master.Close()
	defer slave.Close()
	if err := pty.Setsize(slave, &pty.Winsize{Rows: 24, Cols: 97}); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TERM", "xterm")
	console := openConsole(slave)
	if console == nil {
		t.Fatal("a pseudo-terminal is not taken for a terminal")
	}
	if got := console.size(); got != 97 {
		t.Errorf("got %d columns, want 97", got)
	}
	t.Setenv("TERM", "dumb")
	if openConsole(slave) != nil {
		t.Error("TERM=dumb: got the moving line, want plain lines")
	}
}
