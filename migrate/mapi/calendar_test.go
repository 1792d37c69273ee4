package mapi

import (
	"strings"
	"testing"
	"time"
)

// checkContentLines holds what is true of every iCalendar and vCard object.
func checkContentLines(t testing.TB, text string) {
	t.Helper()
	if rest := strings.ReplaceAll(text, "\r\n", ""); strings.ContainsAny(rest, "\r\n\x00") || !strings.HasSuffix(text, "\r\n") {
		t.Errorf("got a line end other than CRLF, or a NUL, in %q", text)
	}
	for line := range strings.SplitSeq(text, "\r\n") {
		if len(line) > maxContentLine {
			t.Errorf("got a line of %d octets: %q", len(line), line)
		}
	}
	var open []string
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n ", ""), "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok && line != "" {
			t.Errorf("got %q, no content line", line)
		}
		switch name {
		case "BEGIN":
			open = append(open, value)
		case "END":
			if len(open) == 0 || open[len(open)-1] != value {
				t.Fatalf("got END:%s within %v", value, open)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("got %v without an end", open)
	}
}

func unfolded(text string) string { return strings.ReplaceAll(text, "\r\n ", "") }

// lacks returns the lines that a text doesn't have.
func lacks(text string, want ...string) []string {
	var missing []string
	for _, line := range want {
		if !strings.Contains("\r\n"+unfolded(text), "\r\n"+line+"\r\n") {
			missing = append(missing, line)
		}
	}
	return missing
}

func calendarOf(t *testing.T, m Message) string {
	t.Helper()
	var b strings.Builder
	if err := Calendar(&b, m, Options{}); err != nil {
		t.Fatal(err)
	}
	checkContentLines(t, b.String())
	return b.String()
}

var globalID = append([]byte("\x04\x00\x00\x00\x82\x00\xe0\x00\x74\xc5\xb7\x10\x1a\x82\xe0\x08\x07\xd9\x03\x0e"), make([]byte, 20)...)

func meeting(class string, more named) *memory {
	m := object(properties{
		idMessageClass: class, idSubject: "Budget; next, year", idBody: "Please come.\r\nBring \\ cake\r\n", idSentRepName: "Anna Müller", idSentRepAddress: "anna@acme.example",
		idClientSubmitTime: sent, idMessageID: "<inv@acme.example>",
	}).with(
		row{
			idRecipientType:   1,
			idDisplayName:     "Bob \"B\"",
			idEmailAddress:    "bob@example.com",
			idRecipientStatus: 3,
		},
		row{idRecipientType: 2, idDisplayName: "Carl", idEmailAddress: "carl@example.com"},
		row{idRecipientType: 3, idDisplayName: "Room 1", idEmailAddress: "room1@acme.example"},
		row{idRecipientType: 1, idDisplayName: "Anna", idEmailAddress: "anna@acme.example"},
		named{
			nameStart:           sent,
			nameEnd:             sent.Add(time.Hour),
			nameLocation:        "Köln",
			nameSequence:        2,
			nameBusy:            2,
			nameGlobalID:        globalID,
			nameReminderSet:     true,
			nameReminderMinutes: 15,
		})
	return m.with(more)
}

func TestMeetingRequest(t *testing.T) {
	t.Parallel()
	text, _ := convert(t, meeting("IPM.Schedule.Meeting.Request", nil), Options{})
	python(t, text)
	p := checkStructure(t, text)
	if len(p) != 2 || p[1].path != "alternative/" || p[1].mediaType != "text/calendar" || p[1].params["method"] != "REQUEST" || p[0].text != "Please come.\r\nBring \\ cake\r\n" {
		t.Fatalf("got %+v", p)
	}
	if missing := lacks(p[1].text, "METHOD:REQUEST", "SUMMARY:Budget\\; next\\, year", "DESCRIPTION:Please come.\\nBring \\\\ cake", "DTSTART:20090314T150926Z",
		"DTEND:20090314T160926Z", "LOCATION:Köln", "SEQUENCE:2", "TRANSP:OPAQUE", `ORGANIZER;CN="Anna Müller":mailto:anna@acme.example`, "TRIGGER:-PT15M",
		`ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE;CN="Bob B":mailto:bob@example.com`,
		`ATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN="Carl":mailto:carl@example.com`,
		`ATTENDEE;ROLE=NON-PARTICIPANT;CUTYPE=RESOURCE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN="Room 1":mailto:room1@acme.example`,
		"UID:040000008200E00074C5B7101A82E00800000000"+strings.Repeat("00", 20)); missing != nil {
		t.Errorf("got\n%s\nwithout %q", p[1].text, missing)
	}
	if strings.Contains(p[1].text, "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION") {
		t.Error("got the organizer among those who are asked")
	}
	checkContentLines(t, p[1].text)
}

func TestMeetingAnswers(t *testing.T) {
	t.Parallel()
	for class, want := range map[string][]string{
		"IPM.Schedule.Meeting.Resp.Pos": {
			"METHOD:REPLY",
			`ATTENDEE;PARTSTAT=ACCEPTED;CN="Anna Müller":mailto:anna@acme.example`,
			`ORGANIZER;CN="Bob B":mailto:bob@example.com`,
		},
		"IPM.Schedule.Meeting.Resp.Tent": {
			"METHOD:REPLY",
			`ATTENDEE;PARTSTAT=TENTATIVE;CN="Anna Müller":mailto:anna@acme.example`,
		},
		"ipm.schedule.meeting.resp.neg": {
			"METHOD:REPLY",
			`ATTENDEE;PARTSTAT=DECLINED;CN="Anna Müller":mailto:anna@acme.example`,
		},
		"IPM.Schedule.Meeting.Canceled": {"METHOD:CANCEL", "STATUS:CANCELLED"},
	} {
		text, _ := convert(t, meeting(class, nil), Options{})
		p := checkStructure(t, text)
		if missing := lacks(p[len(p)-1].text, want...); missing != nil {
			t.Errorf("%s: got\n%s\nwithout %q", class, p[len(p)-1].text, missing)
		}
	}
	text, _ := convert(t, meeting("IPM.Schedule.Meeting.Notification.Forward", nil), Options{})
	if got := shape(t, text); got != `text/plain=Please come.|Bring \ cake` {
		t.Errorf("got %s, want mail without a calendar", got)
	}
}

func TestUIDs(t *testing.T) {
	t.Parallel()
	vcal := append([]byte(nil), globalID[:36]...)
	vcal = append(vcal, 12+6, 0, 0, 0)
	vcal = append(vcal, "vCal-Uid\x01\x00\x00\x00abc@x\x00"...)
	for name, c := range map[string]struct {
		id   []byte
		want string
	}{
		"of another program": {
			vcal,
			"UID:abc@x",
		}, "cut off": {
			globalID[:30],
			"UID:inv@acme.example",
		}, "none": {
			nil,
			"UID:inv@acme.example",
		},
	} {
		if got := calendarOf(t, meeting("IPM.Appointment", named{nameGlobalID: c.id})); lacks(got, c.want) != nil {
			t.Errorf("%s: got\n%s\nwant %s", name, got, c.want)
		}
	}
}

// TestInstance: an invitation to an instance of a series, which has the identifier of the series, says which it is.
func TestInstance(t *testing.T) {
	t.Parallel()
	got, _ := convert(t, meeting("IPM.Schedule.Meeting.Request", named{nameReplaced: sent.Add(-time.Hour)}), Options{})
	if p := checkStructure(t, got); lacks(p[1].text, "RECURRENCE-ID:20090314T140926Z", "DTSTART:20090314T150926Z") != nil {
		t.Errorf("got\n%s\nwant the instance", p[1].text)
	}
}

func TestAllDay(t *testing.T) {
	t.Parallel()
	berlin := time.Date(2009, 3, 13, 23, 0, 0, 0, time.UTC) // midnight there
	got := calendarOf(t, meeting("IPM.Appointment", named{
		nameStart:  berlin,
		nameEnd:    berlin.Add(24 * time.Hour),
		nameAllDay: true,
	}))
	if missing := lacks(got, "METHOD:PUBLISH", "DTSTART;VALUE=DATE:20090314", "DTEND;VALUE=DATE:20090315"); missing != nil {
		t.Errorf("got\n%s\nwithout %q", got, missing)
	}
}

// TestOwnAppointment: nobody is asked to it, so it has no organizer, whom programs would take for somebody else.
func TestOwnAppointment(t *testing.T) {
	t.Parallel()
	m := object(properties{idMessageClass: "IPM.Appointment", idSubject: "Dentist", idSentRepName: "Unknown", idSentRepType: "UNKNOWN", idSentRepAddress: "Unknown"})
	m = m.with(row{idRecipientFlags: 3, idRecipientType: 1, idDisplayName: "Anna", idEmailAddress: "anna@acme.example"}, named{nameStart: sent, nameEnd: sent})
	if got := calendarOf(t, m); strings.Contains(got, "ORGANIZER") || strings.Contains(got, "ATTENDEE") || strings.Contains(got, "DTEND") {
		t.Errorf("got\n%s\nwant neither people nor an end that is the start", got)
	}
}

func TestTasksAndOthers(t *testing.T) {
	t.Parallel()
	day := time.Date(2009, 3, 14, 0, 0, 0, 0, time.UTC)
	task := object(properties{
		idMessageClass: "IPM.Task",
		idSubject:      "Taxes",
		idImportance:   2,
		idSensitivity:  2,
		idLastModified: sent,
		idBody:         "now",
	}).with(
		named{
			nameTaskStart:   day,
			nameTaskDue:     day.Add(48 * time.Hour),
			nameTaskStatus:  1,
			nameTaskPercent: 0.25,
			nameKeywords:    []string{"Home", "a,b"},
		})
	if got := calendarOf(t, task); lacks(got, "BEGIN:VTODO", "DTSTART;VALUE=DATE:20090314", "DUE;VALUE=DATE:20090316", "STATUS:IN-PROCESS", "PERCENT-COMPLETE:25", "PRIORITY:1",
		"CLASS:PRIVATE", `CATEGORIES:Home,a\,b`, "DTSTAMP:20090314T150926Z", "DESCRIPTION:now") != nil {
		t.Errorf("got\n%s", got)
	}
	done := object(properties{
		idMessageClass: "IPM.Task",
		idSubject:      "Done",
	}).with(named{
		nameTaskStatus:    2,
		nameTaskCompleted: day,
		nameTaskPercent:   1.0,
	})
	if got := calendarOf(t, done); lacks(got, "STATUS:COMPLETED", "COMPLETED:20090314T000000Z", "PERCENT-COMPLETE:100") != nil {
		t.Errorf("got\n%s", got)
	}
	entry := object(properties{
		idMessageClass: "IPM.Activity",
		idSubject:      "Call",
	}).with(named{
		nameLogStart: sent,
		nameLogType:  "Phone call",
	})
	if got := calendarOf(t, entry); lacks(got, "BEGIN:VJOURNAL", "DTSTART:20090314T150926Z", "X-OUTLOOK-TYPE:Phone call", "SUMMARY:Call") != nil {
		t.Errorf("got\n%s", got)
	}
	note := object(properties{
		idMessageClass: "IPM.StickyNote",
		idSubject:      "Milk",
		idBody:         "Milk\r\nBread",
		idCreationTime: sent,
	})
	if got := calendarOf(t, note); lacks(got, "BEGIN:VJOURNAL", `DESCRIPTION:Milk\nBread`, "DTSTART:20090314T150926Z") != nil {
		t.Errorf("got\n%s", got)
	}
	text, _ := convert(t, note, Options{})
	if got := shape(t, text); got != "text/plain=Milk|Bread" {
		t.Errorf("got %s, want the note", got)
	}
}
