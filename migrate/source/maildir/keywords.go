package maildir

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// keywordsFile is where Dovecot writes what the flag letters a to z mean in a folder: lines of "0 $Forwarded".
const keywordsFile = "dovecot-keywords"

// readKeywords returns the keywords of a folder, a first. Without a file, or for a line that makes no sense,
// the letters mean nothing.
func readKeywords(dir string) []string {
	f, err := os.Open(filepath.Join(dir, keywordsFile))
	if err != nil {
		return nil
	}
	defer f.Close()
	words := make([]string, 26)
	lines := bufio.NewScanner(io.LimitReader(f, 64<<10))
	for lines.Scan() {
		number, word, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		if i, err := strconv.Atoi(number); err == nil && i >= 0 && i < len(words) && isAtom(word) {
			words[i] = word
		}
	}
	return words
}

// isAtom reports whether a keyword may be sent to a server: an atom of RFC 9051 section 9.
func isAtom(word string) bool {
	for i := range len(word) {
		if c := word[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`(){%*"\]`, c) >= 0 {
			return false
		}
	}
	return word != ""
}
