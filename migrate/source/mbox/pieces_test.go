package mbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"unpop/migrate"
	"unpop/migrate/migratetest"
)

// whole is longer than any file: such a piece is all of it.
const whole = 1 << 40

// inventory is all that a scan learns of a file.
type inventory struct {
	copies  []migrate.Copy
	texts   []string
	remarks []string
	pieces  int
}

// readPieces reads a file in pieces of about a size, the last one first, and puts what it finds in order.
func readPieces(tb testing.TB, path string, size int64) inventory {
	tb.Helper()
	part := NewPart(path, migrate.PartInfo{Name: "x"})
	part.piece = size
	pieces := slices.Collect(part.Pieces(tb.Context()))
	found := make([]inventory, len(pieces))
	for i, piece := range slices.Backward(pieces) {
		for c, err := range piece.Copies(tb.Context()) {
			if err != nil {
				tb.Fatalf("%s in pieces of %d bytes: piece %d: %v", path, size, i, err)
			}
			found[i].copies = append(found[i].copies, *c)
			found[i].texts = append(found[i].texts, readPiece(tb, piece))
		}
	}
	all := inventory{remarks: part.Remarks(), pieces: len(pieces)}
	for _, f := range found {
		all.copies = append(all.copies, f.copies...)
		all.texts = append(all.texts, f.texts...)
	}
	return all
}

// readPiece returns the bytes of the copy that a piece yielded last.
func readPiece(tb testing.TB, piece migrate.Piece) string {
	tb.Helper()
	r, err := piece.Open()
	if err != nil {
		tb.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		tb.Fatal(err)
	}
	return string(data)
}

// samePieces compares what is found in a file at once, by reference, and in pieces of each size.
func samePieces(tb testing.TB, path string, sizes ...int64) {
	tb.Helper()
	want := readPieces(tb, path, whole)
	for i, c := range want.copies {
		if got := readRef(tb, path, c.Ref); got != want.texts[i] {
			tb.Errorf("%s: %s: got %.200q by its reference, want %.200q", path, c.Ref, got, want.texts[i])
		}
	}
	for _, size := range sizes {
		got := readPieces(tb, path, size)
		if !reflect.DeepEqual(got.copies, want.copies) || !slices.Equal(got.texts, want.texts) || !slices.Equal(got.remarks, want.remarks) {
			tb.Errorf("%s in pieces of %d bytes: got %d copies, %q, want the %d and %q of the whole", path, size, len(got.copies), got.remarks, len(want.copies), want.remarks)
		}
	}
}

// mboxLines are what random files are made of.
var mboxLines = []string{
	"text", "", "", "", "From x", ">From x", "From - Mon Jan  1 10:00:00 2024", "From a@b.c Mon Jan  1 10:00:00 2024", "From a@b.c Mon Jan  1 10:00:00 2024",
	"From ", "From", "A: b", "A: b", "C: d", "\x00\x00", "x\x00From a@b.c Mon Jan  1 10:00:00 2024", "\x00From a@b.c Mon Jan  1 10:00:00 2024",
	"From \x00From a@b.c Mon Jan  1 10:00:00 2024", "\xef\xbb\xbf", "x\r", "\r", strings.Repeat("y", 300),
}

// randomMbox makes a file of random lines that end in eol.
func randomMbox(random *rand.Rand, eol string) string {
	var b strings.Builder
	for range 1 + random.IntN(80) {
		b.WriteString(mboxLines[random.IntN(len(mboxLines))])
		if random.IntN(20) > 0 {
			b.WriteString(eol)
		}
	}
	return b.String()
}

func TestPiecesOfRandomFiles(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	path := filepath.Join(t.TempDir(), "Inbox")
	cut := 0
	for i := range 600 {
		data := randomMbox(random, []string{"\n", "\r\n", "\n", "\r"}[i%4])
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		size := 1 + random.Int64N(400)
		samePieces(t, path, 1, size)
		cut += readPieces(t, path, size).pieces - 1
		if t.Failed() {
			t.Fatalf("file: %q", data)
		}
	}
	if cut < 500 {
		t.Errorf("got %d cuts in 600 files, want more", cut)
	}
}

// Every mbox file of the corpora, in pieces of all sizes.
func TestPiecesOfCorpora(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(9, 10))
	files := 0
	err := filepath.WalkDir(migratetest.Corpora(t, "mbox"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		if is, err := IsMbox(path); err != nil || !is {
			return err
		}
		files++
		fi, err := e.Info()
		if err == nil {
			samePieces(t, path, 1+fi.Size()/50, 1+random.Int64N(fi.Size()+1), 64<<10)
		}
		return err
	})
	if err != nil || files < 50 {
		t.Errorf("got %d files, %v, want many", files, err)
	}
}

