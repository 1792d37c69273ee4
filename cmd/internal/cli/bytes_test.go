package cli

import "testing"

func TestParseBytes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"500kB": 500_000, "5 MB": 5_000_000, "1.5MB/s": 1_500_000, "2000000": 2_000_000, "2G": 2e9, "10b/s": 10, " 3 mb ": 3_000_000,
	} {
		if got, err := parseBytes(text); err != nil || got != want {
			t.Errorf("%q: got %d, %v, want %d", text, got, err, want)
		}
	}
	for _, bad := range []string{"", "MB", "0", "-5MB", "5 apples", "NaN", "1e300", "0.2"} {
		if got, err := parseBytes(bad); err == nil {
			t.Errorf("%q: got %d, want an error", bad, got)
		}
	}
}
