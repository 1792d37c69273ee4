package mapi

import (
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// propertyIDs are those that conversions read.
var propertyIDs = []ID{
	idImportance, idMessageClass, idPriority, idReadReceiptRequested, idSensitivity, idSubject, idClientSubmitTime, idSentRepSearchKey, idSentRepEntryID,
	idSentRepName, idReplyRecipients, idStartDate, idEndDate, idSentRepType, idSentRepAddress, idConversationTopic, idConversationIndex, idTransportHeaders,
	idSenderEntryID, idSenderName, idSenderType, idSenderAddress, idDisplayBcc, idDisplayCc, idDisplayTo, idDeliveryTime, idMessageFlags,
	idNormalizedSubject, idRTFInSync, idBody, idReportText, idRTFCompressed, idHTML, idNativeBody, idMessageID, idReferences, idInReplyTo, idOriginalMessageID,
	idCreationTime, idLastModified, idSearchKey, idInternetCodepage, idMessageCodepage, idSenderSMTP, idSentRepSMTP, idOriginalDisplayTo, idReportingMTA,
	idRecipientType, idNDRReason, idNDRDiagnostic, idNDRStatus, idSupplementaryInfo, idRemoteMTA, idDisplayName, idAddressType, idEmailAddress, idSMTPAddress,
	idAttachData, idAttachExtension, idAttachShortName, idAttachMethod, idAttachName, idAttachPath, idAttachLongPath, idAttachMIMEType, idAttachContentID,
	idAttachLocation, idAttachCharset, idAttachmentFlags, idAttachPhoto, idGivenName, idSurname, idCompany, idMobilePhone, idBirthday,
}

var propertyNames = []Name{
	nameKeywords, nameSequence, nameBusy, nameLocation, nameStart, nameEnd, nameAllDay, nameRecurrence, nameTimeZone, nameTimeZoneName, nameReminderMinutes,
	nameReminderSet, nameGlobalID, nameTaskStatus, nameTaskPercent, nameTaskStart, nameTaskDue, nameTaskRecurrence, nameListOneOffs, nameEmails[0].address,
}

// texts that are worth trying wherever a text may be.
var spice = []string{
	"", "plain", "Grüße", "日本語", "a@example.com", "/O=ACME/OU=X/CN=ANNA", "SMTP", "EX", "\x01\x05Re: x", "a\r\nBcc: evil@example.com\r\n\r\nbody", "=?utf-8?Q?x?=",
	"<id@example.com>", "a;b;'c@d.example'", "text/plain; charset=x", "multipart/signed", "message/rfc822", "message/delivery-status", ".eml", "x\x00y", "\u202e\ufeff", "\"", "\\",
	"Content-Type: multipart/report\r\nFrom: a\r\n", "From: \xff <a@b>\r\nX\r\n--=_x: y\r\n\r\n", "Content-Type: multipart/encrypted\r\n", "Date: \r\nMessage-ID: \r\n",
	"IPM.Note", "IPM.Note.SMIME", "IPM.Note.SMIME.MultipartSigned", "REPORT.IPM.Note.NDR", "REPORT.IPM.Note.IPNRN", "IPM.Schedule.Meeting.Request",
	"IPM.Schedule.Meeting.Resp.Pos", "IPM.Appointment", "IPM.Task", "IPM.Contact", "IPM.DistList", "IPM.StickyNote", "<img src=cid:x>", "x", "<meta charset=koi8-r>é",
	"--=_0123", "unknown-8bit", ":", " ", "\t\n", "a\rb\nc", strings.Repeat("long ", 300), strings.Repeat("x", 1500),
	wrappedHTML, richRTF, plainRTF, signedEntity, string(mela(richRTF)), string(mela(wrappedHTML)),
}

// pick makes a value of any type.
func pick(r *rand.Rand, data []byte) Value {
	text := spice[r.IntN(len(spice))]
	if r.IntN(6) == 0 {
		text = string(data)
	}
	switch r.IntN(12) {
	case 0, 1, 2, 3:
		return value(text)
	case 4, 5:
		return string8(text)
	case 6:
		return value([]byte(text))
	case 7:
		return value([]int{1252, 932, 65001, 1200, 0}[r.IntN(5)])
	case 8:
		return value(r.IntN(12) - 2)
	case 9:
		return Value{TypeTime, binary.LittleEndian.AppendUint64(nil, r.Uint64()>>r.IntN(20))}
	case 10:
		return value(sent.Add(time.Duration(r.Int64N(1e15))))
	}
	types := []Type{
		TypeInt16,
		TypeInt32,
		TypeBool,
		TypeTime,
		TypeBinary,
		TypeString,
		TypeString8,
		TypeString | TypeMulti,
		TypeBinary | TypeMulti,
		TypeError,
		TypeObject,
		TypeFloat64,
	}
	return Value{types[r.IntN(len(types))], []byte(text)}
}

// cook makes an item of random properties, and of what data holds.
func cook(r *rand.Rand, data []byte, depth int) *memory {
	m := object(nil)
	for _, id := range propertyIDs {
		if r.IntN(3) > 0 {
			m.props[id] = pick(r, data)
		}
	}
	for i, name := range propertyNames {
		if r.IntN(2) == 0 {
			m.names[name] = ID(0x8000 + i)
			m.props[ID(0x8000+i)] = pick(r, data)
		}
	}
	if depth > 0 {
		for range r.IntN(4) {
			m.rows = append(m.rows, cook(r, data, 0))
		}
		for range r.IntN(3) {
			f := cook(r, data, 0)
			if r.IntN(2) == 0 {
				f.props[idAttachMethod] = value([]int{1, 1, 5, 6, 2}[r.IntN(5)])
			}
			f.inner = cook(r, data, depth-1)
			m.files = append(m.files, f)
		}
	}
	return m
}

// FuzzConvert: whatever an item holds, a message comes out that programs can read; the same each time.
func FuzzConvert(f *testing.F) {
	for seed := range uint64(100) {
		f.Add(seed, []byte("data"))
	}
	f.Fuzz(func(t *testing.T, seed uint64, data []byte) {
		m := cook(rand.New(rand.NewPCG(seed, 1)), data, 2)
		var b, again strings.Builder
		if _, err := Convert(&b, m, Options{}); err != nil {
			t.Fatal(err)
		}
		if _, err := Convert(&again, m, Options{}); err != nil || again.String() != b.String() {
			t.Error("got another message the second time")
		}
		sealed := strings.Contains(b.String(), "multipart/signed") || strings.Contains(b.String(), mediaMessage)
		if !sealed {
			checkMessage(t, b.String())
		} else if strings.Contains(strings.ReplaceAll(b.String(), "\r\n", ""), "\n") {
			t.Error("got a bare line feed")
		}
		for _, write := range []func(io.Writer, Message, Options) error{VCard, Calendar} {
			var b strings.Builder
			if err := write(&b, m, Options{}); err != nil {
				t.Fatal(err)
			}
			checkContentLines(t, b.String())
		}
	})
}

// rotten is a store in which anything may be damaged.
type rotten struct {
	*memory
	r *rand.Rand
}

var errRotten = fmt.Errorf("bad block: %w", ErrDamaged)

func (f rotten) fails() bool { return f.r.IntN(12) == 0 }

func (f rotten) Get(id ID) (Value, bool) {
	if f.fails() {
		return Value{}, false
	}
	return f.memory.Get(id)
}

func (f rotten) Open(id ID) (Stream, bool) {
	s, ok := f.memory.Open(id)
	if ok && f.fails() {
		s.Data = brokenAt{s.Data, int64(f.r.IntN(20)), errRotten}
	}
	return s, ok
}

func (f rotten) Message() (Message, error) {
	if f.inner == nil || f.fails() {
		return nil, errRotten
	}
	return rotten{f.inner, f.r}, nil
}

func (f rotten) Recipients() iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for o := range f.memory.Recipients() {
			if f.fails() {
				yield(nil, errRotten)
				return
			}
			if !yield(o, nil) {
				return
			}
		}
	}
}

func (f rotten) Attachments() iter.Seq2[Attachment, error] {
	return func(yield func(Attachment, error) bool) {
		for _, a := range f.files {
			var err error
			if f.fails() {
				err = errRotten
			}
			if !yield(rotten{a, f.r}, err) {
				return
			}
		}
	}
}

// TestRottenStore holds that damage anywhere costs what is damaged and never the message.
func TestRottenStore(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		m := cook(rand.New(rand.NewPCG(seed, 2)), []byte("data"), 2)
		var b strings.Builder
		if _, err := Convert(&b, rotten{m, rand.New(rand.NewPCG(seed, 3))}, Options{}); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if !strings.Contains(b.String(), "multipart/signed") && !strings.Contains(b.String(), mediaMessage) {
			checkStructure(t, b.String())
		}
		if err := VCard(io.Discard, rotten{m, rand.New(rand.NewPCG(seed, 4))}, Options{}); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if err := Calendar(io.Discard, rotten{
			m,
			rand.New(rand.NewPCG(seed, 5)),
		}, Options{}); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}
