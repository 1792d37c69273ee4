package mapi

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
)

// Calendar writes an appointment, a meeting, a task, a journal entry or a note as an iCalendar object (RFC 5545, [MS-OXCICAL]), with
// its text but without its attachments. An item of another class becomes a journal entry.
func Calendar(w io.Writer, m Message, opts Options) error {
	it := newItem(m, opts, &Info{}, 0)
	if err := it.load(); err != nil {
		return err
	}
	it.header()
	text, err := it.calendar("PUBLISH")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

// withCalendar converts a meeting or an appointment as mail: its text, and an iCalendar object beside it (RFC 6047).
func (it *item) withCalendar(files []*attached) (*part, error) {
	method := it.method()
	if method == "" {
		return it.mixed(nil, files)
	}
	text, err := it.calendar(method)
	if err != nil {
		return nil, err
	}
	c := contentOf(text)
	s, err := surveyOf(c)
	if err != nil {
		return nil, err
	}
	return it.mixed(leaf("text/calendar; charset=utf-8; method="+method, s.encoding(), c), files)
}

// method is the method of RFC 5546 by the message class. Some messages about meetings have none.
func (it *item) method() string {
	class := strings.ToLower(it.trimmed(idMessageClass))
	switch {
	case Classify(it.m) != ClassMeeting:
		return "PUBLISH"
	case strings.HasPrefix(class, "ipm.schedule.meeting.request"):
		return "REQUEST"
	case strings.HasPrefix(class, "ipm.schedule.meeting.resp"):
		return "REPLY"
	case strings.HasPrefix(class, "ipm.schedule.meeting.canceled"):
		return "CANCEL"
	}
	return ""
}

// calendar makes the iCalendar object.
func (it *item) calendar(method string) (string, error) {
	note, err := it.note()
	if err != nil {
		return "", err
	}
	l := &contentLines{}
	l.line("BEGIN:VCALENDAR")
	l.line("PRODID:-//unpop//EN")
	l.line("VERSION:2.0")
	l.line("METHOD:" + method)
	switch Classify(it.m) {
	case ClassTask, ClassTaskRequest:
		it.task(l, note)
	case ClassAppointment, ClassMeeting:
		it.event(l, method, note)
	default:
		it.journal(l, note)
	}
	l.line("END:VCALENDAR")
	return l.b.String(), nil
}

// common writes what all components have.
func (it *item) common(l *contentLines, subject, note string) {
	l.text("UID", it.uid())
	l.time("DTSTAMP", it.stamp())
	l.time("CREATED", it.time(idCreationTime))
	l.time("LAST-MODIFIED", it.time(idLastModified))
	l.text("SUMMARY", oneLine(subject))
	l.text("DESCRIPTION", note)
	l.texts("CATEGORIES", ",", Categories(it.m)...)
	if level := it.int(idSensitivity); level >= 1 && level <= 3 {
		l.line("CLASS:" + [...]string{"PRIVATE", "PRIVATE", "CONFIDENTIAL"}[level-1])
	}
	if level, ok := it.number(idImportance); ok && level != 1 {
		l.number("PRIORITY", [...]int{9, 5, 1}[min(max(level, 0), 2)])
	}
}

// stamp is when the object was made what it is: never now.
func (it *item) stamp() time.Time {
	for _, t := range []time.Time{it.namedTime(nameOwnerChange), it.namedTime(nameAttendeeChange), it.time(idLastModified), it.info.Date} {
		if !t.IsZero() && t.Year() < 2100 {
			return t
		}
	}
	return time.Unix(0, 0)
}

// uid is the identifier that all copies of a meeting share ([MS-OXCICAL] section 2.1.3.1.1.20.26).
func (it *item) uid() string {
	id := it.namedBinary(nameGlobalID)
	if len(id) < 40 {
		return strings.Trim(it.id, "<>")
	}
	if size := int(binary.LittleEndian.Uint32(id[36:])); size > 12 && size <= len(id)-40 && string(id[40:52]) == "vCal-Uid\x01\x00\x00\x00" {
		if uid := oneLine(strings.TrimRight(string(id[52:40+size]), "\x00")); uid != "" && isASCII(uid) {
			return uid
		}
	}
	clean := append([]byte(nil), id...)
	copy(clean[16:20], make([]byte, 4)) // the date of an instance
	return strings.ToUpper(hex.EncodeToString(clean))
}

// journal writes a note or a journal entry.
func (it *item) journal(l *contentLines, note string) {
	l.line("BEGIN:VJOURNAL")
	it.common(l, it.subject(), note)
	start := it.namedTime(nameLogStart)
	if start.IsZero() {
		start = Dated(it.m)
	}
	l.time("DTSTART", start)
	if kind := it.namedText(nameLogType); kind != "" {
		l.text("X-OUTLOOK-TYPE", kind)
	}
	l.line("END:VJOURNAL")
}

// task writes a task. Its dates are days, kept as midnights.
func (it *item) task(l *contentLines, note string) {
	l.line("BEGIN:VTODO")
	it.common(l, it.subject(), note)
	day := func(name string, t time.Time) {
		if !t.IsZero() && t.Year() < 4000 {
			l.line(name + ";VALUE=DATE:" + nearestDay(t).Format("20060102"))
		}
	}
	day("DTSTART", it.namedTime(nameTaskStart))
	day("DUE", it.namedTime(nameTaskDue))
	status, _ := it.namedInt(nameTaskStatus)
	l.line("STATUS:" + [...]string{"NEEDS-ACTION", "IN-PROCESS", "COMPLETED", "NEEDS-ACTION", "NEEDS-ACTION"}[min(max(status, 0), 4)])
	if done := it.namedTime(nameTaskCompleted); !done.IsZero() && done.Year() < 4000 {
		l.time("COMPLETED", done)
	}
	if percent := it.namedFloat(nameTaskPercent); percent > 0 && percent <= 1 {
		l.number("PERCENT-COMPLETE", int(percent*100+0.5))
	}
	if b := it.namedBinary(nameTaskRecurrence); len(b) > 0 && !it.namedTime(nameTaskStart).IsZero() {
		if s, err := parseSeries(b, true); err != nil {
			it.warn("%v", err)
		} else if s.until.IsZero() || s.until.Year() > 4000 {
			l.line("RRULE:" + s.rule)
		} else {
			l.line(fmt.Sprintf("RRULE:%s;UNTIL=%s", s.rule, s.until.Format("20060102")))
		}
	}
	l.line("END:VTODO")
}

// nearestDay is the day of a midnight in an unknown zone.
func nearestDay(t time.Time) time.Time { return t.Add(day / 2).Truncate(day) }

const day = 24 * time.Hour
