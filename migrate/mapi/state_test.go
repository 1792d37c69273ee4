package mapi

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	for class, want := range map[string]Class{
		"IPM.Note": ClassMail, "": ClassMail, "IPM.Post": ClassMail, "IPM.Note.Microsoft.Voicemail": ClassMail, "IPM.Other": ClassMail, "IPM.Recall.Report": ClassMail,
		"ipm.note.smime": ClassSigned, "IPM.Note.SMIME.MultipartSigned": ClassSigned, "IPM.Note.SMIMEx": ClassMail, "REPORT.IPM.Note.NDR": ClassReport,
		"Report.IPM.Schedule.Meeting.Request.NDR": ClassReport, "IPM.Schedule.Meeting.Request": ClassMeeting, "IPM.Schedule.Meeting.Resp.Pos": ClassMeeting,
		"IPM.TaskRequest.Accept": ClassTaskRequest, "IPM.Appointment": ClassAppointment, "IPM.Appointment.Live": ClassAppointment, "IPM.Contact": ClassContact, "IPM.DistList": ClassDistList,
		"IPM.Task": ClassTask, "IPM.StickyNote": ClassNote, "IPM.Activity": ClassJournal, "IPM.Microsoft.ScheduleData.FreeBusy": ClassSettings, "IPC.Microsoft.X": ClassSettings,
	} {
		got := Classify(object(properties{idMessageClass: class}))
		if got != want || got.IsMail() != (want <= ClassTaskRequest) || got.String() == "unknown" {
			t.Errorf("%q: got %v, want %v", class, got, want)
		}
	}
	if Classify(object(nil)) != ClassMail || Class(200).String() != "unknown" {
		t.Error("got another class of nothing")
	}
}

func TestStateOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p    properties
		want State
	}{
		{properties{}, State{}},
		{properties{idMessageFlags: 0x1}, State{Seen: true}},
		{properties{idMessageFlags: 0x9}, State{Seen: true, Draft: true}},
		{properties{idMessageFlags: 0xC}, State{Sent: true}}, // on its way out
		{properties{idMessageFlags: 0x25}, State{Seen: true, Sent: true}},
		{properties{idMessageFlags: 0x25, idTransportHeaders: "Received: x\r\n"}, State{Seen: true}},
		{properties{idMessageFlags: 0x40}, State{Associated: true}},
		{properties{idLastVerb: 102}, State{Answered: true}},
		{properties{idLastVerb: 103}, State{Answered: true}},
		{properties{idLastVerb: 104}, State{Forwarded: true}},
		{properties{idIconIndex: 0x105}, State{Answered: true}},
		{properties{idIconIndex: 0x106}, State{Forwarded: true}},
		{properties{idIconIndex: 0x105, idLastVerb: 104}, State{Forwarded: true}},
		{properties{idFlagStatus: 2}, State{Flagged: true}},
		{properties{idFlagStatus: 1}, State{}},
		{properties{idMessageStatus: 8}, State{Deleted: true}},
		{properties{idMessageClass: "IPM.Remote"}, State{HeaderOnly: true}},
		{properties{idMessageClass: "IPM.Remotely"}, State{}},
	} {
		if got := StateOf(object(c.p)); got != c.want {
			t.Errorf("%v: got %+v, want %+v", c.p, got, c.want)
		}
	}
}

func TestHeaderOnly(t *testing.T) {
	t.Parallel()
	for mark, want := range map[int]bool{0: false, 1: true} {
		if got := StateOf(object(nil).with(named{nameHeaderItem: mark})); got.HeaderOnly != want {
			t.Errorf("marked %d: got %v, want %v", mark, got.HeaderOnly, want)
		}
	}
}

