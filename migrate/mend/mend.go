// Package mend makes a message acceptable that a server refused: the repair ladder. A message goes up as it is; only when
// the server says no is it tried again one Step higher, and every step changes as little as it can. What a step finds legal
// passes byte for byte, the same input gives the same output however it is read, mending what is mended changes nothing,
// and memory is bounded whatever the length of a line or a header.
//
// # Step LineEnds
//
// CR and LF stand only together (RFC 5322 section 2.3) and there is no NUL (RFC 9051 section 4.3): NUL is removed, as
// Postfix does with message_strip_characters; a bare LF becomes CRLF, and so does a bare CR, but CRs right before an LF are
// one line end with it ("\r\r\n"). A last line without an end gets one. An empty message stays empty.
//
// # Step Header
//
// The header becomes one by RFC 5322 section 2.2, and no line is longer than 998 octets (section 2.1.1):
//
//   - A line in the header that is neither a field nor a continuation ("From ", ">From ", no colon, an empty name, a name
//     with blanks, control or 8-bit characters, a continuation at the very top) becomes the field "X-Unpop-Line: <line>" if
//     more fields follow it; its text is encoded (RFC 2047) where it has 8-bit characters. If no fields follow, the blank
//     line before the body was missing and is put before it.
//   - Blanks between a field's name and its colon go, as do lines of blanks alone, which some take for the header's end.
//   - A message without a header gets "MIME-Version: 1.0" and a blank line; a header that ends the message gets the blank line.
//   - An over-long header line is folded before a blank, which is no change of its value; where none is within reach, a line
//     end and a space are put in. Blanks by the hundred are cut short, because a folded line can't be blank.
//   - An over-long body line is broken: base64 at a multiple of four characters; quoted-printable with a soft line break;
//     other text before a blank where there is one, otherwise between two characters. Base64 and quoted-printable still
//     decode to the same, and the long field of an attached message is folded well; a text in 7bit, 8bit or binary is
//     changed by the line end put in, which can't be helped. Nothing is taken out.
//
// Whether fields follow is judged by the next 100 lines, at most 64 KiB, up to the first that is empty or begins with "--":
// there must be fields with a usual name, or one with a hyphen, and no fewer than there are odd lines before them. A line
// that begins with a colon and a blank belongs to the header if it isn't behind other odd lines.
package mend

import (
	"io"
	"strconv"
)

// A Step is a rung of the ladder. Each includes those below it.
type Step int

// The steps, lowest first.
const (
	AsIs     Step = iota // nothing is changed
	LineEnds             // no bare CR, bare LF or NUL
	Header               // also a header that parses, and no line over 998 octets
)

// Last is the highest step.
const Last = Header

// String says what was done to the message, as a report would.
func (s Step) String() string {
	switch s {
	case AsIs:
		return "as it is"
	case LineEnds:
		return "line ends and NUL made legal"
	case Header:
		return "header mended, long lines folded"
	}
	return "step " + strconv.Itoa(int(s))
}

// Reader returns the message in clean (CRLF line ends, but it may hold anything) as mended by all steps up to s; a step
// above Last is Last. Its errors are those of clean. It reads ahead up to 128 KiB.
func Reader(clean io.Reader, s Step) io.Reader {
	switch {
	case s <= AsIs:
		return clean
	case s == LineEnds:
		return newLineEnder(clean)
	}
	return newMender(newLineEnder(clean))
}
