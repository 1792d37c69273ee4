package mapi

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"
)

// minutes since 1601, as a series counts.
func minutesOf(t time.Time) uint32 { return uint32(t.Unix()/60 + 194074560) }

// blob makes the bytes of a series.
type blob struct {
	frequency, pattern uint16
	period             uint32
	specific           []uint32
	end, count         uint32
	weekStart          uint32
	deleted, modified  []time.Time
	start, last        time.Time
	at                 uint32 // minutes into the day
	exceptions         [][]byte
	extended           [][]byte
}

func (b blob) bytes() []byte {
	var out []byte
	u16 := func(n uint16) { out = binary.LittleEndian.AppendUint16(out, n) }
	u32 := func(n uint32) { out = binary.LittleEndian.AppendUint32(out, n) }
	dates := func(list []time.Time) {
		u32(uint32(len(list)))
		for _, d := range list {
			u32(minutesOf(d))
		}
	}
	for _, n := range []uint16{0x3004, 0x3004, b.frequency, b.pattern, 0} {
		u16(n)
	}
	u32(0)
	u32(b.period)
	u32(0)
	for _, n := range b.specific {
		u32(n)
	}
	u32(b.end)
	u32(b.count)
	u32(b.weekStart)
	dates(b.deleted)
	dates(b.modified)
	u32(minutesOf(b.start))
	u32(minutesOf(b.last))
	u32(0x3006)
	u32(0x3009)
	u32(b.at)
	u32(b.at + 60)
	u16(uint16(len(b.exceptions)))
	for _, e := range b.exceptions {
		out = append(out, e...)
	}
	u32(0)
	for _, e := range b.extended {
		out = append(out, e...)
	}
	return out
}

func TestRules(t *testing.T) {
	t.Parallel()
	start := time.Date(2009, 3, 14, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		blob blob
		want string
	}{
		{
			"every third day, ten times",
			blob{frequency: 0x200A, pattern: 0, period: 3 * 1440, end: endsAfter, count: 10},
			"FREQ=DAILY;INTERVAL=3;COUNT=10",
		},
		{
			"every week on Monday and Friday",
			blob{frequency: 0x200B, pattern: 1, period: 1, specific: []uint32{0x22}, end: 0x2023},
			"FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,FR",
		},
		{
			"on the 5th",
			blob{frequency: 0x200C, pattern: 2, period: 2, specific: []uint32{5}, end: 0xFFFFFFFF},
			"FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=5",
		},
		{
			"on the last day",
			blob{frequency: 0x200C, pattern: 4, period: 1, specific: []uint32{31}, end: 0x2023},
			"FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=-1",
		},
		{
			"on the 31st, or the last day of shorter months",
			blob{frequency: 0x200C, pattern: 2, period: 1, specific: []uint32{31}, end: 0x2023},
			"FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=-1",
		},
		{
			"on the 30th, or the last day of shorter months",
			blob{frequency: 0x200C, pattern: 2, period: 1, specific: []uint32{30}, end: 0x2023},
			"FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=28,29,30;BYSETPOS=-1",
		},
		{
			"every second week, which begins on Sunday",
			blob{frequency: 0x200B, pattern: 1, period: 2, specific: []uint32{0x03}, end: 0x2023},
			"FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
		},
		{
			"every second week, which begins on Monday, ten times",
			blob{frequency: 0x200B, pattern: 1, period: 2, specific: []uint32{0x03}, end: endsAfter, count: 10, weekStart: 1},
			"FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=MO;COUNT=10",
		},
		{
			"on the second Tuesday",
			blob{frequency: 0x200C, pattern: 3, period: 1, specific: []uint32{4, 2}, end: 0x2023},
			"FREQ=MONTHLY;INTERVAL=1;BYDAY=TU;BYSETPOS=2",
		},
		{
			"on the last workday of the year's month",
			blob{frequency: 0x200D, pattern: 3, period: 12, specific: []uint32{0x3E, 5}, end: 0x2023},
			"FREQ=MONTHLY;INTERVAL=12;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
		},
	} {
		c.blob.start, c.blob.last = start, start.AddDate(1, 0, 0)
		got, err := parseSeries(c.blob.bytes(), false)
		if err != nil || got.rule != c.want || !got.until.IsZero() {
			t.Errorf("%s: got %+v, %v, want %s", c.name, got, err, c.want)
		}
	}
	for _, bad := range []blob{
		{pattern: 10, period: 1},
		{pattern: 1, period: 1, specific: []uint32{0}},
		{pattern: 3, specific: []uint32{1, 9}},
	} {
		if got, err := parseSeries(bad.bytes(), false); err == nil {
			t.Errorf("%+v: got %+v, want an error", bad, got)
		}
	}
}

