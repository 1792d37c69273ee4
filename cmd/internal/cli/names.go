package cli

import "strings"

// names are those that something has and those that it gets.
type names [][2]string

func (n *names) add(old, new string) { *n = append(*n, [2]string{printable(old), printable(new)}) }

// String gives them side by side, or where there is no room for that one below the other: cut, they might look the same.
func (n names) String() string {
	widest := 0
	for _, pair := range n {
		if fits(width(pair[0]), pair[1]) {
			widest = max(widest, width(pair[0]))
		}
	}
	var b strings.Builder
	for _, pair := range n {
		between := "\n    "
		if room := widest - width(pair[0]); room >= 0 && fits(widest, pair[1]) {
			between = strings.Repeat(" ", room) + gap
		}
		b.WriteString("  " + pair[0] + between + "→ " + pair[1] + "\n")
	}
	return b.String()
}

// fits reports whether there is room for a new name beside old ones that are so wide.
func fits(old int, name string) bool { return 2+old+len(gap)+2+width(name) <= columns }
