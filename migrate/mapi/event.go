package mapi

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// event writes an appointment or a meeting, and after it the instances of a series that were changed.
func (it *item) event(l *contentLines, method, note string) {
	e := it.newEvent()
	if e.zoned {
		e.zone.write(l)
	}
	l.line("BEGIN:VEVENT")
	it.common(l, it.subject(), note)
	it.details(l, method, it.namedText(nameLocation), it.busy())
	e.when(l, "DTSTART", e.start)
	if start, end := e.start, e.end; e.allDay && e.lasts(e.day(start), e.day(end)) || !e.allDay && e.lasts(start, end) {
		e.when(l, "DTEND", e.end)
	}
	if e.repeats {
		e.repeat(l)
	} else {
		e.when(l, "RECURRENCE-ID", it.namedTime(nameReplaced)) // an instance of a series, which stays
	}
	it.reminder(l)
	l.line("END:VEVENT")
	for _, x := range e.series.exceptions {
		e.exception(l, x, method, note)
	}
}

// An event is when something is: start and end in UTC.
type event struct {
	it         *item
	start, end time.Time
	allDay     bool
	repeats    bool
	series     series
	zone       zone
	zoned      bool // times are told by the clock of a zone
}

func (it *item) newEvent() event {
	e := event{it: it, start: it.namedTime(nameStart), end: it.namedTime(nameEnd)}
	if e.start.IsZero() {
		e.start = it.anyTime(idStartDate)
	}
	if e.end.IsZero() {
		e.end = it.anyTime(idEndDate)
	}
	if e.start.IsZero() {
		e.start = Dated(it.m)
	}
	allDay, _ := it.namedInt(nameAllDay)
	e.allDay = allDay != 0
	if b := it.namedBinary(nameRecurrence); len(b) > 0 {
		s, err := parseSeries(b, false)
		if err != nil {
			it.warn("%v", err)
		} else {
			e.series, e.repeats = s, true
		}
	}
	var known bool
	e.zone, known = it.zone()
	e.zoned = known && e.repeats && !e.allDay
	return e
}

// when writes a time: a day, by the clock of the zone, or in UTC.
func (e *event) when(l *contentLines, name string, t time.Time) {
	if t.IsZero() {
		return
	}
	switch {
	case e.allDay:
		l.line(name + ";VALUE=DATE:" + e.day(t).Format("20060102"))
	case e.zoned:
		l.line(name + e.zoneParameter() + e.zone.local(t).Format("20060102T150405"))
	default:
		l.time(name, t)
	}
}

// clock writes a time that is told by the clock.
func (e *event) clock(l *contentLines, name string, t time.Time) {
	switch {
	case e.allDay:
		l.line(name + ";VALUE=DATE:" + t.Format("20060102"))
	case e.zoned:
		l.line(name + e.zoneParameter() + t.Format("20060102T150405"))
	default:
		l.time(name, e.utc(t))
	}
}

func (e *event) zoneParameter() string { return ";TZID=" + parameter(e.zone.name) + ":" }

// lasts reports whether there is an end to tell: it has to be later than the start, of days as of times (RFC 5545 section 3.8.2.2).
func (e *event) lasts(start, end time.Time) bool {
	if e.allDay {
		start, end = start.Truncate(day), end.Truncate(day)
	}
	return end.After(start)
}

// utc makes a clock's time UTC. Where the zone is unknown, the first instance tells how far off the clock is.
func (e *event) utc(clock time.Time) time.Time {
	if e.zone != (zone{}) {
		return e.zone.utc(clock)
	}
	off := e.start.Sub(e.series.first.Add(e.series.start))
	if off.Abs() > 15*time.Hour { // it tells of another day
		off -= off.Round(day)
	}
	return clock.Add(off)
}

// day is the day that a midnight, in UTC, is the begin of.
func (e *event) day(t time.Time) time.Time {
	if local := e.zone.local(t); e.zone != (zone{}) && local.Equal(local.Truncate(day)) {
		return local
	}
	return nearestDay(t)
}

// repeat writes how the event comes again.
func (e *event) repeat(l *contentLines) {
	rule := e.series.rule
	if until := e.series.until; !until.IsZero() && until.Year() < 4000 {
		if e.allDay {
			rule += ";UNTIL=" + until.Format("20060102")
		} else {
			rule += ";UNTIL=" + utc(e.utc(until.Add(e.series.start)))
		}
	}
	l.line("RRULE:" + rule)
	for _, d := range e.series.deleted {
		e.clock(l, "EXDATE", d.Truncate(day).Add(e.series.start))
	}
}

