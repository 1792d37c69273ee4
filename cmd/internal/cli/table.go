package cli

import "strings"

// columns is how wide tables and help texts are.
const columns = 80

// gap stands between the columns of a table.
const gap = "  "

// A table is plain text in columns.
type table struct {
	columns []column
	rows    [][]string
}

// A column of a table.
type column struct {
	title string
	right bool // numbers
	flex  bool // shortened when there is no room
	sure  bool // shown also if it is empty; other columns go when no row has anything to say
}

// add appends a row. Missing cells are empty.
func (t *table) add(cells ...string) {
	row := make([]string, len(t.columns))
	for i, cell := range cells {
		row[i] = printable(cell)
	}
	t.rows = append(t.rows, row)
}

// String gives titles and rows, at most [columns] wide, without blanks at the ends of lines.
func (t *table) String() string {
	titles := make([]string, len(t.columns))
	for i, c := range t.columns {
		titles[i] = c.title
	}
	return t.lines(append([][]string{titles}, t.rows...))
}

// body gives the rows without the titles.
func (t *table) body() string { return t.lines(t.rows) }

func (t *table) lines(rows [][]string) string {
	shown := t.shown()
	widths := t.widths(shown)
	t.squeeze(shown, widths)
	var b strings.Builder
	for _, row := range rows {
		b.WriteString(t.line(row, shown, widths))
		b.WriteByte('\n')
	}
	return b.String()
}

// shown are the columns that have something to say.
func (t *table) shown() []int {
	var shown []int
	for i, c := range t.columns {
		used := c.sure
		for _, row := range t.rows {
			used = used || row[i] != ""
		}
		if used {
			shown = append(shown, i)
		}
	}
	return shown
}

func (t *table) widths(shown []int) []int {
	widths := make([]int, len(t.columns))
	for _, i := range shown {
		widths[i] = width(t.columns[i].title)
		for _, row := range t.rows {
			widths[i] = max(widths[i], width(row[i]))
		}
	}
	return widths
}

// squeeze takes from the widest flexible column until the table fits.
func (t *table) squeeze(shown, widths []int) {
	total := len(gap) * (len(shown) - 1)
	for _, i := range shown {
		total += widths[i]
	}
	for ; total > columns; total-- {
		widest := -1
		for _, i := range shown {
			if t.columns[i].flex && widths[i] > 8 && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
	}
}

func (t *table) line(row []string, shown, widths []int) string {
	cells := make([]string, 0, len(shown))
	for _, i := range shown {
		cell := shorten(row[i], widths[i])
		blanks := strings.Repeat(" ", widths[i]-width(cell))
		if t.columns[i].right {
			cells = append(cells, blanks+cell)
		} else {
			cells = append(cells, cell+blanks)
		}
	}
	return strings.TrimRight(strings.Join(cells, gap), " ")
}
