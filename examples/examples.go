// Package examples holds Anna's mail: made-up messages on two PCs that show what POP3 leaves behind. PC 1 is a Thunderbird
// profile whose Inbox holds the same weeks three times, PC 2 a Maildir with much of the same mail. [Unpack] lays them out,
// [Expected] is what one account must hold in the end, and anna/NOTES tells for each message why.
package examples

import (
	_ "embed" // the archive
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/tools/txtar"
)

// The mail is kept in one archive: go:embed and Windows refuse some of the names that mail stores use.
//
//go:embed anna/anna.txtar
var anna []byte

// A Message is one that arrives.
type Message struct {
	// Subject is decoded. No two messages of a mailbox have the same.
	Subject string
	// Mailbox is the name with "/" between its parts. INBOX, Sent, Drafts, Junk and Trash stand for whatever mailbox
	// the server has for that use (RFC 6154).
	Mailbox string
	// Flags are system flags in the order \Seen, \Answered, \Flagged, \Draft.
	Flags []string
	// Keywords are sorted.
	Keywords []string
	// Received is the date under which the message is filed (INTERNALDATE).
	Received time.Time
}

// Sources are the paths to migrate below a directory that [Unpack] has filled: a Thunderbird profile and a Maildir.
func Sources(dir string) []string {
	return []string{filepath.Join(dir, "pc1"), filepath.Join(dir, "pc2", "Maildir")}
}

// Unpack lays both PCs out in a directory, which is made if it is missing. Files that are there are written anew.
// On Windows the colon in the file names of a Maildir becomes a semicolon, as mail clients there have it.
func Unpack(dir string) error {
	for _, file := range txtar.Parse(anna).Files {
		if err := unpackFile(dir, file); err != nil {
			return fmt.Errorf("example %s: %w", file.Name, err)
		}
	}
	return nil
}

func unpackFile(dir string, file txtar.File) error {
	local := file.Name
	if runtime.GOOS == "windows" {
		local = strings.ReplaceAll(local, ":", ";")
	}
	local, err := filepath.Localize(local)
	if err != nil {
		return err
	}
	name := filepath.Join(dir, local)
	if err := makeParents(filepath.Dir(name)); err != nil {
		return err
	}
	if err := os.WriteFile(name, file.Data, 0o600); err != nil {
		return err
	}
	written := modified(file.Name)
	return os.Chtimes(name, written, written)
}

// makeParents makes the directory of a file. A mailbox of a Maildir has three of them, empty or not.
func makeParents(dir string) error {
	dirs := []string{dir}
	if base := filepath.Base(dir); base == "cur" || base == "new" {
		for _, name := range []string{"cur", "new", "tmp"} {
			dirs = append(dirs, filepath.Join(filepath.Dir(dir), name))
		}
	}
	for _, d := range dirs {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return err
		}
	}
	return nil
}

// modified is when a file was last written: a Maildir's message at its delivery, which its name begins with, all else
// when Anna last used the PC.
func modified(name string) time.Time {
	seconds, _, _ := strings.Cut(path.Base(name), ".")
	if delivered, err := strconv.ParseInt(seconds, 10, 64); err == nil {
		return time.Unix(delivered, 0)
	}
	return time.Date(2024, 3, 31, 18, 0, 0, 0, time.UTC)
}