// exception writes an instance that was changed: whole, since it stands in the place of what the series says.
func (e *event) exception(l *contentLines, x exception, method, note string) {
	subject, location, busy := first(oneLine(x.subject), e.it.subject()), first(oneLine(x.location), e.it.namedText(nameLocation)), e.it.busy()
	if x.flags&changedBusy != 0 {
		busy = x.busy
	}
	l.line("BEGIN:VEVENT")
	e.it.common(l, subject, note)
	e.it.details(l, method, location, busy)
	e.clock(l, "RECURRENCE-ID", x.original)
	own := *e
	if x.flags&changedAllDay != 0 {
		own.allDay = x.allDay
	}
	own.clock(l, "DTSTART", x.start)
	if own.lasts(x.start, x.end) {
		own.clock(l, "DTEND", x.end)
	}
	e.it.reminder(l)
	l.line("END:VEVENT")
}

// busy is what somebody's time is during an event, -1 where that isn't said.
func (it *item) busy() int {
	if busy, ok := it.namedInt(nameBusy); ok {
		return busy
	}
	return -1
}

// details writes who takes part, and what kind of time it is.
func (it *item) details(l *contentLines, method, location string, busy int) {
	l.text("LOCATION", location)
	if sequence, ok := it.namedInt(nameSequence); ok && sequence >= 0 {
		l.number("SEQUENCE", sequence)
	}
	if busy >= 0 && busy <= 4 {
		l.line("X-MICROSOFT-CDO-BUSYSTATUS:" + [...]string{"FREE", "TENTATIVE", "BUSY", "OOF", "WORKINGELSEWHERE"}[busy])
		l.line("TRANSP:" + [...]string{"TRANSPARENT", "OPAQUE", "OPAQUE", "OPAQUE", "OPAQUE"}[busy])
	}
	const canceled = 4
	if state, _ := it.namedInt(nameStateFlags); method == "CANCEL" || state&canceled != 0 {
		l.line("STATUS:CANCELLED")
	}
	if method == "REPLY" {
		it.answer(l)
	} else {
		it.participants(l, method)
	}
}

// participants writes who organizes the meeting and who is asked to it. An appointment to which nobody is asked has no organizer
// (RFC 5545 section 3.8.4.3): programs would take it for the meeting of somebody else.
func (it *item) participants(l *contentLines, method string) {
	organizer := it.author()
	asked := slices.DeleteFunc(slices.Clone(it.rows), func(r recipient) bool {
		return r.kind == recipientFrom || r.int(idRecipientFlags)&recipientOrganizer != 0 || strings.EqualFold(r.addr, organizer.addr)
	})
	if len(asked) == 0 && method == "PUBLISH" {
		return
	}
	if organizer != (address{}) {
		l.line("ORGANIZER" + calendarAddress(organizer))
	}
	for _, r := range asked {
		role, sort := "REQ-PARTICIPANT", ""
		switch r.kind {
		case recipientCc:
			role = "OPT-PARTICIPANT"
		case recipientBcc:
			role, sort = "NON-PARTICIPANT", ";CUTYPE=RESOURCE"
		}
		status := answers[r.int(idRecipientStatus)]
		l.line(fmt.Sprintf("ATTENDEE;ROLE=%s%s;PARTSTAT=%s;RSVP=TRUE%s", role, sort, first(status, "NEEDS-ACTION"), calendarAddress(r.address)))
	}
}

// recipientOrganizer is the bit of PidTagRecipientFlags of who organizes a meeting ([MS-OXOCAL] section 2.2.4.10.1).
const recipientOrganizer = 0x0002

// answers are the values of PidTagRecipientTrackStatus ([MS-OXOCAL] section 2.2.4.10.2).
var answers = map[int]string{2: "TENTATIVE", 3: "ACCEPTED", 4: "DECLINED"}

// answer writes who answers to an invitation, and to whom.
func (it *item) answer(l *contentLines) {
	class := strings.ToLower(it.trimmed(idMessageClass))
	status := map[string]string{"pos": "ACCEPTED", "tent": "TENTATIVE", "neg": "DECLINED"}[class[strings.LastIndexByte(class, '.')+1:]]
	for _, r := range it.rows {
		if r.kind == recipientTo {
			l.line("ORGANIZER" + calendarAddress(r.address))
			break
		}
	}
	if who := it.author(); who != (address{}) {
		l.line("ATTENDEE;PARTSTAT=" + first(status, "NEEDS-ACTION") + calendarAddress(who))
	}
}

func calendarAddress(a address) string {
	return ";CN=" + parameter(first(oneLine(a.name), a.addr)) + ":mailto:" + a.addr
}

// reminder writes an alarm.
func (it *item) reminder(l *contentLines) {
	minutes, ok := it.namedInt(nameReminderMinutes)
	if set, _ := it.namedInt(nameReminderSet); set == 0 || !ok || minutes < 0 || minutes > 60*24*365 {
		return
	}
	l.line("BEGIN:VALARM")
	l.line("ACTION:DISPLAY")
	l.text("DESCRIPTION", first(oneLine(it.subject()), "Reminder"))
	l.line(fmt.Sprintf("TRIGGER:-PT%dM", minutes))
	l.line("END:VALARM")
}
