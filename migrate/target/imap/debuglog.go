package imap

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// debugLine is how much of a line is worth showing.
const debugLine = 300

// debugLog writes the lines of a dialogue. Credentials never get here: who sends them says what to show instead.
type debugLog struct {
	mu  sync.Mutex
	out io.Writer
}

func (d *debugLog) client(line string) { d.write("C", line) }
func (d *debugLog) server(line string) { d.write("S", line) }

func (d *debugLog) write(who, line string) {
	if d.out == nil {
		return
	}
	line, _, _ = strings.Cut(line, "\r")
	if len(line) > debugLine {
		line = line[:debugLine] + "…"
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	_, _ = fmt.Fprintf(d.out, "%s: %s\n", who, strings.TrimRight(line, "\n"))
}
