package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// parseBytes reads an amount of bytes as people write it: 500kB, 5 MB, 1.5MB/s, 2000000. Units are decimal, as everywhere here.
func parseBytes(text string) (int64, error) {
	number := strings.ToLower(strings.TrimSpace(text))
	for _, suffix := range []string{"/s", "b"} {
		number = strings.TrimSuffix(number, suffix)
	}
	unit := 1.0
	for name, factor := range map[string]float64{"k": 1e3, "m": 1e6, "g": 1e9} {
		if rest, ok := strings.CutSuffix(number, name); ok {
			number, unit = rest, factor
			break
		}
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || math.IsNaN(n) || n*unit < 1 || n*unit > 1e15 {
		return 0, fmt.Errorf("%q: want an amount such as 500kB or 5MB", text)
	}
	return int64(n * unit), nil
}
