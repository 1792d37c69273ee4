package pop3

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseLists(t *testing.T) {
	t.Parallel()
	sizes, err := parseSizes([]byte("1 100\r\n 2\t200 \r\n\r\njunk\r\n3\r\n-4 1\r\n5 99999999999\r\n5 1\r\n6 12 extra\r\n99999999999 1\r\n"))
	want := "[{1 100  false} {2 200  false} {3 -1  false} {5 99999999999  false} {6 12  false}]"
	if got := fmt.Sprint(sizes); err != nil || got != want {
		t.Errorf("LIST: got %v, %v, want %v", got, err, want)
	}
	uidls := parseUIDLs([]byte("1 a\r\n2\r\n3 \r\n\r\n4 with blank \r\nx y\r\n5\tb\r\n6 " + strings.Repeat("u", 2000) + "\r\n"))
	if got, want := fmt.Sprint(uidls), "map[1:a 4:with blank 5:b]"; got != want {
		t.Errorf("UIDL: got %v, want %v", got, want)
	}
}

// A line that a server writes is read as it was meant, whatever stands around it.
func FuzzListLine(f *testing.F) {
	f.Add(1, "uidl", "junk\r\n")
	f.Add(2147483647, "a b", "\r\n\r\n5")
	f.Add(7, " \t", "-1 x\n")
	f.Fuzz(func(t *testing.T, number int, uidl, junk string) {
		number = 1 + number&0x7ffffff
		uidl = strings.Map(func(r rune) rune {
			if r < '!' || r > '~' {
				return '!'
			}
			return r
		}, uidl)
		if uidl == "" || len(uidl) > 70 {
			return
		}
		for _, line := range strings.Split(junk, "\n") { // it may be a line about the same message
			if n, _, ok := listLine(line); ok && n == number {
				return
			}
		}
		text := fmt.Sprintf("%s\r\n%d %s\r\n%s", junk, number, uidl, junk)
		if got := parseUIDLs([]byte(text))[number]; got != uidl {
			t.Errorf("%q: got %q, want %q", text, got, uidl)
		}
		items, err := parseSizes(fmt.Appendf(nil, "%s\r\n%d %d\r\n", junk, number, number))
		if err != nil || len(items) == 0 || items[len(items)-1].size != int64(number) {
			t.Errorf("%q: got %v, %v, want message %d last", junk, items, err, number)
		}
	})
}

func TestMarkAlike(t *testing.T) {
	t.Parallel()
	items := []item{{uidl: "a"}, {uidl: "b"}, {uidl: ""}, {uidl: "a"}, {uidl: "c"}}
	markAlike(items)
	var got string
	for _, it := range items {
		got += fmt.Sprint(it.alike, " ")
	}
	if want := "true false true true false "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
