package migrate

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// chooser decides which store folders take part.
type chooser struct {
	include, exclude []*regexp.Regexp
}

func newChooser(include, exclude []string) (*chooser, error) {
	var c chooser
	var err error
	if c.include, err = compileAll(include); err != nil {
		return nil, err
	}
	c.exclude, err = compileAll(exclude)
	return &c, err
}

// CheckGlob tells whether a pattern for store folders is well formed.
func CheckGlob(glob string) error {
	_, err := newChooser([]string{glob}, nil)
	return err
}

func compileAll(globs []string) ([]*regexp.Regexp, error) {
	var all []*regexp.Regexp
	for _, glob := range globs {
		re, err := compileGlob(glob)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", glob, err)
		}
		all = append(all, re)
	}
	return all, nil
}

// compileGlob understands * and ? within a name, ** across names, and [set]. A pattern without a slash is matched against every
// name of the path, so that "Spam" means Spam wherever it is; one that matches a folder matches all below it.
func compileGlob(glob string) (*regexp.Regexp, error) {
	glob = norm.NFC.String(glob)
	var re strings.Builder
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; {
		case strings.HasPrefix(glob[i:], "**/"):
			re.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(glob[i:], "**"):
			re.WriteString(".*")
			i++
		case c == '*':
			re.WriteString("[^/]*")
		case c == '?':
			re.WriteString("[^/]")
		case c == '[' && strings.Contains(glob[i:], "]"):
			end := i + strings.Index(glob[i:], "]")
			re.WriteString("[" + strings.Replace(strings.ReplaceAll(glob[i+1:end], `\`, `\\`), "!", "^", 1) + "]")
			i = end
		default:
			start := i
			for i+1 < len(glob) && glob[i+1]&0xC0 == 0x80 { // the rest of a rune
				i++
			}
			re.WriteString(regexp.QuoteMeta(glob[start : i+1]))
		}
	}
	anchor := "^"
	if !strings.Contains(glob, "/") {
		anchor = "(?:^|/)"
	}
	return regexp.Compile("(?is)" + anchor + re.String() + "(?:/|$)")
}

// takes reports whether a folder takes part.
func (c *chooser) takes(folder string) bool {
	return (len(c.include) == 0 || matchesAny(c.include, folder)) && !matchesAny(c.exclude, folder)
}

// matchesAny takes a name as it is typed, also where macOS has taken its accents apart.
func matchesAny(patterns []*regexp.Regexp, folder string) bool {
	folder = norm.NFC.String(folder)
	for _, re := range patterns {
		if re.MatchString(folder) {
			return true
		}
	}
	return false
}
