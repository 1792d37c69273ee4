package mapi_test

import (
	"fmt"
	"iter"
	"strings"

	"unpop/migrate/mapi"
)

// note is the smallest message that a store can present: properties, and nothing attached.
type note map[mapi.ID]mapi.Value

func (n note) Get(id mapi.ID) (mapi.Value, bool) {
	v, ok := n[id]
	return v, ok
}
func (n note) Open(mapi.ID) (mapi.Stream, bool) { return mapi.Stream{}, false }
func (n note) Named(mapi.Name) (mapi.ID, bool)  { return 0, false }
func (n note) Recipients() iter.Seq2[mapi.Object, error] {
	return func(func(mapi.Object, error) bool) {}
}

func (n note) Attachments() iter.Seq2[mapi.Attachment, error] {
	return func(func(mapi.Attachment, error) bool) {}
}

func ExampleConvert() {
	text := func(s string) mapi.Value { return mapi.Value{Type: mapi.TypeString8, Data: []byte(s)} }
	m := note{
		0x001A: text("IPM.Note"),
		0x0037: text("Caf\xe9"), // the subject, in windows-1252
		0x0042: text("Anna"),
		0x0065: text("anna@example.com"),
		0x1000: text("See you at three."),
		0x1035: text("<1@example.com>"),
	}
	var b strings.Builder
	info, err := mapi.Convert(&b, m, mapi.Options{})
	fmt.Print(strings.ReplaceAll(b.String(), "\r\n", "\n"))
	fmt.Println(info.MessageID, info.Rebuilt, info.Warnings, err)
	// Output:
	// From: Anna <anna@example.com>
	// To: undisclosed-recipients:;
	// Subject: =?utf-8?Q?Caf=C3=A9?=
	// Date: Thu, 01 Jan 1970 00:00:00 +0000
	// Message-ID: <1@example.com>
	// MIME-Version: 1.0
	// Content-Type: text/plain; charset=utf-8
	// Content-Transfer-Encoding: 7bit
	//
	// See you at three.
	// <1@example.com> true [no date] <nil>
}

func ExampleClassify() {
	m := note{0x001A: {Type: mapi.TypeString8, Data: []byte("IPM.Schedule.Meeting.Request")}}
	class := mapi.Classify(m)
	fmt.Println(class, class.IsMail())
	// Output: meeting true
}
