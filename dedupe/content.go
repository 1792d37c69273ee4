package dedupe

import (
	"bytes"
	"crypto/sha256"
	"io"
)

// Limits of a message's structure; a message beyond them is digested raw.
const (
	maxDepth    = 50
	maxParts    = 5000
	maxBoundary = 200
)

// Domains of content digests, so that one of decoded leaves is never equal to one of raw bytes.
const (
	domainLeaves = "unpop content\x00"
	domainRaw    = "unpop raw body\x00"
	domainCore   = "unpop core\x00"
)

// Content returns the digest of what a clean message says, without its header: of its MIME leaves in their order,
// with the transfer encoding undone, text in UTF-8 and levelled (line ends, blanks at the ends of lines, empty lines
// at the end). Boundaries, preambles, epilogues, part headers and nesting don't count; attached messages are
// entered. So a text alone equals a multipart with nothing but this text.
//
// A message whose structure is broken or beyond 50 levels or 5,000 parts gets a digest of its raw body, levelled
// like text, that no decoded message has. Memory is bounded; the only error is a read error.
func Content(clean io.Reader) (Digest, error) { return digestLeaves(clean, false) }

// Core is [Content] of the last part alone of each multipart/alternative, which is the one that says most (RFC 2046 section 5.1.4).
// A program that keeps the last one and makes the others anew, as Outlook does with the text beside HTML, leaves it as it was.
// No Core is equal to a Content.
func Core(clean io.Reader) (Digest, error) { return digestLeaves(clean, true) }

func digestLeaves(clean io.Reader, core bool) (Digest, error) {
	lines := newLineReader(clean)
	defer lines.close()
	start, err := lines.peek()
	if err != nil {
		return Digest{}, err
	}
	p := newParser(endsLF.hasHeader(start) || endsLF.blank(start) > 0)
	p.core = core
	for {
		text, eol, err := lines.next()
		if err == io.EOF {
			return p.digest(), nil
		}
		if err != nil {
			return Digest{}, err
		}
		p.line(text, eol)
	}
}

// parser follows the structure of a message line by line and hashes its leaves.
type parser struct {
	state parserState
	head  partHeader
	stack []level
	depth int
	parts int
	leaf  leaf
	sum   [][]byte // kind and digest of each leaf
	mid   bool     // the last line isn't at its end
	bad   bool     // the structure is broken: only raw counts
	body  bool     // the first header is behind, or broken: lines count for raw
	raw   leveller
	core  bool // of alternatives, only the last one counts
}

type parserState uint8

const (
	inHead parserState = iota
	inLeaf
	between // preamble or epilogue
)

// level is a multipart that was entered.
type level struct {
	boundary []byte
	digest   bool // its parts are messages by default (RFC 2046 section 5.1.5)
	closed   bool
	depth    int
	either   bool // its parts are alternatives
	first    int  // the leaf that its first part begins with
}

func newParser(header bool) *parser {
	p := &parser{}
	p.raw.reset()
	p.head.init()
	if !header {
		p.body = true
		p.leaf.start(mediaType{name: textPlain}, "")
		p.state = inLeaf
	}
	return p
}

// line takes the next line, or a piece of a long one: then eol is false, as it may be for the last.
func (p *parser) line(text []byte, eol bool) {
	start := !p.mid
	p.mid = !eol
	if p.body {
		p.count(text, eol)
	}
	if p.bad || start && p.delimiter(text) {
		return
	}
	if p.state == inHead && start && p.head.isJunk(text) {
		if !p.body {
			p.count(text, eol)
		}
		p.fail()
		return
	}
	switch p.state {
	case inHead:
		p.head.scan.feed(text)
		if eol {
			p.head.scan.feed(crlf)
		}
		if p.head.scan.done {
			p.enter()
		}
	case inLeaf:
		if p.leaf.transfer.line(text, eol) != nil {
			p.fail()
		}
	}
}

// count takes a line for the raw digest.
func (p *parser) count(text []byte, eol bool) {
	p.raw.Write(text)
	if eol {
		p.raw.Write(crlf)
	}
}

// fail gives the structure up; from here on lines count for the raw digest, also those of a header.
func (p *parser) fail() { p.bad, p.body = true, true }

// enter goes on from the header of a part, or of the message, into what it announces.
func (p *parser) enter() {
	p.body = true
	kind, encoding := p.head.result()
	switch {
	case kind.isMultipart():
		boundary := bytes.TrimRight([]byte(kind.params["boundary"]), " \t")
		if len(boundary) == 0 || len(boundary) > maxBoundary {
			p.fail()
			return
		}
		p.deeper()
		p.stack = append(p.stack, level{boundary: boundary, digest: kind.name == "multipart/digest", depth: p.depth, either: kind.name == "multipart/alternative", first: len(p.sum)})
		p.state = between
	case kind.isMessage() && isIdentity(encoding):
		p.deeper()
		p.head.reset(textPlain)
		p.state = inHead
	default:
		p.leaf.start(kind, encoding)
		p.state = inLeaf
	}
}

func (p *parser) deeper() {
	p.depth++
	if p.depth > maxDepth {
		p.fail()
	}
}

// delimiter handles a line if it is a delimiter of one of the multiparts around it (RFC 2046 section 5.1.1).
func (p *parser) delimiter(text []byte) bool {
	if !bytes.HasPrefix(text, []byte("--")) || len(p.stack) == 0 {
		return false
	}
	rest := bytes.TrimRight(text[2:], " \t")
	for i := len(p.stack) - 1; i >= 0; i-- {
		tail, ok := bytes.CutPrefix(rest, p.stack[i].boundary)
		if ok && (len(tail) == 0 || string(tail) == "--") {
			p.leaveTo(i)
			p.next(&p.stack[i], len(tail) > 0)
			return true
		}
	}
	return false
}

// leaveTo ends the current part and the multiparts within level i.
func (p *parser) leaveTo(i int) {
	p.endPart()
	for _, inner := range p.stack[i+1:] {
		if !inner.closed {
			p.fail()
		}
	}
	p.stack = p.stack[:i+1]
	p.depth = p.stack[i].depth
}

// next begins the next part of a multipart, or closes it.
func (p *parser) next(l *level, closes bool) {
	if l.closed {
		p.fail()
	}
	l.closed = closes
	if closes {
		p.state = between
		return
	}
	if p.parts++; p.parts > maxParts {
		p.fail()
	}
	if p.core && l.either {
		p.sum = p.sum[:l.first]
	}
	byDefault := textPlain
	if l.digest {
		byDefault = "message/rfc822"
	}
	p.head.reset(byDefault)
	p.state = inHead
}

// endPart ends a leaf. A header that ends without a blank line has an empty body.
func (p *parser) endPart() {
	for p.state == inHead && !p.bad {
		p.enter()
	}
	if p.state != inLeaf || p.bad {
		return
	}
	kind, d, err := p.leaf.finish()
	if err != nil {
		p.fail()
	}
	p.sum = append(p.sum, append([]byte{kind}, d[:]...))
	p.state = between
}

func (p *parser) digest() Digest {
	p.endPart()
	for _, l := range p.stack {
		if !l.closed {
			p.fail()
		}
	}
	if p.bad {
		raw := p.raw.digest()
		return sha256.Sum256(append([]byte(domainRaw), raw[:]...))
	}
	domain := domainLeaves
	if p.core {
		domain = domainCore
	}
	return sha256.Sum256(append([]byte(domain), bytes.Join(p.sum, nil)...))
}
