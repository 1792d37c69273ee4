package mbox

import (
	"bytes"
	"time"
)

// findDate looks for a date that ends the text, with or without "remote from host" behind it, and returns what is before it.
func findDate(text []byte) (before []byte, date time.Time, ok bool) {
	rest := text
	for {
		at := len(text) - len(bytes.TrimLeft(rest, " \t"))
		token, next := nextToken(rest)
		if len(token) == 0 {
			return nil, time.Time{}, false
		}
		if date, ok = dateAt(token, next); ok {
			return text[:at], date, true
		}
		rest = next
	}
}

// dateAt parses a date that begins with token: a weekday, or the day in figures (ISO 8601).
func dateAt(token, rest []byte) (time.Time, bool) {
	if isWeekday(token) {
		return parseWords(rest)
	}
	if len(token) >= 10 && token[4] == '-' && token[7] == '-' {
		return parseISO(token, rest)
	}
	return time.Time{}, false
}

var weekdays = [...]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}

func isWeekday(token []byte) bool {
	token = bytes.TrimSuffix(token, []byte{','})
	for _, name := range weekdays {
		if string(token) == name {
			return true
		}
	}
	return false
}

// A moment is a date being put together.
type moment struct {
	year, day int
	month     time.Month
	clock     time.Duration
	zone      *time.Location
}

func (m moment) time() (time.Time, bool) {
	if m.month == 0 || m.day < 1 || m.day > 31 || m.year < 1900 || m.year > 2200 {
		return time.Time{}, false
	}
	zone := m.zone
	if zone == nil {
		zone = time.UTC
	}
	return time.Date(m.year, m.month, m.day, 0, 0, 0, 0, zone).Add(m.clock).UTC(), true
}

// parseWords reads what follows the weekday: "Jan  2 15:04:05 2006" (asctime) or "2 Jan 2006 15:04:05" (RFC 5322),
// with zones wherever writers put them.
func parseWords(rest []byte) (time.Time, bool) {
	var m moment
	first, rest := nextToken(rest)
	second, rest := nextToken(rest)
	if month, ok := parseMonth(first); ok {
		return parseAsctime(moment{month: month, day: parseNumber(second)}, rest)
	}
	month, ok := parseMonth(second)
	if !ok {
		return time.Time{}, false
	}
	m.day, m.month = parseNumber(first), month
	token, rest := nextToken(rest)
	m.year = parseYear(token)
	token, rest = nextToken(rest)
	if m.clock, ok = parseClock(token); !ok {
		return time.Time{}, false
	}
	return m.finish(rest)
}

// parseAsctime goes on after the day. JavaScript's Date.toString puts the year here: "Mon Jan 02 2006 15:04:05 GMT+0100 (…)".
func parseAsctime(m moment, rest []byte) (time.Time, bool) {
	var ok bool
	token, rest := nextToken(rest)
	if len(token) == 4 && parseYear(token) > 0 {
		m.year = parseYear(token)
		token, rest = nextToken(rest)
	}
	if m.clock, ok = parseClock(token); !ok {
		return time.Time{}, false
	}
	return m.finish(rest)
}

// finish reads what may follow the time of day, in any order: the year if it isn't known yet, up to two zones,
// and at last UUCP's "remote from host" or a comment.
func (m moment) finish(rest []byte) (time.Time, bool) {
	for zones := 0; ; {
		token, next := nextToken(rest)
		if len(token) == 0 || string(token) == "remote" || isComment(token, next) {
			return m.time()
		}
		if year := parseYear(token); year > 0 && m.year == 0 {
			m.year = year
		} else if zone, ok := parseZone(token); ok && zones < 2 {
			zones++
			if m.zone == nil {
				m.zone = zone
			}
		} else {
			return time.Time{}, false
		}
		rest = next
	}
}

// isComment reports whether a token begins a comment of several words that ends the line: "(GMT Standard Time)".
func isComment(token, rest []byte) bool {
	return token[0] == '(' && bytes.HasSuffix(bytes.TrimRight(rest, " \t"), []byte{')'})
}

// parseISO reads "2006-01-02 15:04:05", with T in place of the blank too.
func parseISO(token, rest []byte) (time.Time, bool) {
	m := moment{year: parseYear(token[:4]), month: time.Month(max(parseNumber(token[5:7]), 0)), day: parseNumber(token[8:10])}
	clock := token[10:]
	if len(clock) == 0 {
		clock, rest = nextToken(rest)
	} else if clock[0] != 'T' {
		return time.Time{}, false
	}
	clock = bytes.TrimPrefix(clock, []byte{'T'})
	if i := bytes.IndexAny(clock, "Z+-"); i >= 0 {
		zone, ok := parseZone(clock[i:])
		if !ok {
			return time.Time{}, false
		}
		m.zone, clock = zone, clock[:i]
	}
	var ok bool
	if m.clock, ok = parseClock(clock); !ok || m.month > time.December {
		return time.Time{}, false
	}
	return m.finish(rest)
}

var months = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

func parseMonth(token []byte) (time.Month, bool) {
	for i, name := range months {
		if string(token) == name {
			return time.Month(i + 1), true
		}
	}
	return 0, false
}

// parseNumber returns -1 for anything but one to four digits.
func parseNumber(token []byte) int {
	if len(token) == 0 || len(token) > 4 {
		return -1
	}
	n := 0
	for _, c := range token {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// parseYear returns 0 for what is no year. Two digits are those of 1970 to 2069 (RFC 5322 section 4.3 in spirit).
func parseYear(token []byte) int {
	n := parseNumber(token)
	switch {
	case n < 0:
		return 0
	case len(token) == 4:
		return n
	case len(token) == 2 && n >= 70:
		return 1900 + n
	case len(token) == 2:
		return 2000 + n
	}
	return 0
}

// parseClock reads "15:04" or "15:04:05", with fractions of a second dropped.
func parseClock(token []byte) (time.Duration, bool) {
	hour, rest, ok := bytes.Cut(token, []byte{':'})
	if !ok || len(hour) > 2 {
		return 0, false
	}
	minute, second, ok := bytes.Cut(rest, []byte{':'})
	if !ok {
		second = []byte("00")
	}
	second, _, _ = bytes.Cut(second, []byte{'.'})
	h, m, s := parseNumber(hour), parseNumber(minute), parseNumber(second)
	if h < 0 || h > 23 || len(minute) != 2 || m < 0 || m > 59 || len(second) != 2 || s < 0 || s > 60 {
		return 0, false
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second, true
}