// berlin is PidLidTimeZoneStruct of Central Europe: an hour before UTC, summer from the last Sunday of March to that of October.
var berlin = func() []byte {
	b := make([]byte, 48)
	put := func(at int, n int32) { binary.LittleEndian.PutUint32(b[at:], uint32(n)) }
	date := func(at int, month, week, hour uint16) {
		for i, n := range []uint16{0, month, 0, week, hour} {
			binary.LittleEndian.PutUint16(b[at+2*i:], n)
		}
	}
	put(0, -60)
	put(8, -60)
	date(14, 10, 5, 3)
	date(32, 3, 5, 2)
	return b
}()

func TestSeries(t *testing.T) {
	t.Parallel()
	day := func(d int) time.Time { return time.Date(2009, 3, d, 0, 0, 0, 0, time.UTC) }
	var moved []byte
	for _, at := range []time.Time{
		day(25).Add(11 * time.Hour),
		day(25).Add(12 * time.Hour),
		day(24).Add(9 * time.Hour),
	} {
		moved = binary.LittleEndian.AppendUint32(moved, minutesOf(at))
	}
	moved = append(moved, 0x11|0x20, 0)
	moved = append(append(moved, 5, 0, 4, 0), "Sp\xe4t"...)
	moved = append(append(moved, 3, 0, 2, 0), "Up"...)
	moved = append(moved, 2, 0, 0, 0)
	b := blob{
		frequency: 0x200B, pattern: 1, period: 1, specific: []uint32{4}, end: endsByDate, start: day(10), last: time.Date(2009, 4, 28, 0, 0, 0, 0, time.UTC), at: 540,
		deleted: []time.Time{
			day(17),
			day(24),
		}, modified: []time.Time{day(25)}, exceptions: [][]byte{moved},
	}
	first := time.Date(2009, 3, 10, 8, 0, 0, 0, time.UTC) // nine o'clock in Berlin
	got := calendarOf(t, meeting("IPM.Appointment", named{
		nameStart:        first,
		nameEnd:          first.Add(time.Hour),
		nameRecurrence:   b.bytes(),
		nameTimeZone:     berlin,
		nameTimeZoneName: "Europe; Berlin",
	}))
	if missing := lacks(got, "TZID:Europe Berlin", "BEGIN:DAYLIGHT", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
		`DTSTART;TZID="Europe Berlin":20090310T090000`, `DTEND;TZID="Europe Berlin":20090310T100000`, "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=TU;UNTIL=20090428T070000Z",
		`EXDATE;TZID="Europe Berlin":20090317T090000`, `RECURRENCE-ID;TZID="Europe Berlin":20090324T090000`, `DTSTART;TZID="Europe Berlin":20090325T110000`,
		"SUMMARY:Spät", "LOCATION:Up"); missing != nil {
		t.Errorf("got\n%s\nwithout %q", got, missing)
	}
	if strings.Contains(got, "EXDATE;TZID=\"Europe Berlin\":20090324") {
		t.Error("got the changed instance among the deleted ones")
	}
	got = calendarOf(t, meeting("IPM.Appointment", named{
		nameStart:      first,
		nameEnd:        first.Add(time.Hour),
		nameRecurrence: b.bytes(),
	}))
	if missing := lacks(got, "DTSTART:20090310T080000Z", "EXDATE:20090317T080000Z", "RECURRENCE-ID:20090324T080000Z", "DTSTART:20090325T100000Z"); missing != nil {
		t.Errorf("without a zone: got\n%s\nwithout %q", got, missing)
	}
}

