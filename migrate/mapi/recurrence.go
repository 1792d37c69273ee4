package mapi

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"unpop/migrate/mapi/codepage"
)

// A series is how an appointment or a task comes again ([MS-OXOCAL] section 2.2.1.44). Times are by the clock of its zone.
type series struct {
	rule       string
	first      time.Time // day
	until      time.Time // the last day; zero without end
	deleted    []time.Time
	exceptions []exception
	start      time.Duration // into the day
}

// An exception is an instance that was changed. What wasn't is as in the series.
type exception struct {
	original, start, end time.Time
	flags                int
	subject, location    string
	busy                 int
	allDay               bool
}

// What was changed of an instance ([MS-OXOCAL] section 2.2.1.44.2).
const (
	changedSubject  = 0x0001
	changedLocation = 0x0010
	changedBusy     = 0x0020
	changedAllDay   = 0x0080
)

var errRecurrence = errors.New("recurrence: cut off or of an unknown kind")

// maxInstances bounds the lists of instances in a series.
const maxInstances = 10_000

// cursor reads numbers; after the end it gives zeros and says so.
type cursor struct {
	b   []byte
	bad bool
}

func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.b) {
		c.bad = true
		return make([]byte, min(max(n, 0), 8))
	}
	taken := c.b[:n]
	c.b = c.b[n:]
	return taken
}

func (c *cursor) u16() int { return int(binary.LittleEndian.Uint16(c.take(2))) }
func (c *cursor) u32() int { return int(int64(binary.LittleEndian.Uint32(c.take(4))) & 0x7FFFFFFF) }

// minutes reads a time in minutes since 1601.
func (c *cursor) minutes() time.Time {
	n := int64(binary.LittleEndian.Uint32(c.take(4)))
	return time.Unix((n-194074560)*60, 0).UTC()
}

// Kinds of patterns and of ends.
const (
	patternDay      = 0
	patternWeek     = 1
	patternMonth    = 2
	patternMonthNth = 3
	patternMonthEnd = 4
	endsByDate      = 0x2021
	endsAfter       = 0x2022
)

// parseSeries reads a recurrence; of a task it ends before the times of the day.
func parseSeries(b []byte, task bool) (series, error) {
	c := &cursor{b: b}
	var s series
	c.take(4) // versions
	c.take(2) // frequency: the pattern says it
	pattern := c.u16()
	c.take(6) // calendar, first date
	period := c.u32()
	c.take(4) // sliding
	by, ok := c.pattern(pattern, period)
	end, count, firstDay := c.u32(), c.u32(), c.u32()
	deleted := c.list()
	changed := c.list()
	s.first = c.minutes()
	last := c.minutes()
	if c.bad || !ok {
		return series{}, errRecurrence
	}
	s.rule, s.deleted = by, deleted
	if pattern == patternWeek && period > 1 && firstDay < len(weekdays) { // tells which days are of one week
		s.rule += ";WKST=" + weekdays[firstDay]
	}
	switch end {
	case endsAfter:
		s.rule += fmt.Sprintf(";COUNT=%d", max(count, 1))
	case endsByDate:
		s.until = last
	}
	if !task {
		c.times(&s, len(changed))
	}
	s.withoutChanged()
	return s, nil
}

// list reads dates.
func (c *cursor) list() []time.Time {
	n := c.u32()
	if n > maxInstances || n > len(c.b)/4 {
		c.bad = true
		return nil
	}
	dates := make([]time.Time, n)
	for i := range dates {
		dates[i] = c.minutes()
	}
	return dates
}

// pattern makes the rule (RFC 5545 section 3.3.10).
func (c *cursor) pattern(pattern, period int) (string, bool) {
	monthly := fmt.Sprintf("FREQ=MONTHLY;INTERVAL=%d", max(period, 1)) // 12 where it comes once a year
	switch pattern {
	case patternDay:
		return fmt.Sprintf("FREQ=DAILY;INTERVAL=%d", max(period/(24*60), 1)), true
	case patternWeek:
		days := daysOf(c.u32())
		return fmt.Sprintf("FREQ=WEEKLY;INTERVAL=%d;BYDAY=%s", max(period, 1), strings.Join(days, ",")), len(days) > 0
	case patternMonth, patternMonthEnd:
		day := c.u32()
		if pattern == patternMonthEnd || day > 31 || day == 0 {
			day = 31
		}
		return monthly + ";" + monthDay(day), true
	case patternMonthNth:
		days, nth := daysOf(c.u32()), c.u32()
		if nth == 5 {
			nth = -1
		}
		return fmt.Sprintf("%s;BYDAY=%s;BYSETPOS=%d", monthly, strings.Join(days, ","), nth), len(days) > 0 && nth != 0 && nth < 5
	}
	return "", false
}

