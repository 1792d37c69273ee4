package report

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"unpop/state"
)

func (k *kit) csv() string {
	k.t.Helper()
	var b bytes.Buffer
	if err := WriteCSV(k.t.Context(), &b, []*state.Account{k.account}); err != nil {
		k.t.Fatal(err)
	}
	return b.String()
}

func TestCSV(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.usual()
	text, ok := strings.CutPrefix(k.csv(), "\uFEFF")
	if !ok {
		t.Error("got no byte order mark")
	}
	if lines := strings.Count(text, "\n"); lines != strings.Count(text, "\r\n") || lines != 6 {
		t.Errorf("got %d lines, want 6, each ended by CR LF", lines)
	}
	rows := must(csv.NewReader(strings.NewReader(text)).ReadAll())(t)
	if !slices.Equal(rows[0], csvColumns) {
		t.Errorf("got columns %q, want %q", rows[0], csvColumns)
	}
	want := []string{
		"imaps://anna@imap.example.it", "uploaded", "INBOX", "7", "1", "2017-05-04T03:02:01Z", "one", "<1@example.org>", `\Seen`, "", "1001", "2",
		"/home/anna/.thunderbird", "Inbox", "Mail/Inbox", "1", "", "", "", "", "1", "",
	}
	found := map[string]int{}
	for _, row := range rows[1:] {
		found[row[1]]++
		if row[6] == "one" {
			row[15] = "1" // copies are made in any order
			if !slices.Equal(row, want) {
				t.Errorf("got %q, want %q", row, want)
			}
		}
	}
	if found["uploaded"] != 2 || found["moved"] != 1 || found["present"] != 1 || found["rejected"] != 1 {
		t.Errorf("got states %v, want 2 uploaded, 1 moved, 1 present, 1 rejected", found)
	}
}

// TestCells: no cell begins with what a spreadsheet computes, and none can end its line.
func TestCells(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+49": "'+49", "-2": "'-2", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'" + " =1", "\r\n=1": "'" + "  =1", "Re: =1": "Re: =1", "": "",
		"＝1": "'＝1", "a\nb": "a b", "\x00=1": "␀=1", "\u202e=1": "‹U+202E›=1", " -1": "' -1", "caffè": "caffè",
	} {
		if got := cell(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzCell(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := cell(text)
		if strings.ContainsAny(got, "\r\n\t\x00") {
			t.Errorf("%q: got %q, want no control characters", text, got)
		}
		if trimmed := strings.TrimLeft(got, " \u00A0"); trimmed != "" && strings.ContainsRune("=+-@", rune(trimmed[0])) {
			t.Errorf("%q: got %q, which a spreadsheet computes", text, got)
		}
		if again := visible(visible(text)); again != visible(text) {
			t.Errorf("%q: got %q the second time, want %q", text, again, visible(text))
		}
	})
}

func TestVisible(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain": "plain", "a\x00b": "a␀b", "\x1b[31m": "␛[31m", "\x7f": "␡", "\u0085": "‹U+85›", "a\u202eb": "a‹U+202E›b", "a\tb\r": "a b ", "x\ny": "x\ny",
		"\xff": "\uFFFD", "👩\u200d👧": "👩\u200d👧", "ß\u200b": "ß‹U+200B›",
	} {
		if got := visible(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
