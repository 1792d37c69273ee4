package rtf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// compress is the reverse, so that tests have input: greedy, as [MS-OXRTFCP] section 2.2.2 has it.
func compress(text []byte) []byte {
	dict := make([]byte, dictionarySize)
	at := copy(dict, initialText)
	filled := at
	var body, group []byte
	control, bits := byte(0), 0
	flush := func() {
		body = append(append(body, control), group...)
		control, bits, group = 0, 0, nil
	}
	put := func(c byte) {
		dict[at] = c
		at = (at + 1) % dictionarySize
		filled = min(filled+1, dictionarySize)
	}
	for i := 0; i < len(text); {
		from, length := longest(dict, at, filled, text[i:])
		if length < 2 {
			group = append(group, text[i])
			length = 1
		} else {
			group = binary.BigEndian.AppendUint16(group, uint16(from<<4|(length-2)))
			control |= 1 << bits
		}
		for _, c := range text[i : i+length] {
			put(c)
		}
		i += length
		if bits++; bits == 8 {
			flush()
		}
	}
	group = binary.BigEndian.AppendUint16(group, uint16(at<<4))
	control |= 1 << bits
	flush()
	crc := uint32(0)
	for _, c := range body {
		crc = addCRC(crc, c)
	}
	return append(header(len(body)+12, len(text), typeCompressed, crc), body...)
}

func header(size, raw int, kind, crc uint32) []byte {
	var b []byte
	for _, n := range []uint32{uint32(size), uint32(raw), kind, crc} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return b
}

// longest finds the longest match of at most 17 bytes that doesn't begin where the next byte goes.
func longest(dict []byte, at, filled int, text []byte) (from, length int) {
	for start := range filled {
		if start == at {
			continue
		}
		n := 0
		for n < min(17, len(text)) && (start+n)%dictionarySize != at && dict[(start+n)%dictionarySize] == text[n] {
			n++
		}
		if n > length {
			from, length = start, n
		}
	}
	return from, length
}

func decompress(t testing.TB, data []byte) (string, error) {
	t.Helper()
	d, err := NewDecompressor(bytes.NewReader(data))
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(d)
	return string(text), err
}

const (
	// [MS-OXRTFCP] section 3.1.1: simple compressed RTF, and 3.1.2: reading past the write position.
	simple   = "-\x00\x00\x00+\x00\x00\x00LZFu\xf1\xc5\xc7\xa7\x03\x00\n\x00rcpg125B2\n\xf3 hel\t\x00 bw\x05\xb0ld}\n\x80\x0f\xa0"
	crossing = "\x1a\x00\x00\x00\x1c\x00\x00\x00LZFu\xe2\xd4KQA\x00\x04 WXYZ\rn}\x01\x0e\xb0"
)

func TestDecompress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in, want string
		err            error
	}{
		{
			"example 1 of the specification",
			simple,
			"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n",
			nil,
		},
		{"example 2: it reads what it writes", crossing, `{\rtf1 WXYZWXYZWXYZWXYZWXYZ}`, nil},
		{"not compressed", string(header(12+4, 4, typeRaw, 0)) + "text", "text", nil},
		{
			"not compressed, the size without the header",
			string(header(4, 4, typeRaw, 0)) + "text",
			"text",
			nil,
		},
		{"not compressed, cut", string(header(12+4, 4, typeRaw, 0)) + "te", "te", io.ErrUnexpectedEOF},
		{"empty", string(header(12, 0, typeCompressed, 0)), "", nil},
		{
			"a bit is wrong",
			strings.Replace(simple, "hel", "hal", 1),
			"{\\rtf1\\ansi\\ansicpg1252\\pard halo world}\r\n",
			ErrChecksum,
		},
		{"cut", simple[:40], "{\\rtf1\\ansi\\ansicpg1252\\pard hello w", io.ErrUnexpectedEOF},
		{"header cut", simple[:15], "", io.ErrUnexpectedEOF},
		{"no data", "", "", io.ErrUnexpectedEOF},
		{
			"bytes after the end",
			simple + "rubbish",
			"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n",
			nil,
		},
	} {
		got, err := decompress(t, []byte(c.in))
		if got != c.want && c.name != "a bit is wrong" || !errors.Is(err, c.err) || c.err == nil && err != nil {
			t.Errorf("%s: got %q, %v, want %q, %v", c.name, got, err, c.want, c.err)
		}
	}
}

func TestDecompressRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		string(header(100, 4, 0x12345678, 0)),
		string(header(3, 4, typeCompressed, 0)),
	} {
		if got, err := decompress(t, []byte(in)); err == nil {
			t.Errorf("%q: got %q and no error, want one", in, got)
		}
	}
}

func TestDecompressInPieces(t *testing.T) {
	t.Parallel()
	text := []byte(strings.Repeat(`{\rtf1\ansi {\b some} text that comes again and again }`, 500))
	d, err := NewDecompressor(iotest.OneByteReader(bytes.NewReader(compress(text))))
	if err != nil {
		t.Fatal(err)
	}
	if err := iotest.TestReader(d, text); err != nil && !strings.Contains(err.Error(), "Seek") {
		t.Error(err)
	}
}

func TestDecompressPassesErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	d, err := NewDecompressor(io.MultiReader(strings.NewReader(simple[:30]), iotest.ErrReader(broken)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(d); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

// FuzzRoundTrip: what was compressed comes back.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte(`{\rtf1\ansi WXYZWXYZWXYZWXYZWXYZ}`))
	f.Add(bytes.Repeat([]byte("ab"), 5000))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 20000 {
			return
		}
		got, err := decompress(t, compress(text))
		if err != nil || got != string(text) {
			t.Errorf("got %d bytes, %v, want the %d that went in", len(got), err, len(text))
		}
	})
}

// FuzzDecompress: whatever comes in, not more comes out than the header and the input allow.
func FuzzDecompress(f *testing.F) {
	f.Add([]byte(simple))
	f.Add([]byte(crossing))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, _ := decompress(t, data)
		if len(data) >= 16 {
			if raw := int64(binary.LittleEndian.Uint32(data[4:])); int64(len(got)) > raw {
				t.Errorf("got %d bytes, want at most the %d announced", len(got), raw)
			}
		}
		if len(got) > 17*len(data) {
			t.Errorf("got %d bytes of %d, want at most 17 for each", len(got), len(data))
		}
	})
}