// changed makes an ExceptionInfo of a change of subject and place, and its ExtendedException.
func changed(at [3]time.Time, flags byte, subject, location string, more ...byte) (info, extended []byte) {
	var times []byte
	for _, t := range at {
		times = binary.LittleEndian.AppendUint32(times, minutesOf(t))
	}
	info, extended = append(slices.Clone(times), flags, 0), append([]byte{4, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0}, times...)
	for _, text := range []string{subject, location} {
		n := len([]rune(text))
		info = append(append(info, byte(n+1), 0, byte(n), 0), strings.Repeat("?", n)...)
		extended = append(append(extended, byte(n), 0), wide(text)...)
	}
	return append(info, more...), append(extended, 0, 0, 0, 0)
}

// TestChangedInstances: a changed instance is told whole, in any language, and by days or times as it is itself.
func TestChangedInstances(t *testing.T) {
	t.Parallel()
	day := func(d, hour int) time.Time { return time.Date(2009, 3, d, hour, 0, 0, 0, time.UTC) }
	moved, movedMore := changed([3]time.Time{day(17, 11), day(17, 12), day(17, 0)}, 0x11|0x20|0x80, "Совещание", "東京", 0, 0, 0, 0, 0, 0, 0, 0)
	second, secondMore := changed([3]time.Time{day(24, 0), day(25, 0), day(24, 0)}, 0x11, "会議", "Комната")
	b := blob{
		frequency: 0x200B, pattern: 1, period: 1, specific: []uint32{4}, end: 0x2023, start: day(10, 0), last: day(31, 0),
		deleted: []time.Time{day(17, 0), day(24, 0)}, modified: []time.Time{day(17, 0), day(24, 0)},
		exceptions: [][]byte{moved, second}, extended: [][]byte{movedMore, secondMore},
	}
	got := calendarOf(t, meeting("IPM.Appointment", named{
		nameStart: day(9, 23), nameEnd: day(10, 23), nameAllDay: true, nameRecurrence: b.bytes(),
	}))
	parts := strings.Split(unfolded(got), "BEGIN:VEVENT")
	if len(parts) != 4 {
		t.Fatalf("got\n%s\nwant a series and two instances", got)
	}
	for i, want := range [][]string{
		{"DTSTART;VALUE=DATE:20090310", "DTEND;VALUE=DATE:20090311", "TRANSP:OPAQUE"},
		{
			"SUMMARY:Совещание", "LOCATION:東京", "RECURRENCE-ID;VALUE=DATE:20090317", "DTSTART:20090317T100000Z", "DTEND:20090317T110000Z", "TRANSP:TRANSPARENT",
			`DESCRIPTION:Please come.\nBring \\ cake`, `ORGANIZER;CN="Anna Müller":mailto:anna@acme.example`, "TRIGGER:-PT15M",
		},
		{"SUMMARY:会議", "LOCATION:Комната", "RECURRENCE-ID;VALUE=DATE:20090324", "DTSTART;VALUE=DATE:20090324", "DTEND;VALUE=DATE:20090325", "TRANSP:OPAQUE"},
	} {
		if missing := lacks(parts[i+1], want...); missing != nil {
			t.Errorf("got\n%s\nwithout %q", parts[i+1], missing)
		}
	}
}

// definition makes a definition of a time zone: of each rule its flags and the structure of a series.
func definition(name string, rules ...[]byte) []byte {
	b := []byte{2, 1, byte(6 + 2*len(name)), 0, 2, 0, byte(len(name)), 0}
	b = append(append(b, wide(name)...), byte(len(rules)), 0)
	for i, r := range rules {
		flags := byte(0)
		if i == len(rules)-2 {
			flags = zoneEffective
		}
		b = append(append(b, 2, 1, 0x3E, 0, flags, 0), make([]byte, 16)...)
		b = append(append(append(b, r[:12]...), r[14:30]...), r[32:48]...)
	}
	return b
}

