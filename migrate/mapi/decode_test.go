package mapi

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"unpop/migrate/mapi/codepage"
)

// However a text comes in pieces, and wherever its characters lie across buffers, it is what [transform.Reader] makes of it.
func TestDecodeTo(t *testing.T) {
	t.Parallel()
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	text := strings.Repeat("a日本é😀", 5000)
	wide, err := utf16.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	jis := strings.Repeat("a\x1b$B\x46\x7c\x1b(B", 4000)
	for _, c := range []struct {
		name string
		in   string
		t    transform.Transformer
	}{
		{"UTF-16", wide, utf16.NewDecoder()},
		{"UTF-16 cut in a unit", wide[:len(wide)-1], utf16.NewDecoder()},
		{"UTF-16 cut in a pair", wide[:len(wide)-2], utf16.NewDecoder()},
		{"ISO-2022-JP", jis, japanese.ISO2022JP.NewDecoder()},
		{"Shift_JIS cut in a character", strings.Repeat("\x93\xfa", 9000) + "\x93", japanese.ShiftJIS.NewDecoder()},
		{"empty", "", utf16.NewDecoder()},
	} {
		want, wantErr := io.ReadAll(transform.NewReader(strings.NewReader(c.in), c.t))
		for way, r := range map[string]io.Reader{
			"at once": strings.NewReader(c.in), "by bytes": iotest.OneByteReader(strings.NewReader(c.in)),
			"by halves": iotest.HalfReader(strings.NewReader(c.in)), "with its end": iotest.DataErrReader(strings.NewReader(c.in)),
		} {
			var got bytes.Buffer
			if err := decodeTo(&got, r, c.t); !bytes.Equal(got.Bytes(), want) || (err != nil) != (wantErr != nil) {
				t.Errorf("%s %s: got %d bytes, %v; want %d, %v", c.name, way, got.Len(), err, len(want), wantErr)
			}
		}
	}
}

// What came before an error is written, and the error is told.
func TestDecodeToError(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	var got bytes.Buffer
	err := decodeTo(&got, io.MultiReader(strings.NewReader("a\x00b\x00"), iotest.ErrReader(broken)), codepage.Lookup(codepage.UTF16).Encoding.NewDecoder())
	if !errors.Is(err, broken) || got.String() != "ab" {
		t.Errorf("got %q, %v; want ab, %v", got.String(), err, broken)
	}
}

// FuzzBase64 holds that base64 is the same however it is written, in lines of 76, and can be read back.
func FuzzBase64(f *testing.F) {
	f.Add([]byte(strings.Repeat("x", 57)), uint(57))
	f.Add([]byte(strings.Repeat("x", 5000)), uint(100))
	f.Fuzz(func(t *testing.T, data []byte, piece uint) {
		var got bytes.Buffer
		err := encoded(func(w io.Writer) error {
			for rest := data; len(rest) > 0; {
				n := min(len(rest), int(piece%4096)+1)
				if _, err := w.Write(rest[:n]); err != nil {
					return err
				}
				rest = rest[n:]
			}
			return nil
		}, asBase64)(&got)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(got.String(), "\r\n") {
			if len(line) > softLine {
				t.Errorf("got a line of %d", len(line))
			}
		}
		if want := base64.StdEncoding.EncodeToString(data); strings.ReplaceAll(got.String(), "\r\n", "") != want {
			t.Errorf("%x by %d: got %q, want %q", data, piece, got.String(), want)
		}
	})
}
