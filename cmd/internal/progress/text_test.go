package progress

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestCount(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 12403: "12,403", 1234567: "1,234,567", -1000: "-1,000", -12: "-12",
		math.MaxInt64: "9,223,372,036,854,775,807", math.MinInt64: "-9,223,372,036,854,775,808",
	} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d): got %q, want %q", n, got, want)
		}
	}
}

func TestBytes(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 9949: "9.9 kB", 9950: "10 kB", 999499: "999 kB", 999500: "1.0 MB",
		480e6: "480 MB", 1_234_000_000: "1.2 GB", 53e12: "53 TB", math.MaxInt64: "9.2 EB", -1500: "-1.5 kB", math.MinInt64: "-9.2 EB",
	} {
		if got := Bytes(n); got != want {
			t.Errorf("Bytes(%d): got %q, want %q", n, got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 0: "0 s", 45 * time.Second: "45 s", 59600 * time.Millisecond: "1 min", 4*time.Minute + 10*time.Second: "4 min",
		59*time.Minute + 40*time.Second: "1 h", time.Hour: "1 h", 2*time.Hour + 10*time.Minute: "2 h 10 min",
		30 * time.Hour: "1 day", 80 * time.Hour: "3 days",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%v): got %q, want %q", d, got, want)
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second: "0:00", 2700 * time.Millisecond: "0:03", 61 * time.Second: "1:01", time.Hour + 3*time.Minute + 20*time.Second: "1:03:20",
		100 * time.Hour: "100:00:00",
	} {
		if got := Clock(d); got != want {
			t.Errorf("Clock(%v): got %q, want %q", d, got, want)
		}
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"Clienti/ACME", 12, "Clienti/ACME"},
		{"Clienti/ACME S.p.A./2019", 12, "Clien…./2019"},
		{"Università", 6, "Un…ità"},
		{"e\u0301e\u0301e\u0301e\u0301", 3, "e\u0301…e\u0301"},
		{"日本語のフォルダ", 7, "日本…ダ"},
		{"anything", 1, "…"},
		{"anything", 0, ""},
		{"anything", -3, ""},
	} {
		if got := shorten(c.in, c.limit); got != c.want {
			t.Errorf("shorten(%q, %d): got %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

func FuzzShorten(f *testing.F) {
	f.Add("Clienti/ACME S.p.A.", 9)
	f.Add("日本語 e\u0301 👩‍👩‍👧", 5)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		got := shorten(s, limit)
		if width(got) > max(limit, 0) {
			t.Errorf("shorten(%q, %d): got %q of %d columns", s, limit, got, width(got))
		}
		if got != s && got != "" && !strings.Contains(got, "…") {
			t.Errorf("shorten(%q, %d): got %q, want a mark where it was cut", s, limit, got)
		}
	})
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	got := printable("a\x1b[31mred\r\n\u202eevil\x00\u0085é")
	if want := "a?[31mred? ?evil??é"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
