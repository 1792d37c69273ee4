package imap

import (
	"strconv"
	"strings"

	"unpop/migrate"
)

// A listing takes the answers to our own FETCH commands (see [Session.List]) out of the tap, in the order in which they come. go-imap
// sees nothing of them: it needs several goroutine switches for each message.
type listing struct {
	answers chan listed
	dead    <-chan struct{}
}

// listed is a message, or the end of a command.
type listed struct {
	found migrate.Found
	end   response // has a tag at the end
}

// listingAhead is how many answers may wait to be looked at. The connection waits then, as it should.
const listingAhead = 512

func newListing(w *wire) *listing {
	return &listing{answers: make(chan listed, listingAhead), dead: w.dead}
}

// takes takes a response, if it is for the listing. It is called by the goroutine that reads the connection.
func (l *listing) takes(r response) bool {
	var item listed
	switch {
	case isOurs(r.tag):
		item.end = r
	case r.tag != "*":
		return false
	default:
		what, rest, _ := strings.Cut(r.text, " ")
		if !strings.EqualFold(what, "FETCH") {
			return false
		}
		var whole bool
		if item.found, whole = parseFound(rest); !whole {
			return true // of flags that changed somewhere; go-imap has no use for it either
		}
	}
	select {
	case l.answers <- item:
	case <-l.dead:
	}
	return true
}

// next returns the next answer, or false at the end of the connection.
func (l *listing) next() (listed, bool) {
	select {
	case item := <-l.answers:
		return item, true
	case <-l.dead:
	}
	select { // what came before the end still counts
	case item := <-l.answers:
		return item, true
	default:
		return listed{}, false
	}
}

// parseFound reads the list of a FETCH response (RFC 9051 section 7.5.2) as far as it has no literals. It is whole with UID and size.
func parseFound(text string) (f migrate.Found, whole bool) {
	text, ok := strings.CutPrefix(strings.TrimSpace(text), "(")
	sized := false
	for ok {
		var name, value string
		name, text, ok = strings.Cut(strings.TrimLeft(text, " "), " ")
		if !ok {
			break
		}
		value, text, ok = cutValue(text)
		switch strings.ToUpper(name) {
		case "UID":
			n, err := strconv.ParseUint(value, 10, 32)
			f.UID, ok = migrate.UID(n), ok && err == nil
		case "RFC822.SIZE":
			n, err := strconv.ParseInt(value, 10, 64)
			f.Size, sized = n, err == nil
		case "FLAGS":
			f.Flags = plainFlags(value)
		}
	}
	return f, f.UID != 0 && sized && f.Size >= 0
}

// cutValue splits a value off: an atom, a quoted string or a list of atoms. ok says that something may follow.
func cutValue(text string) (value, rest string, ok bool) {
	end := 0
	switch {
	case strings.HasPrefix(text, "("):
		end = strings.IndexByte(text, ')') + 1
	case strings.HasPrefix(text, `"`):
		end = quotedEnd(text)
	default:
		end = strings.IndexAny(text, " )")
	}
	if end <= 0 {
		return "", "", false
	}
	return text[:end], text[end:], true
}

// quotedEnd is where a quoted string ends, or 0.
func quotedEnd(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}
