package pst

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/mapi"
	"unpop/migrate/source/pst/psttest"
)

var corruptions = flag.Int("corruptions", 300, "how many damaged files to read")

// damage changes a file: some bytes, a run of them, a page that was never written, the end cut off.
func damage(r *rand.Rand, data []byte) []byte {
	b := append([]byte(nil), data...)
	switch r.IntN(5) {
	case 0:
		for range 1 + r.IntN(30) {
			b[r.IntN(len(b))] ^= byte(1 + r.IntN(255))
		}
	case 1:
		at := r.IntN(len(b))
		for i := at; i < min(at+1+r.IntN(600), len(b)); i++ {
			b[i] = byte(r.Uint32())
		}
	case 2:
		at := r.IntN(len(b)) &^ 511
		clear(b[at:min(at+512*(1+r.IntN(4)), len(b))])
	case 3:
		b = b[:r.IntN(len(b))]
	default: // a page or block in the place of another
		to, from := r.IntN(len(b))&^511, r.IntN(len(b))&^511
		copy(b[to:min(to+512, len(b))], data[from:])
	}
	return b
}

// outcome is what a damaged file gave.
type outcome struct {
	texts   map[string]string // by message: those that could be read
	told    map[string]bool   // errors and remarks
	refused bool
}

// survive reads all of a file, and writes what is no mail to nowhere.
func survive(t *testing.T, name string) outcome {
	t.Helper()
	out := outcome{texts: map[string]string{}, told: map[string]bool{}}
	s, err := Open(name)
	if err != nil {
		return outcome{told: map[string]bool{err.Error(): true}, refused: true}
	}
	defer s.Close()
	for part, err := range s.Parts(t.Context()) {
		if err != nil {
			out.told[err.Error()] = true
			continue
		}
		for c, err := range part.Copies(t.Context()) {
			if err != nil {
				out.told[err.Error()] = true
				continue
			}
			text, err := read(t, s, part.Info().Name, c.Ref)
			if errors.Is(err, mapi.ErrConversion) {
				t.Errorf("%v", err)
			}
			if err != nil {
				out.told[err.Error()] = true
				continue
			}
			out.texts[c.Ref] = text
		}
		for _, remark := range part.(migrate.Remarker).Remarks() {
			out.told[remark] = true
		}
	}
	for o, err := range s.Others(t.Context()) {
		if err == nil {
			err = o.Write(io.Discard)
		}
		if err != nil {
			out.told[err.Error()] = true
		}
	}
	return out
}

// seeds are files to damage.
func seeds(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	dir := t.TempDir()
	for _, v := range variants() {
		f := psttest.Sample(v.format, v.encryption)
		f.Limits = psttest.Limits{PageEntries: 6, TreeRecords: 4, XBlock: 6, SLBlock: 3}
		name := write(t, dir, fmt.Sprintf("%v-%v.pst", v.format, v.encryption), f)
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = data
	}
	return files
}

// A damaged file neither ends the program nor stops it, and what is lost is told.
func TestCorruptions(t *testing.T) {
	t.Parallel()
	files := seeds(t)
	if *corruptions > 1000 { // the long run takes real files too
		for _, name := range corpora(t) {
			if data, err := os.ReadFile(name); err == nil && len(data) < 3<<20 {
				files[filepath.Base(name)] = data
			}
		}
	}
	dir := t.TempDir()
	var sum struct{ files, refused, lost, untold int }
	var worst time.Duration
	for name, data := range files {
		whole := filepath.Join(dir, "whole.pst")
		if err := os.WriteFile(whole, data, 0o600); err != nil {
			t.Fatal(err)
		}
		want := survive(t, whole)
		r := rand.New(rand.NewPCG(1, uint64(len(data))))
		for i := range *corruptions / len(files) {
			file := filepath.Join(dir, "damaged.pst")
			if err := os.WriteFile(file, damage(r, data), 0o600); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			got := survive(t, file)
			worst = max(worst, time.Since(start))
			sum.files++
			if got.refused {
				sum.refused++
			}
			if lost := want.without(got); len(lost) > 0 {
				sum.lost++
				if !got.tellsMoreThan(want) {
					sum.untold++
					t.Errorf("%s, damage %d: lost %d messages, %s first, and nothing says so", name, i, len(lost), lost[0])
				}
			}
		}
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	t.Logf("%d damaged files: %d refused, %d with a loss, %d of them untold; the slowest took %v, %d MiB of memory",
		sum.files, sum.refused, sum.lost, sum.untold, worst, memory.Sys>>20)
	if worst > 20*time.Second {
		t.Errorf("slowest: got %v, want less than 20 s", worst)
	}
}

// without names the messages that an outcome has and another has not, or not whole.
func (o outcome) without(other outcome) []string {
	var lost []string
	for _, ref := range slices.Sorted(maps.Keys(o.texts)) {
		if other.texts[ref] != o.texts[ref] {
			lost = append(lost, ref)
		}
	}
	return lost
}

// tellsMoreThan reports whether an outcome has an error or a remark that another has not.
func (o outcome) tellsMoreThan(other outcome) bool {
	for text := range o.told {
		if !other.told[text] {
			return true
		}
	}
	return false
}
