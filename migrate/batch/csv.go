package batch

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A table is a file as spreadsheets write it: a header, then a line for each account. Every record is one line, so that a
// forgotten quote is the trouble of its line and not of the rest of the file.
type table struct {
	comma   rune
	columns []column // by place
}

// separators are those that spreadsheets use. The header tells which it is.
var separators = []rune{';', ',', '\t'}

// tableLines reads the lines of a table into a manifest.
func (m *Manifest) tableLines(o *LoadOptions, lines []string) error {
	first := 0
	for first < len(lines) && blank(lines[first]) {
		first++
	}
	var t table
	if first < len(lines) && strings.HasPrefix(strings.ToLower(lines[first]), "sep=") { // Excel's own way to say it
		t.comma, _ = utf8.DecodeRuneInString(lines[first][len("sep="):])
		first++
	}
	if first == len(lines) {
		return errors.New("empty: want a header line such as name;to;password;source")
	}
	if err := t.header(lines[first]); err != nil {
		return &LineError{Line: first + 1, Err: err}
	}
	for i := first + 1; i < len(lines); i++ {
		if blank(lines[i]) {
			continue
		}
		v, err := t.record(lines[i])
		m.take(o, i+1, v, err)
	}
	return nil
}

// blank reports whether a line holds nothing: spreadsheets write the separators of empty rows too.
func blank(line string) bool {
	return strings.Trim(line, "; ,\t\r\"") == ""
}

// header learns the separator and the order of the columns.
func (t *table) header(line string) error {
	if t.comma == 0 {
		t.comma = slices.MaxFunc(separators, func(a, b rune) int { return strings.Count(line, string(a)) - strings.Count(line, string(b)) })
	}
	cells, err := t.cells(line)
	if err != nil {
		return err
	}
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	for _, cell := range cells {
		c, ok := columnOf(cell)
		if !ok {
			return errUnknownColumn(strings.TrimSpace(cell))
		}
		if slices.Contains(t.columns, c) {
			return fmt.Errorf("column %q is there twice", c.name)
		}
		t.columns = append(t.columns, c)
	}
	for _, c := range columns {
		if c.needed && !slices.Contains(t.columns, c) {
			return fmt.Errorf("no column %q; there are %s", c.name, columnNames())
		}
	}
	return nil
}

// record reads a line. Cells that are missing at its end are empty, as spreadsheets leave them out.
func (t *table) record(line string) (values, error) {
	cells, err := t.cells(line)
	if err != nil {
		return nil, err
	}
	v := values{}
	for i, cell := range cells {
		switch {
		case i < len(t.columns):
			v[t.columns[i].name] = t.columns[i].split(cell)
		case strings.TrimSpace(cell) != "":
			return nil, fmt.Errorf("%d cells, but the header has %d columns; is a quote missing?", len(cells), len(t.columns))
		}
	}
	return v, nil
}

var (
	errOpenQuote  = errors.New("a quote is not closed before the end of the line")
	errAfterQuote = errors.New("text follows a closing quote; a quote within quotes is written twice")
)

// cells takes a line apart (RFC 4180, within one line).
func (t *table) cells(line string) ([]string, error) {
	if err := printable(line); err != nil {
		return nil, err
	}
	var cells []string
	for {
		cell, rest, more, err := t.cell(line)
		if err != nil {
			return nil, err
		}
		cells = append(cells, cell)
		if !more {
			return cells, nil
		}
		line = rest
	}
}

// cell takes the first cell off a line; more says that a separator followed.
func (t *table) cell(line string) (cell, rest string, more bool, err error) {
	if !strings.HasPrefix(line, `"`) {
		cell, rest, more = strings.Cut(line, string(t.comma))
		return cell, rest, more, nil
	}
	var b strings.Builder
	for line = line[1:]; ; {
		text, after, closed := strings.Cut(line, `"`)
		if !closed {
			return "", "", false, errOpenQuote
		}
		b.WriteString(text)
		if !strings.HasPrefix(after, `"`) {
			between, rest, more := strings.Cut(after, string(t.comma))
			if strings.TrimSpace(between) != "" {
				return "", "", false, errAfterQuote
			}
			return b.String(), rest, more, nil
		}
		b.WriteByte('"')
		line = after[1:]
	}
}

var errNotUTF8 = errors.New("not UTF-8; save the table as \"CSV UTF-8\"")

// printable refuses what can't be part of a name, an address or a path.
func printable(text string) error {
	if !utf8.ValidString(text) {
		return errNotUTF8
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\t' }); i >= 0 {
		return fmt.Errorf("control character %U", []rune(text[i:])[0])
	}
	return nil
}
