package mapi

// Sets of named properties ([MS-OXPROPS] section 1.3.2), in the byte order of a file.
var (
	setPublicStrings = GUID{0x29, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
	setCommon        = GUID{0x08, 0x20, 0x06, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
	setAppointment   = GUID{0x02, 0x20, 0x06, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
	setTask          = GUID{0x03, 0x20, 0x06, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
	setAddress       = GUID{0x04, 0x20, 0x06, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
	setLog           = GUID{0x0A, 0x20, 0x06, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
	setMeeting       = GUID{0x90, 0xDA, 0xD8, 0x6E, 0x0B, 0x45, 0x1B, 0x10, 0x98, 0xDA, 0x00, 0xAA, 0x00, 0x3F, 0x13, 0x05}
)

// Named properties of all items.
var (
	nameKeywords   = Name{Set: setPublicStrings, Text: "Keywords"}
	nameHeaderItem = Name{Set: setCommon, ID: 0x8578}
)

// Named properties of appointments, meetings, tasks and journal entries ([MS-OXOCAL], [MS-OXOTASK], [MS-OXOJRNL]).
var (
	nameSequence        = Name{Set: setAppointment, ID: 0x8201}
	nameBusy            = Name{Set: setAppointment, ID: 0x8205}
	nameLocation        = Name{Set: setAppointment, ID: 0x8208}
	nameStart           = Name{Set: setAppointment, ID: 0x820D}
	nameEnd             = Name{Set: setAppointment, ID: 0x820E}
	nameAllDay          = Name{Set: setAppointment, ID: 0x8215}
	nameRecurrence      = Name{Set: setAppointment, ID: 0x8216}
	nameStateFlags      = Name{Set: setAppointment, ID: 0x8217}
	nameReplaced        = Name{Set: setAppointment, ID: 0x8228}
	nameTimeZone        = Name{Set: setAppointment, ID: 0x8233}
	nameTimeZoneName    = Name{Set: setAppointment, ID: 0x8234}
	nameZoneShown       = Name{Set: setAppointment, ID: 0x825E}
	nameZoneOfSeries    = Name{Set: setAppointment, ID: 0x8260}
	nameReminderMinutes = Name{Set: setCommon, ID: 0x8501}
	nameReminderSet     = Name{Set: setCommon, ID: 0x8503}
	nameGlobalID        = Name{Set: setMeeting, ID: 0x0003}
	nameAttendeeChange  = Name{Set: setMeeting, ID: 0x0001}
	nameOwnerChange     = Name{Set: setMeeting, ID: 0x001A}
	nameTaskStatus      = Name{Set: setTask, ID: 0x8101}
	nameTaskPercent     = Name{Set: setTask, ID: 0x8102}
	nameTaskStart       = Name{Set: setTask, ID: 0x8104}
	nameTaskDue         = Name{Set: setTask, ID: 0x8105}
	nameTaskCompleted   = Name{Set: setTask, ID: 0x810F}
	nameTaskRecurrence  = Name{Set: setTask, ID: 0x8116}
	nameLogType         = Name{Set: setLog, ID: 0x8700}
	nameLogStart        = Name{Set: setLog, ID: 0x8706}
)

// Named properties of contacts ([MS-OXOCNTC]). An address is in five properties each, of which kind, address and name count here.
var (
	nameFileUnder   = Name{Set: setAddress, ID: 0x8005}
	nameHTMLPage    = Name{Set: setAddress, ID: 0x802B}
	nameMessenger   = Name{Set: setAddress, ID: 0x8062}
	nameListName    = Name{Set: setAddress, ID: 0x8053}
	nameListOneOffs = Name{Set: setAddress, ID: 0x8054}
	nameListMembers = Name{Set: setAddress, ID: 0x8055}
	nameListStream  = Name{Set: setAddress, ID: 0x8064}
	nameEmails      = [...]struct{ kind, address, entry Name }{
		{Name{Set: setAddress, ID: 0x8082}, Name{Set: setAddress, ID: 0x8083}, Name{Set: setAddress, ID: 0x8085}},
		{Name{Set: setAddress, ID: 0x8092}, Name{Set: setAddress, ID: 0x8093}, Name{Set: setAddress, ID: 0x8095}},
		{Name{Set: setAddress, ID: 0x80A2}, Name{Set: setAddress, ID: 0x80A3}, Name{Set: setAddress, ID: 0x80A5}},
	}
	nameWork = [...]Name{
		{Set: setAddress, ID: 0x804A},
		{Set: setAddress, ID: 0x8045},
		{Set: setAddress, ID: 0x8046},
		{Set: setAddress, ID: 0x8047},
		{Set: setAddress, ID: 0x8048},
		{Set: setAddress, ID: 0x8049},
	}
)
