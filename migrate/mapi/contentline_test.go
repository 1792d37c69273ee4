package mapi

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestContentLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		write func(l *contentLines)
		want  string
	}{
		{
			"text",
			func(l *contentLines) { l.text("SUMMARY", "a, b; c\\d\r\ne\nf") },
			"SUMMARY:a\\, b\\; c\\\\d\\ne\\nf\r\n",
		},
		{"no text", func(l *contentLines) { l.text("SUMMARY", " \r\n") }, ""},
		{
			"control characters",
			func(l *contentLines) { l.text("SUMMARY", "a\x00\x07b\tc") },
			"SUMMARY:ab\tc\r\n",
		},
		{"no UTF-8", func(l *contentLines) { l.text("SUMMARY", "a\xffb") }, "SUMMARY:a\ufffdb\r\n"},
		{"texts", func(l *contentLines) { l.texts("ORG", ";", "a;b", "", "c") }, "ORG:a\\;b;;c\r\n"},
		{"no texts", func(l *contentLines) { l.texts("ORG", ";", "", "") }, ""},
		{
			"time",
			func(l *contentLines) { l.time("DTSTAMP", sent.In(time.FixedZone("", 3600))) },
			"DTSTAMP:20090314T150926Z\r\n",
		},
		{"no time", func(l *contentLines) { l.time("DTSTAMP", time.Time{}) }, ""},
		{"number", func(l *contentLines) { l.number("SEQUENCE", 3) }, "SEQUENCE:3\r\n"},
	} {
		l := &contentLines{}
		c.write(l)
		if got := l.b.String(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestParameter(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Anna":            `"Anna"`,
		`"Anna"; M, x: y`: `"Anna; M, x: y"`,
		"a\r\nATTENDEE:x": `"aATTENDEE:x"`,
		"a\xff":           "\"a\ufffd\"",
		"":                `""`,
	} {
		if got := parameter(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

// FuzzContentLine: a folded line is the same line, in pieces that are not too long and don't part characters.
func FuzzContentLine(f *testing.F) {
	f.Add(strings.Repeat("日本語", 100))
	f.Add(strings.Repeat("a", 74) + "é" + strings.Repeat("b", 200))
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(strings.NewReplacer("\r", "", "\n", "").Replace(s), "")
		l := &contentLines{}
		l.line(s)
		got := l.b.String()
		if unfolded(got) != s+"\r\n" {
			t.Errorf("%q: got %q", s, got)
		}
		for piece := range strings.SplitSeq(got, "\r\n") {
			if len(piece) > maxContentLine || !utf8.ValidString(piece) {
				t.Errorf("%q: got piece %q", s, piece)
			}
		}
	})
}

func TestOffset(t *testing.T) {
	t.Parallel()
	for bias, want := range map[int]string{
		0:    "+0000",
		-60:  "+0100",
		480:  "-0800",
		-330: "+0530",
		210:  "-0330",
	} {
		if got := offset(bias); got != want {
			t.Errorf("%d: got %s, want %s", bias, got, want)
		}
	}
}

func TestZoneName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"(UTC+01:00) Amsterdam, Berlin": "(UTC+01 00) Amsterdam Berlin",
		`a\b;c"d`:                       "a b c d",
		"":                              "Local",
		";;":                            "Local",
	} {
		if got := zoneName(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
