package psttest

import (
	"bytes"
	"fmt"
	"time"

	"unpop/migrate/source/pst/ndb"
)

// Sample is a file with one of everything that the writer knows: folders in folders, messages with recipients and with
// attachments of each kind, messages in messages, a large body, a search folder, settings of a folder, an orphan and a named property.
func Sample(format ndb.Format, encryption ndb.Encryption) *File {
	found := Mail(1)
	found.NID = 0x2FFF84
	return &File{
		Format: format, Encryption: encryption, Deflate: true, Name: "Sample",
		Folders: []*Folder{
			{Name: "Inbox", Messages: []*Message{found, Mail(2), sampleAttachments()}, Folders: []*Folder{
				{Name: "Bühne", Messages: []*Message{Mail(3)}, Associated: []*Message{sampleSettings()}},
			}},
			{Name: "Empty"},
		},
		Deleted: []*Message{Mail(4)},
		Search:  []*Folder{{Name: "Unread", Messages: []*Message{found}}},
		Orphans: []*Message{Mail(5)},
		Names:   []Name{{Set: [16]byte{0x29, 3, 2}, Name: "Keywords"}, {Set: [16]byte{0x86, 4}, Number: 0x8580}},
	}
}

// Mail is a plain message with the given number in all that tells it apart.
func Mail(n int) *Message {
	at := time.Date(2003, 4, 5, 6, 7, n%60, 0, time.UTC)
	return &Message{
		Properties: []Property{
			Text(propClass, "IPM.Note"), Text(propSubject, fmt.Sprintf("Letter %d", n)), Time(0x0039, at), Time(0x0E06, at),
			Text(0x0C1A, "Anna"), Text(0x0C1E, "SMTP"), Text(0x0C1F, "anna@example.org"),
			Text(0x0042, "Anna"), Text(0x0064, "SMTP"), Text(0x0065, "anna@example.org"),
			Text(0x1035, fmt.Sprintf("<letter.%d@example.org>", n)), Text(0x1000, fmt.Sprintf("This is letter %d.\r\n", n)),
			Int32(propFlags, 1), Binary(0x300B, fmt.Appendf(nil, "search key %d", n)),
		},
		Recipients: [][]Property{SampleRecipient(1, "Bert"), SampleRecipient(2, "Carla")},
	}
}

// SampleRecipient is the row of a recipient.
func SampleRecipient(kind int32, name string) []Property {
	return []Property{
		Int32(propRecipient, kind), Text(propName, name), Text(0x3002, "SMTP"), Text(propAddress, name+"@example.org"),
		Text(0x39FE, name+"@example.org"), Int32(0x0FFE, 6),
	}
}

// sampleAttachments is a message with attachments of each kind and a body that fills several blocks.
func sampleAttachments() *Message {
	m := Mail(10)
	m.Properties = append(m.Properties, Bool(0x0E1B, true), Binary(0x1013, bytes.Repeat([]byte("<p>a long letter</p>\r\n"), 4000)))
	inner, innermost := Mail(11), Mail(12)
	inner.Attachments = []*Attachment{{Message: innermost, Properties: []Property{Text(propName, "innermost")}}}
	m.Attachments = []*Attachment{
		{Properties: []Property{
			Text(propFileName, "small.txt"), Text(0x3707, "a small file.txt"), Binary(propAttachData, []byte("small")),
			Int32(propAttachSize, 5),
		}},
		{Properties: []Property{
			Text(propFileName, "large.bin"), Binary(propAttachData, bytes.Repeat([]byte("large"), 40000)),
			Int32(propAttachSize, 200000),
		}},
		{Message: inner, Properties: []Property{Text(propName, "inner")}},
		{Object: []byte("an object of some other program"), Properties: []Property{Text(propName, "object")}},
	}
	return m
}

// sampleSettings is what Outlook keeps about a folder.
func sampleSettings() *Message {
	return &Message{Properties: []Property{Text(propClass, "IPM.Configuration.Test"), Text(propSubject, "settings")}}
}
