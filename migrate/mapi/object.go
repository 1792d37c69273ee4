package mapi

import (
	"errors"
	"io"
	"iter"
)

// An ID is a property's identifier, the upper half of its tag.
type ID uint16

// A Type is a property's type, the lower half of its tag ([MS-OXCDATA] section 2.11.1).
type Type uint16

// The types that mail needs.
const (
	TypeInt16    Type = 0x0002
	TypeInt32    Type = 0x0003
	TypeFloat32  Type = 0x0004
	TypeFloat64  Type = 0x0005
	TypeCurrency Type = 0x0006
	TypeAppTime  Type = 0x0007
	TypeError    Type = 0x000A
	TypeBool     Type = 0x000B
	TypeObject   Type = 0x000D
	TypeInt64    Type = 0x0014
	TypeString8  Type = 0x001E // in the item's code page
	TypeString   Type = 0x001F // UTF-16, little endian
	TypeTime     Type = 0x0040 // FILETIME: 100 ns since 1601, UTC
	TypeGUID     Type = 0x0048
	TypeBinary   Type = 0x0102
	TypeMulti    Type = 0x1000 // with another type: several values of it
)

// A Value is a property's value as MAPI stores it: numbers little endian, strings undecoded and with or without their
// terminating zero. Several values (Type has TypeMulti) are in the form of a PST: numbers lie one after another;
// strings and binaries begin with a 32-bit count and as many 32-bit offsets from the start of Data ([MS-PST] section 2.3.3.4).
type Value struct {
	Type Type
	Data []byte
}

// A Stream is a large string or binary value. Data is read by one goroutine.
type Stream struct {
	Type Type
	Size int64
	Data io.ReaderAt
}

// A GUID names a set of properties, in the byte order of a file (first three groups little endian).
type GUID [16]byte

// A Name is a named property's name: a number or, where Text isn't empty, a text in a set.
type Name struct {
	Set  GUID
	ID   uint32
	Text string // compared without regard to case
}

// An Object has properties: a message, a recipient, an attachment.
type Object interface {
	// Get returns a property's value. Of strings and binaries over 64 KiB it may say false; Open has them.
	Get(id ID) (Value, bool)
	// Open returns a string, binary or object property of any size. For an OLE attachment's data object (0x3701) it is the
	// bytes of the storage. A value that is small enough for Get need not be had by Open.
	Open(id ID) (Stream, bool)
	// Named returns the identifier that the store gave to a named property.
	Named(name Name) (ID, bool)
}

// A Message is an item of a store, of any class.
type Message interface {
	Object
	// Recipients lists the rows of the recipient table in their order. An error ends it; with [ErrDamaged] the message is
	// converted without the rest.
	Recipients() iter.Seq2[Object, error]
	// Attachments lists the attachments in their order. An error beside an attachment, or with ErrDamaged, is about this one
	// alone; any other ends it.
	Attachments() iter.Seq2[Attachment, error]
}

// An Attachment is a row of the attachment table with its data.
type Attachment interface {
	Object
	// Message opens an embedded message (attach method 5).
	Message() (Message, error)
}

// ErrDamaged marks, anywhere in an error's chain, that what could not be read is damaged in the store and will be so tomorrow.
// The message is then converted with what there is, and [Info] says so; any other error of a store ends the conversion.
var ErrDamaged = errors.New("damaged in the store")
