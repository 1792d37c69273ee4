package thunderbird

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// A Mork file (X.msf) is Thunderbird's index of a folder: dictionaries <(B1=test)>, tables {1:^9F …} and rows [1:^9F(^B1^B1)],
// followed by groups of changes @$${1{@ … @$$}1}@. Only what it says of the folder itself is read here; damage ends the reading
// and what was read until then counts.

// maxMorkText bounds a name or value; what is longer is cut.
const maxMorkText = 4096

type cellKind uint8

const (
	columnAlias cellKind = iota // (B1=folderName) in a dictionary of columns
	valueAlias                  // (B1=test) in a dictionary of values
	rowCell                     // (^B1^B1) or (^B1=test) in a row
)

// A morkCell is one pair of parentheses.
type morkCell struct {
	kind       cellKind
	scope      string // of a row: the alias of its kind
	key, value string
	byRef      bool // the value is an alias
	at         int64
}

// morkScanner reads cells one after another and remembers where it is.
type morkScanner struct {
	r       *bufio.Reader
	at      int64
	dict    int // depth of <
	columns bool
	tables  int    // depth of {
	table   string // scope of the table
	row     string // scope of the row
	inRow   bool
}

// scanMork calls visit for each cell that can be understood.
func scanMork(r io.Reader, visit func(morkCell)) error {
	s := &morkScanner{r: bufio.NewReaderSize(r, 64<<10)}
	for {
		c, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		s.step(c, visit)
	}
}

func (s *morkScanner) next() (byte, error) {
	c, err := s.r.ReadByte()
	if err == nil {
		s.at++
	}
	return c, err
}

// step handles one byte outside parentheses.
func (s *morkScanner) step(c byte, visit func(morkCell)) {
	switch c {
	case '/':
		if next, err := s.r.Peek(1); err == nil && next[0] == '/' {
			s.text("\n")
		}
	case '@': // a group begins or ends: nothing is open any more
		s.text("@")
		s.dict, s.tables, s.inRow = 0, 0, false
	case '<':
		s.dict++
		if s.dict == 1 {
			s.columns = false
		}
	case '>':
		s.dict = max(0, s.dict-1)
	case '{':
		if s.tables++; s.tables == 1 {
			s.table = scopeOf(s.peekText("{[(}"))
		}
	case '}':
		s.tables = max(0, s.tables-1)
		s.inRow = false
	case '[':
		s.inRow = true
		if s.row = scopeOf(s.peekText("([]")); s.row == "" && s.tables > 0 {
			s.row = s.table
		}
	case ']':
		s.inRow = false
	case '(':
		s.cell(visit)
	}
}

// cell reads what stands in parentheses.
func (s *morkScanner) cell(visit func(morkCell)) {
	c := morkCell{at: s.at}
	var end byte
	c.key, end = s.text("=^)")
	c.key = strings.TrimSpace(c.key)
	if end == '^' && c.key == "" { // (^key…: the column is an alias
		c.key, end = s.text("=^)")
		c.key = "^" + strings.TrimSpace(c.key)
	}
	c.byRef = end == '^'
	if end == '=' || end == '^' {
		c.value, end = s.text(")")
	}
	switch {
	case end != ')':
	case s.inRow:
		c.kind, c.scope = rowCell, s.row
		visit(c)
	case s.dict == 2 && c.key == "a" && c.value == "c":
		s.columns = true
	case s.dict == 1:
		if c.kind = valueAlias; s.columns {
			c.kind = columnAlias
		}
		visit(c)
	}
}

// text reads up to one of the stop bytes, undoes the escapes and returns which byte it was, 0 at the end of the file.
func (s *morkScanner) text(stops string) (string, byte) {
	var text []byte
	for {
		c, err := s.next()
		if err != nil {
			return string(text), 0
		}
		if strings.IndexByte(stops, c) >= 0 {
			return string(text), c
		}
		keep := true
		switch c {
		case '\\':
			c, keep = s.escaped()
		case '$':
			c = s.hexed()
		case '\r', '\n':
			keep = false
		}
		if keep && len(text) < maxMorkText {
			text = append(text, c)
		}
	}
}

// escaped reads what follows a backslash: a byte as it is, or a line end that means nothing.
func (s *morkScanner) escaped() (byte, bool) {
	c, err := s.next()
	if err == nil && c == '\r' {
		if next, peekErr := s.r.Peek(1); peekErr == nil && next[0] == '\n' {
			c, err = s.next()
		}
	}
	return c, err == nil && c != '\n' && c != '\r'
}

// hexed reads what follows a dollar sign: two hexadecimal digits; anything else leaves the dollar.
func (s *morkScanner) hexed() byte {
	digits, err := s.r.Peek(2)
	if err != nil {
		return '$'
	}
	high, low := hexDigit(digits[0]), hexDigit(digits[1])
	if high < 0 || low < 0 {
		return '$'
	}
	s.r.Discard(2) //nolint:errcheck // they were peeked
	s.at += 2
	return byte(high<<4 | low)
}

func hexDigit(c byte) int { return strings.IndexByte("0123456789abcdef", lower(c)) }

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// peekText looks at what follows up to one of the stop bytes, at most a few dozen bytes.
func (s *morkScanner) peekText(stops string) string {
	ahead, _ := s.r.Peek(64)
	if i := strings.IndexAny(string(ahead), stops); i >= 0 {
		return string(ahead[:i])
	}
	return ""
}

// scopeOf returns the alias in "1:^9F", "" if there is none.
func scopeOf(header string) string {
	_, scope, _ := strings.Cut(header, ":^")
	return strings.TrimSpace(scope)
}
