// Package mapi makes Internet mail of Outlook's items: an RFC 5322 message of a mail, a report or a meeting request, a
// vCard of a contact, iCalendar of an appointment, a task, a journal entry or a note. It knows MAPI properties ([MS-OXPROPS],
// [MS-OXCMSG], [MS-OXCMAIL]) but no file: a store of any kind (PST, OST, .msg) presents its items as [Object], [Message] and
// [Attachment].
//
// The output depends on the item alone: the same bytes in every run, on every machine.
package mapi
