package mapi

import "strings"

// A Class is what an item is, told by the prefix of its message class ([MS-OXCMSG] section 2.2.1.3).
type Class uint8

// The classes. Up to ClassMeeting they are mail: something that was sent or posted.
const (
	ClassMail        Class = iota // IPM.Note and all that is nothing else
	ClassSigned                   // IPM.Note.SMIME and what signs or encrypts alike
	ClassReport                   // REPORT.*: delivery and read receipts
	ClassMeeting                  // IPM.Schedule.Meeting.*: requests, answers, cancellations
	ClassTaskRequest              // IPM.TaskRequest.*
	ClassAppointment              // IPM.Appointment
	ClassContact                  // IPM.Contact
	ClassDistList                 // IPM.DistList
	ClassTask                     // IPM.Task
	ClassNote                     // IPM.StickyNote
	ClassJournal                  // IPM.Activity
	ClassSettings                 // IPM.Configuration, IPM.Rule, …: of use to the program alone
)

var classPrefixes = []struct {
	prefix string
	class  Class
}{
	{"IPM.Note.SMIME", ClassSigned},
	{"IPM.Note.Secure", ClassSigned},
	{"REPORT", ClassReport},
	{"IPM.Schedule.Meeting", ClassMeeting},
	{"IPM.TaskRequest", ClassTaskRequest},
	{"IPM.Appointment", ClassAppointment},
	{"IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}", ClassAppointment}, // an exception of a series
	{"IPM.Contact", ClassContact},
	{"IPM.AbchPerson", ClassContact},
	{"IPM.DistList", ClassDistList},
	{"IPM.Task", ClassTask},
	{"IPM.StickyNote", ClassNote},
	{"IPM.Activity", ClassJournal},
	{"IPM.Configuration", ClassSettings},
	{"IPM.Rule", ClassSettings},
	{"IPM.ExtendedRule", ClassSettings},
	{"IPM.Microsoft.ScheduleData", ClassSettings},
	{"IPM.Microsoft.FolderDesign", ClassSettings},
	{"IPM.Microsoft.WunderBar", ClassSettings},
	{"IPM.Microsoft.MigrationStatus", ClassSettings},
	{"IPC.", ClassSettings},
}

// Classify tells what an item is by its message class, without regard to case. Unknown classes, and none, are mail.
func Classify(o Object) Class {
	class := reader{Object: o}.text(idMessageClass)
	for _, known := range classPrefixes {
		if isClass(class, known.prefix) {
			return known.class
		}
	}
	return ClassMail
}

// isClass reports whether a message class is one, or one below it.
func isClass(class, prefix string) bool {
	n := len(prefix)
	return len(class) >= n && strings.EqualFold(class[:n], prefix) && (len(class) == n || class[n] == '.' || prefix[n-1] == '.')
}

// IsMail reports whether items of the class belong into a mailbox.
func (c Class) IsMail() bool { return c <= ClassTaskRequest }

// String names the class in a word, for a count of what was left out.
func (c Class) String() string {
	names := []string{
		"mail", "signed mail", "report", "meeting", "task request", "appointment", "contact", "distribution list", "task", "note",
		"journal entry", "settings",
	}
	if int(c) < len(names) {
		return names[c]
	}
	return "unknown"
}
