package mbox

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// unquotedLines is the rule, line by line.
func unquotedLines(text string, eol byte) string {
	header, body, found := strings.Cut(text, string([]byte{eol, eol}))
	if !found {
		return text
	}
	lines := strings.SplitAfter(body, string(eol))
	for i, line := range lines {
		if isQuoted([]byte(line)) {
			lines[i] = line[1:]
		}
	}
	return header + string([]byte{eol, eol}) + strings.Join(lines, "")
}

// However the bytes come and however they are asked for, each quoted line of the body loses one ">", and nothing else changes.
func FuzzUnquote(f *testing.F) {
	for _, line := range []string{">From a", ">>From a", ">>>>From", "x>From a", ">From", "> From ", ">>> >From b", strings.Repeat(">", maxQuotes) + "From ", strings.Repeat(">", maxQuotes+1) + "From "} {
		f.Add("A: b\n\n"+line+"\n"+line+"\n\n"+line, uint16(7))
		f.Add("A: b\n\n"+strings.Repeat(line+"\n", 700), uint16(1500))
	}
	f.Fuzz(func(t *testing.T, text string, size uint16) {
		if strings.HasPrefix(text, "\n") || strings.Contains(text, "\r") { // ends of headers that unquotedLines does not know
			t.Skip()
		}
		want := unquotedLines(text, '\n')
		for _, wrap := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.HalfReader, iotest.DataErrReader} {
			r := newUnquoter(wrap(strings.NewReader(text)), io.NopCloser(nil), int64(len(text))/2, rule{eol: '\n'})
			var got bytes.Buffer
			if _, err := io.CopyBuffer(struct{ io.Writer }{&got}, struct{ io.Reader }{r}, make([]byte, int(size)+1)); err != nil || got.String() != want {
				t.Fatalf("%q by %d: got %q, %v, want %q", text, size, got.String(), err, want)
			}
		}
	})
}