// Messages around the size of a window, in pieces that are smaller and larger.
func TestPiecesOfLargeMessages(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(11, 12))
	var mbox strings.Builder
	for i := range 40 {
		mbox.WriteString(from1 + mail(fmt.Sprintln(i)))
		for size := random.IntN(windowSize * 3 / 2); size > 0; size -= 1000 {
			mbox.WriteString(strings.Repeat("z", random.IntN(999)) + "\n")
			if random.IntN(50) == 0 {
				mbox.WriteString(">From x\nFrom here\n\x00\n")
			}
		}
		mbox.WriteByte('\n')
	}
	samePieces(t, write(t, mbox.String()), 100<<10, pieceSize, 5<<20)
}

// Headers around the length that is looked at, which end near the end of a piece.
func TestPiecesWithLargeHeaders(t *testing.T) {
	t.Parallel()
	var mbox strings.Builder
	for _, size := range []int{lookahead - 1, lookahead, lookahead + 1, maxHeader - 1, maxHeader, maxHeader + 1, maxHeader + 70<<10, 700 << 10} {
		mbox.WriteString(from1 + "A: " + strings.Repeat("b", size-5) + "\n\nbody\n\n")
	}
	samePieces(t, write(t, mbox.String()), 1, 100<<10, 600<<10, pieceSize)
}

// A file with lengths that are true is one piece: a cut might lie in a message.
func TestPiecesWithLengths(t *testing.T) {
	t.Parallel()
	body := from1 + "A: b\nC: d\n\nx\n"
	one := fmt.Sprintf("%sSubject: s\nContent-Length: %d\n\n%s\n", from1, len(body), body)
	path := write(t, strings.Repeat(one, 20))
	if got := readPieces(t, path, 50); got.pieces != 1 || len(got.copies) != 20 {
		t.Errorf("got %d copies in %d pieces, want 20 in one", len(got.copies), got.pieces)
	}
}

// What becomes of a file between its division and the reading of its pieces.
func TestPiecesOfChangedFile(t *testing.T) {
	t.Parallel()
	data := strings.Repeat(from1+mail("text\n")+"\n", 100)
	rewrite := func(data string) func(string) error {
		return func(path string) error { return os.WriteFile(path, []byte(data), 0o600) }
	}
	for name, tt := range map[string]struct {
		change  func(path string) error
		changed bool
	}{
		"as it was": {func(string) error { return nil }, false},
		"shorter":   {func(path string) error { return os.Truncate(path, int64(len(data)-1)) }, true},
		"empty":     {func(path string) error { return os.Truncate(path, 0) }, true},
		"gone":      {os.Remove, true},
		"grown":     {rewrite(data + from1 + mail("more\n")), false},
		"replaced": {func(path string) error {
			other := path + ".new"
			return errors.Join(os.WriteFile(other, []byte(data), 0o600), os.Rename(other, path))
		}, true},
		"shifted":        {rewrite("x" + data), true},
		"other in place": {rewrite(strings.Replace(data, "From a", "from a", 60)), true},
	} {
		path := write(t, data)
		part := NewPart(path, migrate.PartInfo{})
		part.piece = 1000
		pieces := slices.Collect(part.Pieces(t.Context()))
		if err := tt.change(path); err != nil {
			t.Skip(name, err)
		}
		n, failed := 0, error(nil)
		for _, piece := range pieces {
			for c, err := range piece.Copies(t.Context()) {
				if c != nil {
					n++
				}
				failed = errors.Join(failed, err)
			}
		}
		if got := errors.Is(failed, migrate.ErrChanged) || errors.Is(failed, fs.ErrNotExist); got != tt.changed || (!got && n != 100) {
			t.Errorf("%s: got %d copies, %v, want an error: %v", name, n, failed, tt.changed)
		}
	}
}

// A reader of a piece is good until the iteration goes on, and no longer.
func TestPieceIsClosed(t *testing.T) {
	t.Parallel()
	part := NewPart(write(t, from1+mail("1\n")), migrate.PartInfo{})
	for piece := range part.Pieces(t.Context()) {
		for range piece.Copies(t.Context()) {
			if got := readPiece(t, piece); got != mail("1\n") {
				t.Errorf("got %q, want %q", got, mail("1\n"))
			}
		}
		if _, err := piece.Open(); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("after the iteration: got %v, want %v", err, fs.ErrClosed)
		}
	}
}

// FuzzPieces: wherever a file is cut, the pieces hold what the whole does.
func FuzzPieces(f *testing.F) {
	random := rand.New(rand.NewPCG(13, 14))
	for _, eol := range []string{"\n", "\r\n", "\r"} {
		f.Add(randomMbox(random, eol), uint16(100))
	}
	path := filepath.Join(f.TempDir(), "Inbox")
	f.Fuzz(func(t *testing.T, data string, size uint16) {
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		samePieces(t, path, 1+int64(size))
	})
}
