package pst

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-message"

	"unpop/migrate/migratetest"
)

// readpst runs that program on a data file and returns the messages that it wrote.
func readpst(t *testing.T, file string) [][]byte {
	t.Helper()
	program, err := exec.LookPath("readpst")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	_ = exec.CommandContext(t.Context(), program, "-q", "-D", "-j", "0", "-e", "-o", dir, file).Run() // it fails where it finds nothing
	var all [][]byte
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".eml") {
			return err
		}
		data, err := os.ReadFile(path)
		all = append(all, data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// moreThanReadpst is by how many messages we differ from readpst, and why.
var moreThanReadpst = map[string]int{
	"test_unicode.pst": 2, "test_ansi.pst": 1, // it passes over IPM.Post
	"flags_john_doe.pst": -1, "multiple_to_cc.pst": -1, // it takes a message of a search folder twice
}

// We find as many messages as readpst, but where it is known to err.
func TestReadpstCounts(t *testing.T) {
	t.Parallel()
	for _, file := range corpora(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			theirs := len(readpst(t, file))
			ours := 0
			for part := range open(t, file).Parts(t.Context()) {
				for range part.Copies(t.Context()) {
					ours++
				}
			}
			if want := theirs + moreThanReadpst[filepath.Base(file)]; ours != want {
				t.Errorf("got %d messages, readpst %d, want %d", ours, theirs, want)
			}
		})
	}
}

// What readpst is known to do wrong, each seen in many of its messages.
var defects = map[string]func(header, text []byte) bool{
	"lines without CR":        func(_, text []byte) bool { return bytes.Count(text, []byte("\n")) != bytes.Count(text, []byte("\r\n")) },
	"multipart with one part": oneChild,
	"no Message-ID":           func(header, _ []byte) bool { return !hasField(header, "Message-ID") },
	"no Date":                 func(header, _ []byte) bool { return !hasField(header, "Date") },
	"no From, or an invented one": func(header, _ []byte) bool {
		return !hasField(header, "From") || bytes.Contains(header, []byte("MAILER-DAEMON"))
	},
	"RTF attached as rtf-body.rtf":   func(_, text []byte) bool { return bytes.Contains(text, []byte("rtf-body.rtf")) },
	"image apart from its HTML":      unrelated,
	"8-bit text in the header":       func(header, _ []byte) bool { return bytes.ContainsFunc(header, func(r rune) bool { return r >= 0x80 }) },
	"line of more than 998 octets":   tooLong,
	"X.500 name for an address":      func(header, _ []byte) bool { return x500From.Match(header) },
	"8-bit text that isn't declared": undeclared,
}

var (
	x500From = regexp.MustCompile(`(?im)^From:[^\n]*<?/o=`)
	cte8     = regexp.MustCompile(`(?i)content-transfer-encoding: *(8bit|binary)`)
)

func hasField(header []byte, name string) bool {
	return regexp.MustCompile(`(?im)^` + name + `:`).Match(header)
}

func tooLong(_, text []byte) bool {
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		if len(bytes.TrimSuffix(line, []byte("\r"))) > 998 {
			return true
		}
	}
	return false
}

func undeclared(_, text []byte) bool {
	return bytes.ContainsFunc(text, func(r rune) bool { return r >= 0x80 }) && !cte8.Match(text)
}

// oneChild reports whether a multipart that isn't signed has a single part.
func oneChild(_, text []byte) bool {
	for _, m := range boundaryParam.FindAllSubmatch(text, -1) {
		delimiter := append([]byte("\n--"), m[1]...)
		if n := bytes.Count(text, delimiter) - bytes.Count(text, append(delimiter, "--"...)); n == 1 {
			return true
		}
	}
	return false
}

// unrelated reports whether HTML shows a part that is not related to it.
func unrelated(_, text []byte) bool {
	e, err := message.Read(bytes.NewReader(text))
	if err != nil {
		return false
	}
	var html []byte
	var ids []string
	_ = walkParts(e, 0, func(kind string, e *message.Entity) error { // readpst has one that can't be walked to its end
		if kind == "text/html" {
			data, _ := io.ReadAll(e.Body)
			html = append(html, data...)
		}
		if id := strings.Trim(e.Header.Get("Content-Id"), "<> "); id != "" {
			ids = append(ids, id)
		}
		return nil
	})
	return !bytes.Contains(bytes.ToLower(text), []byte("multipart/related")) && slices.ContainsFunc(ids, func(id string) bool {
		return bytes.Contains(html, []byte("cid:"+id))
	})
}

// tally counts the messages with each defect.
func tally(messages [][]byte) map[string]int {
	found := map[string]int{}
	for _, text := range messages {
		header, _, ok := bytes.Cut(text, []byte("\r\n\r\n"))
		if !ok {
			header, _, _ = bytes.Cut(text, []byte("\n\n"))
		}
		for name, is := range defects {
			if is(header, text) {
				found[name]++
			}
		}
	}
	return found
}

// None of readpst's defects is in any of our messages; the log has both counts.
func TestReadpstDefects(t *testing.T) {
	t.Parallel()
	if migratetest.Racing {
		t.Skip("one goroutine, and the same one as in TestCorporaMIME")
	}
	var theirs, ours [][]byte
	for _, file := range corpora(t) {
		theirs = append(theirs, readpst(t, file)...)
	}
	everyMessage(t, func(_ *testing.T, m mimeMessage) { ours = append(ours, m.text) })
	of, own := tally(theirs), tally(ours)
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(defects)) {
		lines = append(lines, fmt.Sprintf("%-32s readpst %3d, ours %d", name, of[name], own[name]))
		if own[name] > 0 {
			t.Errorf("%s: got %d messages, want none", name, own[name])
		}
	}
	t.Logf("readpst %d messages, ours %d\n%s", len(theirs), len(ours), strings.Join(lines, "\n"))
}