// auckland is PidLidTimeZoneStruct of New Zealand, whose midnight is eleven o'clock of the day before in summer.
var auckland = func() []byte {
	b := slices.Clone(berlin)
	var bias int32 = -12 * 60
	binary.LittleEndian.PutUint32(b, uint32(bias))
	b[16], b[20], b[34], b[38] = 4, 1, 9, 5
	return b
}()

// TestDefinedZone: a day on the other side of the earth is the right one, and a series is told by the clock, if only the definition is there.
func TestDefinedZone(t *testing.T) {
	t.Parallel()
	start := time.Date(2009, 1, 13, 11, 0, 0, 0, time.UTC)
	defined := definition("New Zealand Standard Time", berlin, auckland, berlin)
	day := named{nameStart: start, nameEnd: start.Add(24 * time.Hour), nameAllDay: true, nameZoneShown: defined}
	if got := calendarOf(t, meeting("IPM.Appointment", day)); lacks(got, "DTSTART;VALUE=DATE:20090114", "DTEND;VALUE=DATE:20090115") != nil {
		t.Errorf("got\n%s\nwant January 14", got)
	}
	b := blob{frequency: 0x200A, pattern: 0, period: 1440, end: endsAfter, count: 3, start: start, last: start, at: 0}
	series := named{nameStart: start, nameEnd: start.Add(time.Hour), nameRecurrence: b.bytes(), nameZoneOfSeries: defined}
	if got := calendarOf(t, meeting("IPM.Appointment", series)); lacks(got, "TZID:New Zealand Standard Time", "TZOFFSETTO:+1300",
		`DTSTART;TZID="New Zealand Standard Time":20090114T000000`) != nil {
		t.Errorf("got\n%s\nwant it in New Zealand's time", got)
	}
	for cut := range defined[:len(defined)-2*zoneRuleSize] {
		if z, ok := definedZone(defined[:cut]); ok && z.bias != -60 {
			t.Errorf("cut at %d: got %+v", cut, z)
		}
	}
}

func TestZone(t *testing.T) {
	t.Parallel()
	m := object(properties{}).with(named{nameTimeZone: berlin})
	z, ok := newItem(m, Options{}, &Info{}, 0).zone()
	if !ok {
		t.Fatal("got no zone")
	}
	place, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	for hour := range 366 * 24 {
		at := time.Date(2024, 1, 1, hour, 30, 0, 0, time.UTC)
		if got, want := z.local(at).Format("2006-01-02 15:04"), at.In(place).Format("2006-01-02 15:04"); got != want {
			t.Fatalf("%v: got %s, want %s", at, got, want)
		}
	}
	if got := z.utc(time.Date(2024, 7, 1, 9, 0, 0, 0, time.UTC)); got.Hour() != 7 {
		t.Errorf("got %v, want 7 o'clock", got)
	}
	for _, bad := range [][]byte{berlin[:40], append([]byte{0, 0, 0, 0x70}, berlin[4:]...)} {
		if z, ok := newItem(object(properties{}).with(named{nameTimeZone: bad}), Options{}, &Info{}, 0).zone(); ok {
			t.Errorf("got %+v of nonsense", z)
		}
	}
}

// FuzzSeries: whatever a series says, what is made of it ends and is bounded by it.
func FuzzSeries(f *testing.F) {
	f.Add(blob{
		frequency: 0x200B,
		pattern:   1,
		period:    1,
		specific:  []uint32{4},
		end:       endsAfter,
		count:     3,
		deleted:   []time.Time{sent},
	}.bytes())
	f.Add(definition("Central European Standard Time", berlin, auckland))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := parseSeries(data, false)
		if err == nil && (len(s.deleted)*4 > len(data) || len(s.exceptions)*14 > len(data) || !strings.HasPrefix(s.rule, "FREQ=")) {
			t.Errorf("got %+v of %d bytes", s, len(data))
		}
		checkContentLines(t, calendarOf(t, meeting("IPM.Appointment", named{
			nameRecurrence: data,
			nameTimeZone:   berlin,
		})))
		checkContentLines(t, calendarOf(t, meeting("IPM.Appointment", named{nameRecurrence: blob{period: 1440, end: endsAfter}.bytes(), nameZoneShown: data})))
	})
}
