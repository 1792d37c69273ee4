package migrate

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"unpop/state"
)

// TestCompany deals out pages with messages that were under way when the line broke.
func TestCompany(t *testing.T) {
	t.Parallel()
	page := func(tries ...int) (all []state.Message) {
		for _, n := range tries {
			all = append(all, state.Message{Size: 10, Tries: n})
		}
		return all
	}
	for _, c := range []struct {
		page  []state.Message
		taken int // before
		limit int
		want  int
	}{
		{page(0, 0, 0), 0, 0, 3},
		{page(0, 0, 1, 0), 0, 0, 2}, // the third one goes in small company
		{page(1, 1, 0, 0), 0, 0, 4},
		{page(1, 1, 2, 0), 0, 0, 2}, // alone
		{page(2, 0, 0), 0, 0, 1},
		{page(0, 0, 8), 0, 0, 2}, // beyond hope
		{page(1, 1, 1), triedCompany - 1, triedCompany, 1},
		{page(1), triedCompany, triedCompany, 0},
	} {
		s := &stretch{w: &worker{u: &upload{m: &Migration{}}}, taken: c.taken, limit: c.limit}
		if got := len(s.together(c.page)); got != c.want {
			t.Errorf("%+v after %d: got %d together, want %d", c.page, c.taken, got, c.want)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	room := newTokens(4 * tokenBytes)
	if n := room.take(t.Context(), 3*tokenBytes-1); n != 3 {
		t.Errorf("took %d, want 3", n)
	}
	if n := room.take(t.Context(), 0); n != 1 {
		t.Errorf("empty message: took %d, want 1", n)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if n := room.take(ctx, 1); n != 0 || len(room) != 4 {
		t.Errorf("no room: took %d, %d out, want none until something is given back", n, len(room))
	}
	room.give(4)
	if n := room.take(t.Context(), 1<<40); n != 4 || len(room) != 4 {
		t.Errorf("larger than all: took %d, %d out, want all there is", n, len(room))
	}
}

// closing notes that it was closed.
type closing struct {
	io.Reader
	closed *int
}

func (c closing) Close() error { *c.closed++; return nil }

// TestOpenNow reads ahead what is short, once; who opens again reads the source again.
func TestOpenNow(t *testing.T) {
	t.Parallel()
	opened, closed, used := 0, 0, 0
	open := func() (io.ReadCloser, error) {
		opened++
		return closing{strings.NewReader("bytes"), &closed}, nil
	}
	later := openNow(open, func() { used++ })
	if opened != 1 {
		t.Fatalf("opened %d times, want it open at once", opened)
	}
	for range 2 {
		r, err := later()
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := io.ReadAll(r); string(text) != "bytes" {
			t.Errorf("got %q", text)
		}
		_ = r.Close()
	}
	if opened != 2 || used != 1 {
		t.Errorf("opened %d times, room given back %d times; want 2 and 1", opened, used)
	}
	gone := errors.New("gone")
	if _, err := openNow(func() (io.ReadCloser, error) { return nil, gone }, func() { used++ })(); !errors.Is(err, gone) || used != 2 {
		t.Errorf("got %v, room given back %d times; want %v and 2", err, used, gone)
	}
}

// TestSettledMessagesTakeNoRoom: a message that was refused before anybody opened it must not keep others out of memory.
func TestSettledMessagesTakeNoRoom(t *testing.T) {
	t.Parallel()
	freed := 0
	s := &stretch{w: &worker{u: &upload{m: &Migration{}}}, open: map[int]staged{}}
	s.draw(staged{free: func() { freed++ }})
	if s.settle(0, Receipt{}); freed != 1 || len(s.open) != 0 {
		t.Errorf("got room given back %d times, %d left open; want once and none", freed, len(s.open))
	}
}
