package ndb_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

func TestOpenOther(t *testing.T) {
	t.Parallel()
	pst := image(t, psttest.Sample(ndb.Unicode, ndb.None))
	change := func(at int, with ...byte) []byte {
		b := bytes.Clone(pst)
		copy(b[at:], with)
		return b
	}
	for name, test := range map[string]struct {
		data []byte
		want error
	}{
		"empty":      {nil, ndb.ErrTooShort},
		"mbox":       {[]byte("From - Sat Apr  5 06:07:00 2003\n"), ndb.ErrNoPST},
		"magic only": {pst[:4], ndb.ErrTooShort},
		"header cut": {pst[:500], ndb.ErrTooShort},
		"version 2":  {change(10, 2, 0), ndb.ErrVersion},
		"no root":    {pst[:len(pst)/8], ndb.ErrTruncated},
		"no pages":   {pst[:0x4400], ndb.ErrTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := ndb.Open(bytes.NewReader(test.data), int64(len(test.data)))
			if !errors.Is(err, test.want) || f != nil {
				t.Errorf("got %v, %v, want %v", f, err, test.want)
			}
		})
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	for version, want := range map[uint16]ndb.Format{
		14: ndb.ANSI, 15: ndb.ANSI, 21: ndb.Unicode, 23: ndb.Unicode, 37: ndb.Unicode, 36: ndb.Unicode4K,
	} {
		f := psttest.Sample(want, ndb.Permute)
		f.Version = version
		got := open(t, image(t, f))
		if got.Format() != want || got.Version() != int(version) || got.Encryption() != ndb.Permute {
			t.Errorf("version %d: got %v, version %d, %v", version, got.Format(), got.Version(), got.Encryption())
		}
		if list, damage := nodes(got); len(list) == 0 || len(damage) > 0 {
			t.Errorf("version %d: got %d nodes and %v", version, len(list), damage)
		}
	}
}

// The pages tell which Unicode format a file has when its version number doesn't.
func TestWrongVersion(t *testing.T) {
	t.Parallel()
	for version, want := range map[uint16]ndb.Format{36: ndb.Unicode, 23: ndb.Unicode4K, 50: ndb.Unicode4K} {
		f := psttest.Sample(want, ndb.None)
		f.Version = version
		if got := open(t, image(t, f)).Format(); got != want {
			t.Errorf("version %d: got %v, want %v", version, got, want)
		}
	}
}

// The data tell how they are encoded when the header doesn't.
func TestWrongEncryption(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		for want := ndb.None; want <= ndb.Cyclic; want++ {
			b := image(t, psttest.Sample(format, want))
			at := 513
			if format == ndb.ANSI {
				at = 461
			}
			for said := range byte(5) {
				b[at] = said
				f := open(t, b)
				if f.Encryption() != want {
					t.Errorf("%v, %d in the header: got %v, want %v", format, said, f.Encryption(), want)
				}
				if _, n := f.Warnings(); (n > 0) != (said != byte(want)) {
					t.Errorf("%v, %d in the header for %v: got %d warnings", format, said, want, n)
				}
			}
		}
	}
}

// A file that was cut off is read as far as it goes.
func TestTruncated(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		f := psttest.Sample(format, ndb.None)
		b := image(t, f)
		size, _ := pageSize(format)
		whole, _ := nodes(open(t, b))
		end := pages(b, format, 0x81, true)
		cut := b[:end[len(end)-1]+size] // all pages are there, the rest isn't
		if list := pages(b, format, 0x81, false); len(list) > 0 {
			cut = b[:list[len(list)-1]+size]
		}
		got := open(t, cut)
		if got.Missing() != int64(len(b)-len(cut)) {
			t.Errorf("%v: got %d bytes missing, want %d", format, got.Missing(), len(b)-len(cut))
		}
		if list, damage := nodes(got); len(list) != len(whole) || len(damage) > 0 {
			t.Errorf("%v: got %d nodes and %v, want %d", format, len(list), damage, len(whole))
		}
		warnings, n := got.Warnings()
		if n != 1 || !errors.Is(warnings[0], ndb.ErrTruncated) || !strings.Contains(warnings[0].Error(), "truncated") {
			t.Errorf("%v: got warnings %v, want one that says it", format, warnings)
		}
	}
}

// Files larger than 2 and 4 GB are read on a machine of 32 bits, too.
func TestFarAway(t *testing.T) {
	t.Parallel()
	for format, start := range map[ndb.Format]int64{ndb.ANSI: 3 << 30, ndb.Unicode: 5 << 30, ndb.Unicode4K: 70 << 30} {
		f := psttest.Sample(format, ndb.Cyclic)
		f.Limits.Start = start
		m, err := f.Image()
		if err != nil {
			t.Fatal(err)
		}
		got, err := ndb.Open(m, m.Size())
		if err != nil {
			t.Fatal(err)
		}
		list, damage := nodes(got)
		if len(list) < 40 || len(damage) > 0 || m.Size() < start {
			t.Errorf("%v: got %d nodes and %v in %d bytes", format, len(list), damage, m.Size())
		}
		for _, n := range list {
			readAll(t, n)
		}
		if first, n := got.Warnings(); n > 0 {
			t.Errorf("%v: got warnings %v", format, first)
		}
	}
}

// The checksum of the header is not needed.
func TestHeaderChecksum(t *testing.T) {
	t.Parallel()
	b := image(t, psttest.Sample(ndb.Unicode, ndb.None))
	binary.LittleEndian.PutUint32(b[524:], 77)
	warnings, n := open(t, b).Warnings()
	if n != 1 || !errors.Is(warnings[0], ndb.ErrChecksum) || warnings[0].Offset != 0 {
		t.Errorf("got %v, want a warning about the header", warnings)
	}
}
