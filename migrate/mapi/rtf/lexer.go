package rtf

import (
	"bufio"
	"errors"
	"io"
)

type tokenKind uint8

const (
	tokenOpen   tokenKind = iota // {
	tokenClose                   // }
	tokenWord                    // \word or \word123
	tokenSymbol                  // \ and a character that is no letter
	tokenByte                    // a byte of text, as it is or as \'hh
)

// token is a token of RTF. A word's parameter counts only if has is set.
type token struct {
	kind  tokenKind
	word  string
	param int
	has   bool
	char  byte
}

// Bounds of a control word; letters and digits beyond them are left out.
const (
	maxWord  = 32
	maxParam = 1 << 30
)

// lexer takes RTF apart. Line ends between tokens mean nothing and are left out.
type lexer struct {
	in *bufio.Reader
}

func newLexer(r io.Reader) *lexer { return &lexer{bufio.NewReader(r)} }

// next returns the next token; io.EOF ends the text wherever it ends.
func (l *lexer) next() (token, error) {
	for {
		c, err := l.in.ReadByte()
		if err != nil {
			return token{}, err
		}
		switch c {
		case '{':
			return token{kind: tokenOpen}, nil
		case '}':
			return token{kind: tokenClose}, nil
		case '\\':
			return l.control()
		case '\r', '\n', 0:
		default:
			return token{kind: tokenByte, char: c}, nil
		}
	}
}

// control reads what follows a backslash.
func (l *lexer) control() (token, error) {
	c, err := l.in.ReadByte()
	if err != nil {
		return token{}, err
	}
	switch {
	case isLetter(c):
		return l.word(c)
	case c == '\'':
		return l.hex()
	case c == '\\' || c == '{' || c == '}':
		return token{kind: tokenByte, char: c}, nil
	case c == '\r' || c == '\n':
		return token{kind: tokenWord, word: "par"}, nil
	case c == '\t':
		return token{kind: tokenWord, word: "tab"}, nil
	}
	return token{kind: tokenSymbol, char: c}, nil
}

// hex reads two hexadecimal digits. Anything else stays text.
func (l *lexer) hex() (token, error) {
	digits, err := l.in.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return token{}, err
	}
	if len(digits) < 2 || hexValue(digits[0]) < 0 || hexValue(digits[1]) < 0 {
		return token{kind: tokenByte, char: '\''}, nil
	}
	c := byte(hexValue(digits[0])<<4 | hexValue(digits[1]))
	_, err = l.in.Discard(2)
	return token{kind: tokenByte, char: c}, err
}

func (l *lexer) word(first byte) (token, error) {
	word := append(make([]byte, 0, maxWord), first)
	c, err := l.in.ReadByte()
	for ; err == nil && isLetter(c); c, err = l.in.ReadByte() {
		if len(word) < maxWord {
			word = append(word, c)
		}
	}
	t := token{kind: tokenWord, word: string(word)}
	sign := 1
	if err == nil && c == '-' {
		sign = -1
		c, err = l.in.ReadByte()
	}
	for ; err == nil && '0' <= c && c <= '9'; c, err = l.in.ReadByte() {
		t.has = true
		if t.param < maxParam/10 {
			t.param = t.param*10 + int(c-'0')
		}
	}
	t.param *= sign
	if err == nil && c != ' ' {
		err = l.in.UnreadByte()
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err == nil && t.word == "bin" {
		err = l.skip(t.param)
	}
	return t, err
}

// skip leaves out binary data.
func (l *lexer) skip(n int) error {
	_, err := l.in.Discard(max(n, 0))
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