func TestCategories(t *testing.T) {
	t.Parallel()
	m := object(nil).with(named{nameKeywords: []string{"Work", " Größe ", "", "Work"}})
	if got := Categories(m); !slices.Equal(got, []string{"Work", "Größe"}) {
		t.Errorf("got %q", got)
	}
	if got := Categories(object(nil).with(named{nameKeywords: "One"})); !slices.Equal(got, []string{"One"}) {
		t.Errorf("got %q", got)
	}
	for name, data := range map[string][]byte{
		"empty": {}, "cut": {
			1,
			0,
			0,
		}, "too many": {
			0xFF,
			0xFF,
			0xFF,
			0xFF,
			8,
			0,
			0,
			0,
		}, "outside": {
			1,
			0,
			0,
			0,
			0xFF,
			0,
			0,
			0,
		}, "backwards": {
			2,
			0,
			0,
			0,
			14,
			0,
			0,
			0,
			12,
			0,
			0,
			0,
			'a',
			0,
		},
	} {
		if got := Categories(object(nil).with(named{nameKeywords: Value{
			TypeString | TypeMulti,
			data,
		}})); len(got) > 1 {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func year(y int) time.Time { return time.Date(y, 1, 2, 3, 4, 5, 0, time.UTC) }

// dateTests are items with times of which some are none.
var dateTests = []struct {
	name             string
	p                properties
	dated, delivered time.Time
}{
	{
		"all",
		properties{
			idClientSubmitTime: year(2001),
			idDeliveryTime:     year(2002),
			idCreationTime:     year(2003),
			idLastModified:     year(2004),
		},
		year(2001),
		year(2002),
	},
	{
		"no submit time",
		properties{idDeliveryTime: year(2002), idCreationTime: year(2003)},
		year(2002),
		year(2002),
	},
	{
		"never",
		properties{idClientSubmitTime: year(4501), idCreationTime: year(2003)},
		year(2003),
		time.Time{},
	},
	{
		"before there was mail",
		properties{idClientSubmitTime: year(1601), idLastModified: year(2004)},
		year(2004),
		time.Time{},
	},
	{"none", properties{}, time.Time{}, time.Time{}},
	{
		"zero",
		properties{idDeliveryTime: Value{TypeTime, make([]byte, 8)}},
		time.Time{},
		time.Time{},
	},
	{
		"short",
		properties{idDeliveryTime: Value{TypeTime, make([]byte, 7)}},
		time.Time{},
		time.Time{},
	},
	{
		"huge",
		properties{idDeliveryTime: Value{TypeTime, []byte(strings.Repeat("\xff", 8))}},
		time.Time{},
		time.Time{},
	},
}

func TestDates(t *testing.T) {
	t.Parallel()
	for _, c := range dateTests {
		m := object(c.p)
		if got := Dated(m); !got.Equal(c.dated) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.dated)
		}
		if got := Delivered(m); !got.Equal(c.delivered) {
			t.Errorf("%s: got %v delivered, want %v", c.name, got, c.delivered)
		}
	}
}

func TestSubject(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p    properties
		want string
	}{
		{properties{idSubject: "\x01\x01Plan"}, "Plan"},
		{properties{idSubject: "\x01\x05Re: Plan"}, "Re: Plan"},
		{properties{idSubject: "\x01"}, ""},
		{properties{idSubject: "\x01\x05"}, ""},
		{properties{idSubject: "\x01\u0105x"}, "x"},
		{properties{idSubjectPrefix: "Re: ", idNormalizedSubject: "Plan"}, "Re: Plan"},
		{properties{}, ""},
		{properties{idSubject: "Plan\x00"}, "Plan"},
	} {
		if got := newItem(object(c.p), Options{}, &Info{}, 0).subject(); got != c.want {
			t.Errorf("%v: got %q, want %q", c.p, got, c.want)
		}
	}
}

func TestTextAndInt(t *testing.T) {
	t.Parallel()
	m := object(properties{
		idSubject:    string8("\xcf\xf0\xe8"),
		idImportance: 2,
		idBody:       strings.Repeat("x", 100_000),
		idHTML:       Value{TypeError, []byte{1, 2, 3, 4}},
	})
	if got := Text(m, idSubject, 1251); got != "При" {
		t.Errorf("got %q", got)
	}
	if got := Text(m, idBody, 0); len(got) != 100_000 {
		t.Errorf("got %d characters of a text that Get doesn't have", len(got))
	}
	if got := Int(m, idImportance); got != 2 {
		t.Errorf("got %d", got)
	}
	if got := Text(m, idHTML, 0) + Text(m, idImportance, 0); got != "" || Int(m, idSubject) != 0 {
		t.Errorf("got %q of other types", got)
	}
}
