package mapi

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
)

func TestMarkDamage(t *testing.T) {
	t.Parallel()
	place := &fs.PathError{Op: "read", Path: "a.pst", Err: errors.New("input/output error")}
	for err, want := range map[error]bool{errors.New("checksum"): true, io.ErrUnexpectedEOF: true, place: false, fs.ErrClosed: false, ErrDamaged: true} {
		got := Damage(err)
		if errors.Is(got, ErrDamaged) != want || !errors.Is(got, err) {
			t.Errorf("Damage(%v): got %v, want it damaged: %v", err, got, want)
		}
		if again := Damage(got); again.Error() != got.Error() {
			t.Errorf("Damage twice: got %v, want %v", again, got)
		}
	}
	if Damage(nil) != nil {
		t.Error("Damage(nil): got an error")
	}
}

// halfRead gives some bytes, then an error.
type halfRead struct{ err error }

func (f halfRead) ReadAt(p []byte, _ int64) (int, error) { return copy(p, "ab"), f.err }

func TestDamageReader(t *testing.T) {
	t.Parallel()
	p := make([]byte, 4)
	if n, err := DamageReader(strings.NewReader("abcd"), nil).ReadAt(p, 2); n != 2 || err != io.EOF || string(p[:n]) != "cd" {
		t.Errorf("got %q, %v, want cd and the end", p[:n], err)
	}
	if n, err := DamageReader(halfRead{errors.New("page")}, nil).ReadAt(p, 0); n != 2 || !errors.Is(err, ErrDamaged) {
		t.Errorf("got %d, %v, want 2 bytes and damage", n, err)
	}
	if n, err := DamageReader(nil, errors.New("page")).ReadAt(p, 0); n != 0 || !errors.Is(err, ErrDamaged) {
		t.Errorf("got %d, %v, want nothing and damage", n, err)
	}
}
