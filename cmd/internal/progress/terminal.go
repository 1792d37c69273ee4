package progress

import (
	"io"
	"strings"
	"time"
)

// terminal keeps one moving line at the end of what was written.
type terminal struct {
	w       io.Writer
	size    func() int // columns
	style   style
	restore func()
	shown   string // the line on the screen; empty if there is none
	columns int    // when it was drawn
}

func (t *terminal) tick(s *snapshot) {
	if s.step == 0 && s.place == "" && s.notice == "" {
		return
	}
	columns := t.size()
	line := t.style.frame(s, columns)
	if line == t.shown && columns == t.columns {
		return
	}
	t.write(t.erased(columns) + line)
	t.shown, t.columns = line, columns
}

func (t *terminal) begin(*snapshot) {}

// end leaves one line that says what the step has done.
func (t *terminal) end(s *snapshot) {
	line := endLine(s)
	name := stepName(s)
	t.write(t.erased(t.size()) + t.style.paint(bold, name) + strings.TrimPrefix(line, name) + "\n")
	t.shown = ""
}

// say writes a line that stays where the moving line is, and the moving line below it.
func (t *terminal) say(_ time.Time, text string) {
	columns := t.size()
	t.write(t.erased(columns) + printable(text) + "\n" + t.shown)
	t.columns = columns
}

func (t *terminal) close() {
	t.write(t.erased(t.size()))
	t.shown = ""
	t.restore()
}

// erased is what takes the moving line off the screen. A terminal that became narrower has broken it into several.
func (t *terminal) erased(columns int) string {
	if t.shown == "" {
		return ""
	}
	rows := (width(unpainted(t.shown)) - 1) / max(columns, 1)
	if rows < 1 || columns >= t.columns {
		return "\r\x1b[K"
	}
	return "\r" + strings.Repeat("\x1b[A", rows) + "\x1b[J"
}

func (t *terminal) write(text string) {
	if text != "" {
		_, _ = io.WriteString(t.w, text)
	}
}

// unpainted takes the colours out of a line.
func unpainted(s string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, s, _ = strings.Cut(after, "m")
	}
}