// monthDay is the part of a rule for a day of the month. Where a month has no such day Outlook takes its last, a rule of RFC 5545 none.
func monthDay(day int) string {
	switch day {
	case 29:
		return "BYMONTHDAY=28,29;BYSETPOS=-1"
	case 30:
		return "BYMONTHDAY=28,29,30;BYSETPOS=-1"
	case 31:
		return "BYMONTHDAY=-1"
	}
	return fmt.Sprintf("BYMONTHDAY=%d", day)
}

func daysOf(mask int) []string {
	var days []string
	for i, day := range weekdays {
		if mask>>i&1 != 0 {
			days = append(days, day)
		}
	}
	return days
}

// times reads the time of the day and the instances that were changed. What is cut off there is left out.
func (c *cursor) times(s *series, changed int) {
	c.take(4)
	version := c.u32()
	s.start = time.Duration(c.u32()) * time.Minute
	c.take(4)
	for range min(c.u16(), changed) {
		e := c.exception()
		if c.bad {
			return
		}
		s.exceptions = append(s.exceptions, e)
	}
	c.take(c.u32())
	for i := range s.exceptions {
		if c.extend(&s.exceptions[i], version); c.bad {
			return
		}
	}
}

// exception reads an ExceptionInfo ([MS-OXOCAL] section 2.2.1.44.2).
func (c *cursor) exception() exception {
	e := exception{start: c.minutes(), end: c.minutes(), original: c.minutes(), flags: c.u16()}
	if e.flags&changedSubject != 0 {
		e.subject = c.text()
	}
	for _, flag := range []int{0x02, 0x04, 0x08} {
		c.numberIf(e.flags&flag != 0)
	}
	if e.flags&changedLocation != 0 {
		e.location = c.text()
	}
	e.busy = c.numberIf(e.flags&changedBusy != 0)
	c.numberIf(e.flags&0x40 != 0)
	e.allDay = c.numberIf(e.flags&changedAllDay != 0) != 0
	c.numberIf(e.flags&0x100 != 0)
	return e
}

func (c *cursor) numberIf(there bool) int {
	if !there {
		return 0
	}
	return c.u32()
}

// text reads a string of the series: its length twice, then 8-bit characters.
func (c *cursor) text() string {
	c.take(2)
	return codepage.Decode(c.take(c.u16()), codepage.Western)
}

// highlights is the version from which on an ExtendedException says what is to be highlighted.
const highlights = 0x3009

// extend reads an ExtendedException ([MS-OXOCAL] section 2.2.1.44.4): the texts again, in characters of any language.
func (c *cursor) extend(e *exception, version int) {
	if version >= highlights {
		c.take(c.u32())
	}
	c.take(c.u32())
	if e.flags&(changedSubject|changedLocation) == 0 {
		return
	}
	c.take(12) // the times
	for _, text := range []struct {
		flag int
		into *string
	}{{changedSubject, &e.subject}, {changedLocation, &e.location}} {
		if e.flags&text.flag == 0 {
			continue
		}
		if wide := c.take(2 * c.u16()); !c.bad {
			*text.into = codepage.DecodeUTF16(wide)
		}
	}
	c.take(c.u32())
}

// withoutChanged takes from the deleted instances those that were only changed.
func (s *series) withoutChanged() {
	changed := map[time.Time]bool{}
	for _, e := range s.exceptions {
		changed[e.original.Truncate(day)] = true
	}
	kept := s.deleted[:0]
	for _, d := range s.deleted {
		if !changed[d.Truncate(day)] {
			kept = append(kept, d)
		}
	}
	s.deleted = kept
}
