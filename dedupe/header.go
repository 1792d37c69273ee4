package dedupe

import (
	"bytes"
	"strings"
	"time"
)

// fieldLimit bounds what is kept of one field.
const fieldLimit = 8 << 10

// Header is what a message's header says, as far as it helps to tell messages apart. Everything in it is bounded.
type Header struct {
	// MessageID is the first Message-ID field that isn't empty, unfolded and trimmed.
	MessageID string
	// Subject, From and To are raw values, unfolded. Subject is cut after some hundred bytes.
	Subject, From, To string
	// Date is the Date field, zero if there is none or it makes no sense.
	Date time.Time
	// Received is the date of the topmost Received field that has one.
	Received time.Time
	// Trace says that the message was delivered: it carries Received, Return-Path or Delivered-To.
	Trace bool
}

// fieldScanner finds the fields of a header in pieces of any size. It tolerates junk lines, 8-bit bytes and fields
// of any length, of which it keeps the beginning.
type fieldScanner struct {
	each  func(name, value []byte, cut bool) // value is folded as it is; both are only valid during the call
	field []byte
	cut   bool
	line  int  // length of the current line so far
	done  bool // the blank line was seen
}

// feed takes the next bytes and returns how many of them belong to the header.
func (s *fieldScanner) feed(b []byte) int {
	at := 0
	for at < len(b) && !s.done {
		piece := b[at:]
		end := bytes.IndexByte(piece, '\n')
		if end >= 0 {
			piece = piece[:end+1]
		}
		at += len(piece)
		s.add(piece, end >= 0)
	}
	return at
}

func (s *fieldScanner) add(piece []byte, ends bool) {
	if s.line == 0 && !isBlank(piece[0]) {
		s.flush()
	}
	room := fieldLimit - len(s.field)
	s.cut = s.cut || len(piece) > room
	s.field = append(s.field, piece[:min(len(piece), room)]...)
	s.line += len(piece)
	if ends {
		s.done = s.line <= 2 && (string(s.field) == "\r\n" || string(s.field) == "\n")
		s.line = 0
	}
}

// flush reports the field collected so far; needed once more at the end.
func (s *fieldScanner) flush() {
	if name, value := fieldName(s.field); name != nil {
		s.each(name, s.field[value:], s.cut)
	}
	s.field, s.cut = s.field[:0], false
}

func (s *fieldScanner) reset() {
	s.field, s.cut, s.line, s.done = s.field[:0], false, 0, false
}

// headerFields gathers a Header.
type headerFields struct {
	Header
	subject string // the whole of it
	date    string
}

func (h *headerFields) take(name, value []byte, cut bool) {
	switch {
	case equalFold(name, "message-id"):
		if text := unfold(value); h.MessageID == "" && !cut && normalID(text) != "" {
			h.MessageID = text
		}
	case equalFold(name, "subject"):
		first(&h.subject, value)
	case equalFold(name, "from"):
		first(&h.From, value)
	case equalFold(name, "to"):
		first(&h.To, value)
	case equalFold(name, "date"):
		first(&h.date, value)
	case equalFold(name, "return-path"), equalFold(name, "delivered-to"):
		h.Trace = true
	case equalFold(name, "received"):
		h.Trace = true
		if h.Received.IsZero() && !cut {
			text := unfold(value)
			h.Received = parseDate(text[strings.LastIndexByte(text, ';')+1:])
		}
	}
}

func first(to *string, value []byte) {
	if *to == "" {
		*to = unfold(value)
	}
}

// maxSubject is the length of Header.Subject in bytes.
const maxSubject = 600

func (h *headerFields) finish() {
	h.Date = parseDate(h.date)
	h.Subject = h.subject
	if len(h.Subject) > maxSubject {
		h.Subject = h.Subject[:maxSubject]
		if space := strings.LastIndexByte(h.Subject, ' '); space > maxSubject/2 {
			h.Subject = h.Subject[:space] // not within an encoded word
		}
	}
}
