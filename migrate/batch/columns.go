package batch

import (
	"fmt"
	"slices"
	"strings"
)

// A column of the file.
type column struct {
	name   string
	list   bool // several values, separated by "|" in a table
	secret bool // blanks count
	needed bool
}

// columns are those that a table may have, in any order.
var columns = []column{
	{name: "name"},
	{name: "to", needed: true},
	{name: "password", secret: true, needed: true},
	{name: "source", list: true, needed: true},
	{name: "map", list: true},
	{name: "include", list: true},
	{name: "exclude", list: true},
	{name: "prefix"},
	{name: "existing"},
	{name: "from_password", secret: true},
}

// columnOf finds a column by its name, however it is spelt.
func columnOf(name string) (column, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	i := slices.IndexFunc(columns, func(c column) bool { return c.name == name })
	if i < 0 {
		return column{}, false
	}
	return columns[i], true
}

// columnNames lists the names for a person.
func columnNames() string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

func errUnknownColumn(name string) error {
	return fmt.Errorf("unknown column %q; there are %s", name, columnNames())
}

// split gives the values of a cell.
func (c column) split(cell string) []string {
	if c.secret {
		return some(cell)
	}
	if !c.list {
		return some(strings.TrimSpace(cell))
	}
	var all []string
	for part := range strings.SplitSeq(cell, "|") {
		all = append(all, some(strings.TrimSpace(part))...)
	}
	return all
}

// some is no value where the text is empty.
func some(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}
