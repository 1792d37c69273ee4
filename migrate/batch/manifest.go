package batch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// LoadOptions say how a file is read.
type LoadOptions struct {
	// Reference checks the form of a reference to a password, and tells whether it is a password itself. Nil takes all.
	Reference func(text string) (plain bool, err error)
}

// Manifest is what a file says.
type Manifest struct {
	File     string // its absolute path
	Accounts []*Account
	Bad      []*LineError // lines that are not understood, or name an account once more; the others may go on
}

// LineError says what is wrong with a line. It never holds a password.
type LineError struct {
	Line int // counted from 1
	Err  error
}

// Error names the line.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns the cause.
func (e *LineError) Unwrap() error { return e.Err }

// largest is more than a table of a hundred thousand accounts takes.
const largest = 256 << 20

// Load reads a file: YAML where its name ends so, else a table. An error says that nothing of it can be used; what is wrong with single
// lines is in the manifest.
func Load(path string, o LoadOptions) (*Manifest, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	defer file.Close()
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	ext := strings.ToLower(filepath.Ext(path))
	m, err := Parse(file, ext == ".yaml" || ext == ".yml", o)
	if err != nil {
		return nil, fmt.Errorf("batch %s: %w", path, err)
	}
	m.File = abs
	m.distinguish()
	return m, nil
}

// distinguish adds to a name that several accounts have what tells them apart.
func (m *Manifest) distinguish() {
	times := map[string]int{}
	for _, a := range m.Accounts {
		times[a.Name]++
	}
	for _, a := range m.Accounts {
		if times[a.Name] > 1 {
			a.Name += " <" + a.Target() + ">"
		}
	}
}

// Parse reads a manifest as [Load] does.
func Parse(r io.Reader, yaml bool, o LoadOptions) (*Manifest, error) {
	text, err := readText(r)
	if err != nil {
		return nil, err
	}
	m := &Manifest{}
	if yaml {
		err = m.yamlAccounts(&o, text)
	} else {
		err = m.tableLines(&o, tableText(text))
	}
	if err != nil {
		return nil, err
	}
	m.refuseTwins()
	if len(m.Accounts) == 0 && len(m.Bad) == 0 {
		return nil, errors.New("names no account")
	}
	return m, nil
}

// readText reads a file of sane size, in UTF-8 or, as its byte order mark says, in UTF-16 as Excel's "Unicode text" is.
func readText(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, largest+1))
	if err != nil {
		return nil, err
	}
	if len(text) > largest {
		return nil, fmt.Errorf("more than %d MB", largest>>20)
	}
	if bytes.HasPrefix(text, []byte{0xFF, 0xFE}) || bytes.HasPrefix(text, []byte{0xFE, 0xFF}) {
		text, _, err = transform.Bytes(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder(), text)
		if err != nil {
			return nil, err
		}
	}
	return bytes.TrimPrefix(text, []byte("\ufeff")), nil
}

// tableText gives the lines of a table, whichever way they end.
func tableText(text []byte) []string {
	all := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	if len(all) == 1 { // as Excel on a Mac writes "CSV (Macintosh)"
		all = strings.Split(all[0], "\r")
	}
	return all
}

// take adds an account, or what is wrong with its line.
func (m *Manifest) take(o *LoadOptions, line int, v values, err error) {
	var a *Account
	if err == nil {
		a, err = o.account(line, v)
	}
	if err != nil {
		m.Bad = append(m.Bad, &LineError{line, err})
		return
	}
	m.Accounts = append(m.Accounts, a)
}

// refuseTwins makes bad lines of those whose account another line has before them: it would depend on their order what goes where.
func (m *Manifest) refuseTwins() {
	seen := map[string]int{}
	m.Accounts = slices.DeleteFunc(m.Accounts, func(a *Account) bool {
		first, twice := seen[a.Target()]
		if twice {
			m.Bad = append(m.Bad, &LineError{a.Line, fmt.Errorf("to: the same account as in line %d; put all its sources there, separated by |", first)})
			return true
		}
		seen[a.Target()] = a.Line
		return false
	})
	slices.SortStableFunc(m.Bad, func(a, b *LineError) int { return a.Line - b.Line })
}

// Err is all that is wrong with single lines as one error, or nil.
func (m *Manifest) Err() error {
	errs := make([]error, len(m.Bad))
	for i, bad := range m.Bad {
		errs[i] = bad
	}
	return errors.Join(errs...)
}
