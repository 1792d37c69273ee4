package migrate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"unpop/state"
)

// madePart is a part of n messages that are made as they are read. It is its own source.
type madePart struct {
	n       int
	folders int // over which they are spread
	bad     func(i int) error
	end     error // after the last
	yielded atomic.Int64
}

func (p *madePart) Info() PartInfo { return PartInfo{Name: "made", Stamp: "1"} }

func (p *madePart) Parts(context.Context) iter.Seq2[Part, error] {
	return func(yield func(Part, error) bool) { yield(p, nil) }
}

func (p *madePart) Close() error { return nil }

func (p *madePart) Open(_ context.Context, _, ref string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("Message-ID: <" + ref + "@x>\r\nSubject: " + ref + "\r\n\r\nbody\r\n")), nil
}

func (p *madePart) Copies(ctx context.Context) iter.Seq2[*Copy, error] { return p.from(ctx, 0, p.n) }

func (p *madePart) from(ctx context.Context, first, after int) iter.Seq2[*Copy, error] {
	return func(yield func(*Copy, error) bool) {
		for i := first; i < after; i++ {
			p.yielded.Add(1)
			var err error
			if p.bad != nil {
				err = p.bad(i)
			}
			folder := Folder{Account: "a", Path: []string{fmt.Sprint("folder ", i%p.folders)}}
			if !yield(&Copy{Ref: fmt.Sprint(i), Folder: folder, Size: 10}, err) {
				return
			}
		}
		if err := errors.Join(ctx.Err(), p.end); err != nil && after == p.n {
			yield(nil, err)
		}
	}
}

// dividedPart is a madePart that is read in pieces of 100 messages.
type dividedPart struct{ *madePart }

func (p dividedPart) Parts(context.Context) iter.Seq2[Part, error] {
	return func(yield func(Part, error) bool) { yield(p, nil) }
}

func (p dividedPart) Pieces(context.Context) iter.Seq[Piece] {
	return func(yield func(Piece) bool) {
		for first := 0; first < p.n; first += 100 {
			if !yield(&madePiece{part: p.madePart, first: first}) {
				return
			}
		}
	}
}

type madePiece struct {
	part  *madePart
	first int
	last  string
}

