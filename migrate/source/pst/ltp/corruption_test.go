package ltp

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"unpop/migrate/migratetest"
	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// corruptions is how many broken files are read.
var corruptions = flag.Int("corruptions", 300, "how many files to break and read")

// victims are the files that are broken: written ones of each format and, where they are there, some real ones.
func victims(t *testing.T) [][]byte {
	t.Helper()
	var list [][]byte
	for format := ndb.ANSI; format <= ndb.Unicode4K; format++ {
		f := psttest.Sample(format, ndb.Encryption(format-ndb.ANSI))
		f.Short = true
		f.Limits = psttest.Limits{PageEntries: 5, TreeRecords: 6, HeapBlock: 600, XBlock: 9, SLBlock: 3}
		m, err := f.Image()
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, m.Bytes())
	}
	t.Run("real", func(t *testing.T) {
		dir := migratetest.Corpora(t, "pst")
		for _, path := range []string{
			"emk+pstsdk/test/submessage.pst", "emk+pstsdk/test/sample2.pst", "simiden+pst2john/samples/97_outlook_pass12345.pst",
			"aranetic+process-pst/test_data/flags_john_doe.pst", "HiraokaHyperTools+ruby-msg/test/pst/200 recipients.pst",
		} {
			list = append(list, realFile(t, filepath.Join(dir, filepath.FromSlash(path))))
		}
	})
	return list
}

// breakFile damages a file in one of the ways in which files are damaged.
func breakFile(r *rand.Rand, b []byte) []byte {
	b = bytes.Clone(b)
	switch r.IntN(6) {
	case 0: // cut off
		return b[:r.IntN(len(b))]
	case 1: // a hole
		at := r.IntN(len(b)/512) * 512
		clear(b[at:min(len(b), at+512<<r.IntN(6))])
	case 2: // some of it elsewhere
		from, to := r.IntN(len(b)/512)*512, r.IntN(len(b)/512)*512
		copy(b[to:min(len(b), to+512<<r.IntN(6))], b[from:])
	case 3: // one bit
		b[r.IntN(len(b))] ^= 1 << r.IntN(8)
	default: // some bytes
		for range 1 + r.IntN(40) {
			b[r.IntN(len(b))] = byte(r.Uint32())
		}
	}
	return b
}

// However a file is broken, reading it ends soon, with errors that say where.
func TestCorruption(t *testing.T) {
	t.Parallel()
	files, lost := victims(t), 0
	var whole []*tally
	for _, b := range files {
		f, err := ndb.Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		whole = append(whole, walkFile(f))
	}
	for seed := range uint64(*corruptions) {
		r := rand.New(rand.NewPCG(seed, 1))
		i := r.IntN(len(files))
		b, start := breakFile(r, files[i]), time.Now()
		f, err := ndb.Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			continue
		}
		got := walkFile(f)
		if took := time.Since(start); took > 20*time.Second || got.unsized > 0 || got.nodes > maxSteps {
			t.Errorf("seed %d: got %d nodes and %d odd values in %v", seed, got.nodes, got.unsized, took)
		}
		for _, err := range got.errors {
			if !isError(err) {
				t.Errorf("seed %d: got %v, want an error that says where", seed, err)
			}
		}
		if _, warnings := f.Warnings(); got.messages < whole[i].messages && len(got.errors) == 0 && warnings == 0 {
			t.Errorf("seed %d: got %d of %d messages and neither error nor warning", seed, got.messages, whole[i].messages)
		}
		lost += whole[i].messages - min(got.messages, whole[i].messages)
	}
	t.Logf("%d files broken, %d messages lost", *corruptions, lost)
}
