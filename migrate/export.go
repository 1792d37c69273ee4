package migrate

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Exported says what [Export] wrote.
type Exported struct {
	Files  int64            // written
	Kinds  map[string]int64 // of which kind how many: "contact"
	Failed int64            // items that could not be read
	Errors []error          // why, the first hundred
}

// maxExportErrors bounds [Exported.Errors].
const maxExportErrors = 100

// Export writes what is not mail in the sources to files below dir, one for each item and in directories named like
// the store folders. Names are such that any system takes them, and the same in each run with the same sources; files of an earlier run
// are replaced. What can't be read is counted and the rest goes on; the error is that of writing or ctx's.
func Export(ctx context.Context, dir string, sources ...Exporter) (Exported, error) {
	e := exporter{dir: dir, out: Exported{Kinds: map[string]int64{}}, taken: map[string]bool{}}
	for _, source := range sources {
		if err := e.source(ctx, source); err != nil {
			return e.out, err
		}
	}
	return e.out, nil
}

// source writes the items of one source.
func (e *exporter) source(ctx context.Context, source Exporter) error {
	for item, err := range source.Others(ctx) {
		if failed := ctx.Err(); failed != nil {
			return failed
		}
		if err != nil {
			e.fail(err)
			continue
		}
		if err := e.item(item); err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	return nil
}

// exporter writes items and remembers all names that it gave.
type exporter struct {
	dir    string
	out    Exported
	folder string // the store folder at hand
	path   string // its directory
	taken  map[string]bool
}

func (e *exporter) fail(err error) {
	if e.out.Failed++; len(e.out.Errors) < maxExportErrors {
		e.out.Errors = append(e.out.Errors, err)
	}
}

// item writes one item. The error is that of the disk.
func (e *exporter) item(item *Other) error {
	if err := e.enter(item.Folder); err != nil {
		return err
	}
	name := filepath.Join(e.path, e.fileName(item))
	var unread error
	err := writeWhole(name, func(w *bufio.Writer) error {
		unread = item.Write(w)
		return unread
	})
	switch {
	case unread != nil && !diskError(err):
		e.fail(fmt.Errorf("%s: %s: %w", item.Folder, item.Kind, unread))
		return nil
	case err != nil:
		return err
	}
	e.out.Files++
	e.out.Kinds[item.Kind]++
	return nil
}

// diskError reports whether an error came from the file that is written.
func diskError(err error) bool {
	var place *os.PathError
	return errors.As(err, &place) && strings.Contains(place.Op, "write")
}

// enter makes the directory of a store folder.
func (e *exporter) enter(f Folder) error {
	if e.path != "" && e.folder == f.String() {
		return nil
	}
	names := []string{e.dir}
	if f.Account != "" {
		names = append(names, cmp.Or(safeName(f.Account), "_"))
	}
	for _, name := range f.Path {
		names = append(names, cmp.Or(safeName(name), "_"))
	}
	e.folder, e.path = f.String(), filepath.Join(names...)
	return os.MkdirAll(e.path, 0o700)
}

// fileName gives an item a name that no other of its directory has, also where case doesn't count.
func (e *exporter) fileName(item *Other) string {
	base := cmp.Or(safeName(item.Name), item.Kind)
	name := base + item.Ext
	for n := 2; e.taken[e.key(name)]; n++ {
		name = base + " (" + strconv.Itoa(n) + ")" + item.Ext
	}
	e.taken[e.key(name)] = true
	return name
}

func (e *exporter) key(name string) string { return strings.ToLower(filepath.Join(e.path, name)) }

// writeWhole writes a file that is there whole or not at all.
func writeWhole(name string, write func(*bufio.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".unpop-*")
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	if err = write(w); err == nil {
		err = w.Flush()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // what remains of it is of no use
	}
	return err
}

// maxName is the longest name of a file, in bytes; with a number and a suffix it stays below the 255 of most systems.
const maxName = 120

// safeName makes a text a file name for any system: without the characters and the names that Windows keeps for itself.
func safeName(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 0x7F || r == utf8.RuneError:
			return -1
		case strings.ContainsRune(`<>:"/\|?*`, r):
			return '_'
		}
		return r
	}, text)
	text = fitName(text)
	if reserved(text) || strings.HasPrefix(text, ".") {
		return fitName("_" + text)
	}
	return text
}

// fitName shortens a name, and takes away what Windows doesn't see at its end.
func fitName(text string) string {
	return strings.TrimRight(strings.TrimSpace(clip(text, maxName)), ". ")
}

// reserved reports whether Windows takes a name for a device, whatever comes after its first dot.
func reserved(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToLower(strings.TrimSpace(base))
	switch base {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(base) == 4 && (base[:3] == "com" || base[:3] == "lpt") && base[3] >= '1' && base[3] <= '9'
}