func (p *madePiece) Copies(ctx context.Context) iter.Seq2[*Copy, error] {
	return func(yield func(*Copy, error) bool) {
		if p.first%300 == 0 {
			time.Sleep(time.Millisecond) // the next pieces are ready first
		}
		for c, err := range p.part.from(ctx, p.first, min(p.first+100, p.part.n)) {
			if c != nil {
				p.last = c.Ref
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

func (p *madePiece) Open() (io.ReadCloser, error) {
	return p.part.Open(context.Background(), "", p.last)
}

// scanMade scans a source into a new ledger and returns the subjects of its live copies, and what is said of its part.
func scanMade(t *testing.T, s Source) (subjects []string, parts []state.Part, m *Migration) {
	t.Helper()
	ledger, err := state.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ledger.Close() })
	account, err := ledger.Account(t.Context(), "imap://x")
	if err != nil {
		t.Fatal(err)
	}
	m = New(account, []Input{{Kind: "made", Path: "/made", Source: s}}, nil, Options{})
	if err := m.Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	for c, err := range account.Members(t.Context(), m.ids) {
		if err != nil {
			t.Fatal(err)
		}
		if c.Ref != c.Subject || c.MessageID != "<"+c.Ref+"@x>" {
			t.Fatalf("copy %s: got subject %q, Message-ID %q, want its own", c.Ref, c.Subject, c.MessageID)
		}
		subjects = append(subjects, c.Subject)
	}
	parts, err = account.Parts(t.Context(), m.ids[0])
	if err != nil {
		t.Fatal(err)
	}
	return subjects, parts, m
}

// both is a part that is read copy by copy, and the same in pieces.
func both(p func() *madePart) map[string]Source {
	return map[string]Source{"copies": p(), "pieces": dividedPart{p()}}
}

func TestScanKeepsOrder(t *testing.T) {
	t.Parallel()
	for name, s := range both(func() *madePart { return &madePart{n: 3456, folders: 1} }) {
		got, parts, _ := scanMade(t, s)
		if len(got) != 3456 || len(parts) != 0 || !slices.IsSortedFunc(got, byNumber) {
			t.Errorf("%s: got %d copies, in order: %v, parts %+v", name, len(got), slices.IsSortedFunc(got, byNumber), parts)
		}
	}
}

func byNumber(a, b string) int { return len(a)*1000 - len(b)*1000 + strings.Compare(a, b) }

// A part may hold many folders, and each is made when its first copy comes.
func TestScanOfManyFolders(t *testing.T) {
	t.Parallel()
	for name, s := range both(func() *madePart { return &madePart{n: 500, folders: 7} }) {
		got, _, m := scanMade(t, s)
		holdings, err := m.account.Holdings(t.Context(), m.ids)
		if err != nil || len(got) != 500 || len(holdings) != 7 || holdings[3].Messages != 71 {
			t.Errorf("%s: got %d copies in %+v, %v, want 500 in 7 folders", name, len(got), holdings, err)
		}
	}
}

func TestScanOfBrokenPart(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk is gone")
	for name, s := range both(func() *madePart {
		return &madePart{n: 250, folders: 1, end: broken, bad: func(i int) error {
			if i%100 == 42 {
				return errors.New("cut short")
			}
			return nil
		}}
	}) {
		got, parts, m := scanMade(t, s)
		if len(got) != 247 || len(parts) != 1 || parts[0].Stamp != "" || parts[0].Error != broken.Error() {
			t.Errorf("%s: got %d copies, %+v, want 247 and why there are no more", name, len(got), parts)
		}
		n := 0
		for u, err := range m.account.Unreadables(t.Context(), m.ids) {
			if err != nil || u.Reason != "cut short" || u.Ref != fmt.Sprint(100*n+42) {
				t.Errorf("%s: got %+v, %v, want copy %d", name, u, err, 100*n+42)
			}
			n++
		}
		if n != 3 {
			t.Errorf("%s: got %d unreadable copies, want 3", name, n)
		}
	}
}

// However many messages there are: while the ledger takes none, a worker reads no more than so many ahead.
func TestReadingAheadIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		part := &madePart{n: 1_000_000, folders: 1}
		p := &pile{copies: part.Copies(ctx), open: func(c *Copy) (io.ReadCloser, error) { return part.Open(ctx, "", c.Ref) }, read: make(chan []reading, 3)}
		go p.work(ctx, time.Now())
		synctest.Wait()
		if got, most := part.yielded.Load(), int64(4*readings); got != most {
			t.Errorf("got %d messages read ahead, want %d", got, most)
		}
		cancel()
		synctest.Wait()
	})
}

// Nor are more piles listed than there are places for them.
func TestListingAheadIsBounded(t *testing.T) {
	t.Parallel()
	for name, s := range both(func() *madePart { return &madePart{n: 100_000, folders: 1} }) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			listed := 0
			counted := func(yield func(*pile) bool) {
				for p := range piles(ctx, s, s.(Part)) {
					if listed++; !yield(p) {
						return
					}
				}
			}
			go list(ctx, counted, make(chan *pile, 4), make(chan *pile, 4))
			synctest.Wait()
			if listed != 5 {
				t.Errorf("%s: got %d piles listed, want 4 and the next one", name, listed)
			}
			cancel()
			synctest.Wait()
		})
	}
}

func TestBundles(t *testing.T) {
	t.Parallel()
	part := &madePart{n: 2*pileSize + 1, folders: 1, end: errors.New("end")}
	var sizes []int
	for copies := range bundles(part.Copies(t.Context())) {
		n := 0
		for c, err := range copies {
			if n++; c == nil && err == nil {
				t.Error("got neither a copy nor an error")
			}
		}
		sizes = append(sizes, n)
	}
	if want := []int{pileSize, pileSize, 2}; !slices.Equal(sizes, want) {
		t.Errorf("got %v, want %v", sizes, want)
	}
}
