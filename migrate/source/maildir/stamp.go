package maildir

import (
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"
)

// sampled is how many files are asked for their size to estimate that of a folder.
const sampled = 64

// survey returns a folder's stamp and about its size. The stamp is a sum of digests, one for each name, so that neither the
// directory's order nor its size matters, and the times of cur and new, for a file replaced under its name.
// With inPlace it covers the size and time of each file. It is empty for a folder that can't be read.
func survey(dir string, inPlace bool) (stamp string, size int64) {
	var total digest
	var sizes sizes
	for i, t := range dirTimes(dir) {
		total.add(fmt.Sprintf("%s\x00%d", subdirs[i], t.UnixNano()))
	}
	err := eachFile(dir, func(sub int, e fs.DirEntry) error {
		what := subdirs[sub] + "/" + e.Name()
		if inPlace {
			if info, err := os.Stat(filepath.Join(dir, subdirs[sub], e.Name())); err == nil {
				what += fmt.Sprintf("\x00%d\x00%d", info.Size(), info.ModTime().UnixNano())
			}
		}
		total.add(what)
		sizes.add(dir, sub, e)
		return nil
	})
	if err != nil {
		return "", 0
	}
	if info, err := os.Stat(filepath.Join(dir, keywordsFile)); err == nil {
		total.add(fmt.Sprintf("%s\x00%d\x00%d", keywordsFile, info.Size(), info.ModTime().UnixNano()))
	}
	return total.String(), sizes.estimate()
}

// A digest is a sum of 128-bit digests.
type digest struct{ high, low uint64 }

func (d *digest) add(what string) {
	h := fnv.New128a()
	h.Write([]byte(what))
	var sum [16]byte
	h.Sum(sum[:0])
	var carry uint64
	d.low, carry = bits.Add64(d.low, be64(sum[8:]), 0)
	d.high, _ = bits.Add64(d.high, be64(sum[:8]), carry)
}

func be64(b []byte) (v uint64) {
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	return v
}

// String returns the sum in hexadecimal.
func (d *digest) String() string {
	var b [16]byte
	for i := range 8 {
		b[i] = byte(d.high >> (56 - 8*i))
		b[8+i] = byte(d.low >> (56 - 8*i))
	}
	return hex.EncodeToString(b[:])
}

// sizes estimates the size of a folder: from the names that state theirs, else from some of the files.
type sizes struct {
	stated, asked           int64 // bytes
	files, nStated, nSample int64
}

func (s *sizes) add(dir string, sub int, e fs.DirEntry) {
	s.files++
	if n := statedSize(e.Name()); n >= 0 && n < 1<<40 {
		s.stated += n
		s.nStated++
		return
	}
	if s.nSample < sampled {
		if info, err := os.Stat(filepath.Join(dir, subdirs[sub], e.Name())); err == nil {
			s.asked += info.Size()
			s.nSample++
		}
	}
}

func (s *sizes) estimate() int64 {
	if s.nSample == 0 {
		return s.stated
	}
	return s.stated + s.asked*(s.files-s.nStated)/s.nSample
}
