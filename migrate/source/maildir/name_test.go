package maildir

import (
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
)

func TestParseName(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]fileName{
		"1234567890.M1P2.host:2,RS":        {"1234567890.M1P2.host", "RS", true},
		"1234567890.M1P2.host:2,":          {"1234567890.M1P2.host", "", true},
		"1234567890.M1P2.host:2":           {"1234567890.M1P2.host", "", true},
		"1234567890.M1P2.host":             {"1234567890.M1P2.host", "", false},
		"1234567890.M1P2.host:1,RS":        {"1234567890.M1P2.host", "", true},
		"1.h!2,S":                          {"1.h", "S", true},
		"1.h;2,S":                          {"1.h", "S", true},
		"1.h,2,S":                          {"1.h", "S", true},
		"1.h_2,S":                          {"1.h", "S", true},
		"1.h-2,FS":                         {"1.h", "FS", true},
		"1.h%3A2%2CS":                      {"1.h", "S", true},
		"1.h%3a2,S":                        {"1.h", "S", true},
		"1.h\uf03a2,RS":                    {"1.h", "RS", true},
		"1.h\uf0222,S":                     {"1.h", "S", true},
		"1.h：2,":                           {"1.h", "", true},
		"1.h,S=12,W=13:2,Sab":              {"1.h,S=12,W=13", "Sab", true},
		"1.h,S=12,W=13":                    {"1.h,S=12,W=13", "", false},
		"1.h_2,x:2,S":                      {"1.h_2,x", "S", true},
		"1.h:2,S:2,F":                      {"1.h", "S", true},
		"1.h:2,S.gz":                       {"1.h", "S", true},
		"1.h!2,S1":                         {"1.h!2,S1", "", false},
		":2,S":                             {":2,S", "", false},
		"!2,S":                             {"!2,S", "", false},
		"<4711@example.com>.eml":           {"<4711@example.com>.eml", "", false},
		"1252168370_3.14675.cthulhu!2,Sba": {"1252168370_3.14675.cthulhu", "Sba", true},
	} {
		if got := parseName(file); got != want {
			t.Errorf("parseName(%q): got %+v, want %+v", file, got, want)
		}
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	words := []string{"Lavoro", "$Forwarded", "", "d"}
	for letters, want := range map[string]migrate.Copy{
		"":      {},
		"DFRS":  {Flags: migrate.Draft | migrate.Flagged | migrate.Answered | migrate.Seen},
		"SFRD":  {Flags: migrate.Draft | migrate.Flagged | migrate.Answered | migrate.Seen},
		"SS":    {Flags: migrate.Seen},
		"T":     {Expunged: true},
		"P":     {Keywords: []string{"$Forwarded"}},
		"Pb":    {Keywords: []string{"$Forwarded"}},
		"Sda":   {Flags: migrate.Seen, Keywords: []string{"d", "Lavoro"}},
		"cezXZ": {},
	} {
		var got migrate.Copy
		fileName{letters: letters}.apply(&got, words)
		if got.Flags != want.Flags || got.Expunged != want.Expunged || !slices.Equal(got.Keywords, want.Keywords) {
			t.Errorf("flags %q: got %+v, want %+v", letters, got, want)
		}
	}
}

func TestDelivered(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]int64{
		"1220863087.12663_15.mindcrime": 1220863087,
		"1252168370_3.14675.cthulhu":    1252168370,
		"999999999.x":                   999999999,
		"1234567890":                    0, // a number is no delivery name
		"12345678901.x":                 0,
		"9999999999.x":                  0, // the year 2286
		"100000000.x":                   0, // 1973, before there was Maildir
		"6:x":                           0,
		"msg-1-1":                       0,
		"1612345678901234.eml":          0,
	} {
		got := delivered(base)
		if want == 0 && !got.IsZero() || want != 0 && !got.Equal(time.Unix(want, 0)) {
			t.Errorf("delivered(%q): got %v, want %v", base, got, want)
		}
	}
}

func TestStatedSize(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]int64{
		"1.h,S=120,W=130": 120, "1.h,W=130,S=12": 12, "1.h": -1, "1.h,S=": -1, "1.h,S=x": -1, "1.h,S=99999999999999999999": -1,
	} {
		if got := statedSize(base); got != want {
			t.Errorf("statedSize(%q): got %d, want %d", base, got, want)
		}
	}
}

// FuzzName: the unique part and the flags survive every way of writing a name, and the unique part is the same
// whatever the flags are.
func FuzzName(f *testing.F) {
	f.Add("1234567890.M1P2.host,S=1,W=2", "FRS")
	f.Add("<id@host>.eml", "")
	f.Add("1.h_2,S", "abcT")
	f.Add("x:2", "P")
	f.Fuzz(func(t *testing.T, file, letters string) {
		n := parseName(file)
		if !strings.HasPrefix(file, n.base) || file != "" && n.base == "" {
			t.Fatalf("parseName(%q): unique part %q, want a beginning of it", file, n.base)
		}
		if !n.info && n.base != file {
			t.Fatalf("parseName(%q): got %+v, want the whole name where there is no info", file, n)
		}
		if leadingLetters(letters) != letters || n.base == "" || strings.HasPrefix(n.base, ":") {
			return
		}
		if again := parseName(n.base + ":2," + letters); !strings.Contains(n.base, ":") && (again.base != n.base || again.letters != letters) {
			t.Fatalf("unique part %q with flags %q: got %+v", n.base, letters, again)
		}
		for _, mark := range []string{"!2,", ";2,", ",2,", "_2,", "-2,", "%3A2%2C", "\uf03a2,", "\uf0222,", "：2,"} {
			again := parseName(n.base + mark + letters)
			if strings.ContainsAny(n.base, ":") {
				continue // the colon wins
			}
			if again.base != n.base || again.letters != letters || !again.info {
				t.Fatalf("unique part %q with flags %q behind %q: got %+v", n.base, letters, mark, again)
			}
		}
	})
}

func TestDecodeEvolution(t *testing.T) {
	t.Parallel()
	if got, want := decodeEvolution("a_2Eb_5Fc_zz_2"), "a.b_c_zz_2"; got != want {
		t.Errorf("decodeEvolution: got %q, want %q", got, want)
	}
}

func TestIsAtom(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]bool{"$Forwarded": true, "NonJunk": true, "": false, "a b": false, "a(": false, "è": false, `\Seen`: false} {
		if got := isAtom(word); got != want {
			t.Errorf("isAtom(%q): got %v, want %v", word, got, want)
		}
	}
}
