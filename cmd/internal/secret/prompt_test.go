//go:build linux || darwin

package secret

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// console is a pseudo-terminal and what a person would see on it.
type console struct {
	keys, tty *os.File
	mu        sync.Mutex
	seen      bytes.Buffer
}

// kept are the terminals, which stay open: the reader of an interrupted prompt restores its one by number, and that could be another's.
var kept sync.Map

func newConsole(t *testing.T) *console {
	t.Helper()
	keys, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminal: %v", err)
	}
	t.Cleanup(func() { _ = keys.Close() })
	kept.Store(tty, true)
	c := &console{keys: keys, tty: tty}
	go func() { _, _ = io.Copy(c, keys) }()
	return c
}

func (c *console) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen.Write(b)
}

func (c *console) screen() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen.String()
}

// await waits until the terminal shows a text, and a moment more for the echo to be off.
func (c *console) await(t *testing.T, text string, before *term.State) {
	t.Helper()
	for range 500 {
		now, err := term.GetState(int(c.tty.Fd()))
		if err == nil && strings.Contains(c.screen(), text) && !reflect.DeepEqual(now, before) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("got %q on the terminal, want %q and no echo", c.screen(), text)
}

func (c *console) state(t *testing.T) *term.State {
	t.Helper()
	state, err := term.GetState(int(c.tty.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func TestPromptDoesNotEcho(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	before := c.state(t)
	go func() {
		c.await(t, "Password: ", before)
		_, _ = c.keys.WriteString("perché no\n")
	}()
	v, err := prompt(t.Context(), c.tty, c.tty, "Password: ")
	if err != nil || v.Reveal() != "perché no" {
		t.Fatalf("got %q, %v; want what was typed", v.Reveal(), err)
	}
	if strings.Contains(c.screen(), "perch") {
		t.Errorf("the terminal shows %q", c.screen())
	}
	if after := c.state(t); !reflect.DeepEqual(before, after) {
		t.Errorf("terminal: got %+v after the prompt, want %+v", after, before)
	}
}

func TestPromptEmptyAnswer(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	before := c.state(t)
	go func() {
		c.await(t, "Password: ", before)
		_, _ = c.keys.WriteString("\n")
	}()
	if _, err := prompt(t.Context(), c.tty, c.tty, "Password: "); err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("got %v, want an error about an empty password", err)
	}
}

func TestPromptInterruptedRestoresEcho(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	before := c.state(t)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		c.await(t, "Password: ", before)
		cancel()
	}()
	if _, err := prompt(ctx, c.tty, c.tty, "Password: "); !errors.Is(err, ErrInterrupted) {
		t.Errorf("got %v, want ErrInterrupted", err)
	}
	if after := c.state(t); !reflect.DeepEqual(before, after) {
		t.Errorf("terminal: got %+v after the interrupt, want %+v", after, before)
	}
	// The reader that still waits must have a line before the terminal goes away.
	_, _ = c.keys.WriteString("\n")
}
