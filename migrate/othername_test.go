package migrate

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlainName(t *testing.T) {
	t.Parallel()
	hoster := Survey{Delimiter: '.', Prefix: "INBOX."}
	for name, want := range map[string]string{
		"INBOX.Feste 🎉.A＃B": "INBOX.Feste □.A＃B",
		"INBOX.plain":       "INBOX.plain",
		"INBOX.a  b":        "INBOX.a ␠b",
	} {
		if got := plainName(name, hoster); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestOtherNames(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		survey Survey
		name   string
		want   []string
	}{
		{Survey{Delimiter: '/', Prefix: ""}, "Clienti", []string{"Clienti (mail)", "INBOX/Clienti"}},
		{Survey{Delimiter: '/', Prefix: "x/"}, "x/Clienti", []string{"x/Clienti (mail)"}},
		{Survey{Delimiter: '.', Prefix: "INBOX."}, "INBOX.a:b.c", []string{"INBOX.a：b.c", "INBOX.a：b.c (mail)", "INBOX.a：b - c"}},
		{Survey{}, "flat", []string{"flat (mail)"}},
	} {
		if got := otherNames(tt.name, tt.survey); !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestShortNamesStayApart(t *testing.T) {
	t.Parallel()
	slashes, dots := Survey{Delimiter: '/'}, Survey{Delimiter: '.', Prefix: "INBOX."}
	long := strings.Repeat("Corrispondenza ", 30)
	first, second := shortName(long+"A", slashes), shortName(long+"B", slashes)
	if first == second || len(first) > longestLevel || !strings.HasPrefix(first, "Corrispondenza Corrispondenza") {
		t.Errorf("got %q and %q, want two names with the same beginning", first, second)
	}
	if again := shortName(long+"A", slashes); again != first {
		t.Errorf("got %q, then %q", first, again)
	}
	if got := shortName("INBOX.short", dots); got != "INBOX.short" {
		t.Errorf("got %q, want a short name as it is", got)
	}
	if got := shortName("INBOX."+long, dots); !strings.HasPrefix(got, "INBOX.Corr") {
		t.Errorf("got %q, want it below INBOX", got)
	}
}

func FuzzShortName(f *testing.F) {
	f.Add("a", 3)
	f.Add("日本語のとても長い名前", 40)
	f.Add("a/b/c", 90)
	f.Fuzz(func(t *testing.T, name string, times int) {
		if !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
			t.Skip()
		}
		name = strings.Repeat(name, max(min(times, 200), 1))
		short := shortName(name, Survey{Delimiter: '/'})
		if n := encodedLength(short); n > 255 {
			t.Errorf("%q: got %q of %d octets", name, short, n)
		}
		if encodedLength(name) <= longestLevel && short != name {
			t.Errorf("%q: got %q, want it as it is", name, short)
		}
	})
}

func TestEncodedLength(t *testing.T) {
	t.Parallel()
	for name, least := range map[string]int{
		"Clienti": len("Clienti"), "R&D": len("R&-D"), "Università": len("Universit&AOA-"), "日本語": len("&ZeVnLIqe-"), "🎉": len("&2DzfiQ-"), "àbà": len("&AOA-b&AOA-"),
	} {
		if got := encodedLength(name); got < least || got > least+6 {
			t.Errorf("%q: got %d, want %d or a little more", name, got, least)
		}
	}
}

func ExampleEncodeName() {
	fmt.Println(EncodeName("Rossi S.p.A.", "."))
	fmt.Println(DecodeName("Rossi S．p．A．"))
	// Output:
	// Rossi S．p．A．
	// Rossi S.p.A.
}
