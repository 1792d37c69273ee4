package dedupe

import (
	"strconv"
	"strings"
	"time"
)

// zones are the names of RFC 5322 section 4.3 and a few that are met in mail, in hours east of UTC.
var zones = map[string]int{
	"ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "bst": 1, "cet": 1, "met": 1, "cest": 2, "mest": 2, "eet": 2, "eest": 3, "msk": 3,
	"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "jst": 9,
}

var months = map[string]time.Month{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}

var isoLayouts = []string{time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05"}

// parseDate reads the dates of RFC 5322 in the forms that programs write them: parts in any order, two-digit years,
// asctime, hyphens, zones by name or missing (then UTC). It returns the zero time for what makes no sense: a part
// missing or out of range, or a year before 1970 or after 2100.
func parseDate(s string) time.Time {
	s = strings.TrimSpace(s)
	if d, ok := usualDate(s); ok {
		return d.time()
	}
	return unusualDate(s)
}

// unusualDate is parseDate for what may be in any form.
func unusualDate(s string) time.Time {
	if len(s) > 4 && s[4] == '-' {
		for _, layout := range isoLayouts {
			if t, err := time.Parse(layout, s); err == nil {
				return sensible(t)
			}
		}
	}
	var d dateParts
	for _, token := range strings.FieldsFunc(withoutComments(s), func(r rune) bool { return r <= ' ' || r == ',' }) {
		d.take(strings.ToLower(token))
	}
	return d.time()
}

func sensible(t time.Time) time.Time {
	if t.Year() < 1970 || t.Year() > 2100 {
		return time.Time{}
	}
	return t
}

// withoutComments removes what is in parentheses.
func withoutComments(s string) string {
	if !strings.ContainsRune(s, '(') {
		return s
	}
	var b strings.Builder
	depth := 0
	for i := range len(s) {
		switch {
		case s[i] == '(':
			depth++
		case s[i] == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

type dateParts struct {
	year, day         int
	month             time.Month
	clock, zoned, bad bool
	h, m, s           int
	offset            int // seconds east of UTC
}

func (d *dateParts) take(token string) {
	month := months[token[:min(3, len(token))]]
	offset, named := zones[token]
	switch {
	case strings.ContainsRune(token, ':'):
		d.takeClock(token)
	case token[0] == '+' || token[0] == '-':
		d.takeOffset(token)
	case strings.ContainsRune(token, '-'):
		for part := range strings.SplitSeq(token, "-") {
			if part != "" {
				d.take(part)
			}
		}
	case token[0] >= '0' && token[0] <= '9':
		d.takeNumber(token)
	case month != 0 && d.month == 0:
		d.month = month
	case named && !d.zoned:
		d.offset, d.zoned = offset*3600, true
	}
}

func (d *dateParts) takeNumber(token string) {
	n, err := strconv.Atoi(token)
	switch {
	case err != nil:
	case d.day == 0 && len(token) <= 2:
		d.day = n
	case d.year == 0:
		d.year = fullYear(n, len(token))
	}
}

// fullYear follows RFC 5322 section 4.3.
func fullYear(n, digits int) int {
	switch {
	case digits == 2 && n < 50:
		return 2000 + n
	case digits <= 3:
		return 1900 + n
	}
	return n
}

func (d *dateParts) takeClock(token string) {
	if d.clock {
		return
	}
	d.clock = true
	for i, part := range strings.SplitN(token, ":", 3) {
		part, _, _ = strings.Cut(part, ".")
		n, err := strconv.Atoi(part)
		d.bad = d.bad || err != nil
		*[]*int{&d.h, &d.m, &d.s}[i] = n
	}
	d.s = min(d.s, 59) // a leap second
}

func (d *dateParts) takeOffset(token string) {
	n, err := strconv.Atoi(token[1:])
	if err != nil || len(token) != 5 || n >= 1500 || n%100 > 59 {
		return
	}
	d.offset, d.zoned = n/100*3600+n%100*60, true
	if token[0] == '-' {
		d.offset = -d.offset
	}
}

func (d *dateParts) time() time.Time {
	if d.bad || !d.clock || d.month == 0 || d.h < 0 || d.h > 23 || d.m < 0 || d.m > 59 || d.s < 0 {
		return time.Time{}
	}
	zone := time.UTC
	if d.offset != 0 {
		zone = time.FixedZone("", d.offset)
	}
	t := time.Date(d.year, d.month, d.day, d.h, d.m, d.s, 0, zone)
	if t.Day() != d.day {
		return time.Time{}
	}
	return sensible(t)
}
