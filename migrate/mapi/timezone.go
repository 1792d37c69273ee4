package mapi

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"unpop/migrate/mapi/codepage"
)

// A zone is a time zone as Outlook keeps it with an appointment (PidLidTimeZoneStruct, [MS-OXOCAL] section 2.2.1.39, or a definition).
type zone struct {
	name               string
	bias               int // minutes from local time to UTC
	standard, daylight change
}

// A change is when a part of the year begins and what is added to the bias then.
type change struct {
	bias, month, week, weekday, hour, minute int // month 0: there is none
}

// zone reads the time zone of an appointment: that of its series, else that in which it is shown.
func (it *item) zone() (zone, bool) {
	if b := it.namedBinary(nameTimeZone); len(b) >= 48 {
		if z, ok := newZone(it.namedText(nameTimeZoneName), b, b[14:], b[32:]); ok {
			return z, true
		}
	}
	for _, name := range []Name{nameZoneOfSeries, nameZoneShown} {
		if z, ok := definedZone(it.namedBinary(name)); ok {
			return z, true
		}
	}
	return zone{}, false
}

// newZone reads the biases and the changes of a zone.
func newZone(name string, biases, standard, daylight []byte) (zone, bool) {
	number := func(at int) int { return int(int32(binary.LittleEndian.Uint32(biases[at:]))) }
	z := zone{name: zoneName(name), bias: number(0), standard: changeAt(standard), daylight: changeAt(daylight)}
	z.standard.bias, z.daylight.bias = number(4), number(8)
	return z, z.sane()
}

// Parts of a time zone's definition ([MS-OXOCAL] section 2.2.1.41).
const (
	zoneRuleSize  = 66
	zoneEffective = 0x0002 // the rule that counts when the appointment was made
)

// definedZone takes out of a definition the rule that counts, or its last.
func definedZone(b []byte) (zone, bool) {
	c := cursor{b: b}
	c.take(2)
	header := cursor{b: c.take(c.u16())}
	header.take(2)
	name := codepage.DecodeUTF16(header.take(2 * header.u16()))
	var rule []byte
	for range header.u16() {
		next := c.take(zoneRuleSize)
		if c.bad {
			break
		}
		rule = next
		if binary.LittleEndian.Uint16(rule[4:])&zoneEffective != 0 {
			break
		}
	}
	if header.bad || rule == nil {
		return zone{}, false
	}
	return newZone(name, rule[22:], rule[34:], rule[50:])
}

// zoneName makes a name that is written alike as a value and as a parameter.
func zoneName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`;,:"\`, r) {
			return ' '
		}
		return r
	}, oneLine(s))
	return first(strings.Join(strings.Fields(s), " "), "Local")
}

// changeAt reads a SYSTEMTIME without its year: month, weekday, week of the month, hour, minute.
func changeAt(b []byte) change {
	field := func(i int) int { return int(binary.LittleEndian.Uint16(b[2*i:])) }
	return change{month: field(1), weekday: field(2), week: field(3), hour: field(4), minute: field(5)}
}

func (z zone) sane() bool {
	for _, c := range []change{z.standard, z.daylight} {
		if total := z.bias + c.bias; c.month > 12 || c.weekday > 6 || c.week > 5 || c.hour > 23 || c.minute > 59 || total < -15*60 || total > 15*60 {
			return false
		}
	}
	return (z.standard.month == 0) == (z.daylight.month == 0)
}

// local returns what a clock in the zone shows, as if it were UTC.
func (z zone) local(t time.Time) time.Time {
	return t.Add(-time.Duration(z.bias+z.biasAt(t)) * time.Minute)
}

// utc is the reverse of local.
func (z zone) utc(clock time.Time) time.Time {
	standard := clock.Add(time.Duration(z.bias+z.standard.bias) * time.Minute)
	return clock.Add(time.Duration(z.bias+z.biasAt(standard)) * time.Minute)
}

func (z zone) biasAt(t time.Time) int {
	if z.standard.month == 0 {
		return z.standard.bias
	}
	at := func(c change, before int) time.Time {
		return c.in(t.Year()).Add(time.Duration(z.bias+before) * time.Minute)
	}
	summer, winter := at(z.daylight, z.standard.bias), at(z.standard, z.daylight.bias)
	isSummer := !t.Before(summer) && t.Before(winter)
	if winter.Before(summer) { // the south
		isSummer = !t.Before(summer) || t.Before(winter)
	}
	if isSummer {
		return z.daylight.bias
	}
	return z.standard.bias
}

// in returns when the change is in a year, by the clock.
func (c change) in(year int) time.Time {
	first := time.Date(year, time.Month(c.month), 1, c.hour, c.minute, 0, 0, time.UTC)
	day := 1 + (c.weekday-int(first.Weekday())+7)%7 + 7*(max(c.week, 1)-1)
	for t := first.AddDate(0, 0, day-1); ; t = t.AddDate(0, 0, -7) {
		if int(t.Month()) == c.month {
			return t
		}
	}
}

// write writes the VTIMEZONE (RFC 5545 section 3.6.5).
func (z zone) write(l *contentLines) {
	l.line("BEGIN:VTIMEZONE")
	l.text("TZID", z.name)
	z.writePart(l, "STANDARD", z.standard, z.daylight)
	if z.daylight.month != 0 {
		z.writePart(l, "DAYLIGHT", z.daylight, z.standard)
	}
	l.line("END:VTIMEZONE")
}

func (z zone) writePart(l *contentLines, name string, c, other change) {
	l.line("BEGIN:" + name)
	start := time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC)
	if c.month != 0 {
		start = c.in(1601)
	}
	l.line("DTSTART:" + start.Format("20060102T150405"))
	if c.month != 0 {
		week := c.week
		if week == 5 {
			week = -1
		}
		l.line(fmt.Sprintf("RRULE:FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", c.month, week, weekdays[c.weekday]))
	} else {
		other = c
	}
	l.line("TZOFFSETFROM:" + offset(z.bias+other.bias))
	l.line("TZOFFSETTO:" + offset(z.bias+c.bias))
	l.line("END:" + name)
}

// offset writes a bias as a UTC offset.
func offset(bias int) string {
	sign := '-'
	if bias <= 0 {
		sign, bias = '+', -bias
	}
	return fmt.Sprintf("%c%02d%02d", sign, bias/60, bias%60)
}

var weekdays = [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}
