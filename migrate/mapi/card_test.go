package mapi

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"
)

func cardOf(t *testing.T, m Message) string {
	t.Helper()
	var b strings.Builder
	if err := VCard(&b, m, Options{}); err != nil {
		t.Fatal(err)
	}
	checkContentLines(t, b.String())
	return b.String()
}

// oneOff makes a one-off entry identifier.
func oneOff(name, kind, addr string) []byte {
	b := append(make([]byte, 4), oneOffProvider...)
	b = append(b, 0, 0, 0x01, 0x80)
	for _, s := range []string{name, kind, addr} {
		b = append(append(b, wide(s)...), 0, 0)
	}
	return b
}

// oneOff8 is the same with 8-bit strings.
func oneOff8(name, kind, addr string) []byte {
	b := append(make([]byte, 4), oneOffProvider...)
	b = append(b, 0, 0, 0, 0)
	return append(b, name+"\x00"+kind+"\x00"+addr+"\x00"...)
}

// exchange makes an entry identifier of Exchange's address book.
func exchange(dn string) []byte {
	b := append(make([]byte, 4), addressProvider...)
	b = append(b, 1, 0, 0, 0, 0, 0, 0, 0)
	return append(b, dn+"\x00"...)
}

// flat makes a FlatEntryList.
func flat(entries ...[]byte) []byte {
	var body []byte
	for _, e := range entries {
		body = binary.LittleEndian.AppendUint32(body, uint32(len(e)))
		body = append(body, e...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(entries)))
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(body))), body...)
}

// binaries are several binary values.
func binaries(values ...[]byte) Value {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(values)))
	at := 4 + 4*len(values)
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, uint32(at))
		at += len(v)
	}
	for _, v := range values {
		b = append(b, v...)
	}
	return Value{TypeBinary | TypeMulti, b}
}

func contact() *memory {
	return object(properties{
		idMessageClass: "IPM.Contact", idDisplayName: "Dr. Anna Müller", idGivenName: "Anna", idSurname: "Müller", idNamePrefix: "Dr.", idMiddleName: "B;C", idCompany: "ACME, Inc.",
		idDepartment: "Sales", idTitle: "Boss", idBusinessPhone: "+49 30 1", idMobilePhone: "+49 170 2", idBusinessFax: "+49 30 9", idHomePhone: "3",
		idBirthday: time.Date(1970, 5, 1, 22, 0, 0, 0, time.UTC), idBusinessPage: "https://acme.example/?a=1;b=2,3", idNickname: "Anni", idLastModified: sent,
		0x3A5D: "Weg 1\r\nHinterhof", 0x3A59: "Köln", 0x3A5B: "50667", 0x3A5A: "Germany", idBody: "Met at the fair.\r\n",
	}).with(named{
		nameEmails[0].address: "anna@acme.example", nameEmails[0].kind: "SMTP", nameEmails[1].address: "/O=ACME/CN=ANNA", nameEmails[1].kind: "EX",
		nameEmails[2].entry: oneOff("A", "SMTP", "a.m@example.com"), nameWork[2]: "Berlin", nameWork[1]: "Allee 2", nameMessenger: "anna99", nameKeywords: []string{"Friends"},
	}, file{
		idAttachMethod: 1,
		idAttachName:   "ContactPicture.jpg",
		idAttachPhoto:  true,
		idAttachData:   []byte(strings.Repeat("JPEG", 40)),
	})
}

func TestVCard(t *testing.T) {
	t.Parallel()
	got := cardOf(t, contact())
	if missing := lacks(got, "BEGIN:VCARD", "VERSION:3.0", "FN:Dr. Anna Müller", `N:Müller;Anna;B\;C;Dr.;`, `ORG:ACME\, Inc.;Sales`, "EMAIL;TYPE=INTERNET:anna@acme.example",
		"EMAIL;TYPE=INTERNET:a.m@example.com", "TEL;TYPE=WORK,VOICE:+49 30 1", "TEL;TYPE=CELL,VOICE:+49 170 2", "TEL;TYPE=WORK,FAX:+49 30 9", "TITLE:Boss", "NICKNAME:Anni",
		`ADR;TYPE=HOME:;;Weg 1\nHinterhof;Köln;;50667;Germany`, "ADR;TYPE=WORK:;;Allee 2;Berlin;;;", "URL:https://acme.example/?a=1;b=2,3", "IMPP:x-im:anna99", "BDAY:1970-05-02",
		"CATEGORIES:Friends", "NOTE:Met at the fair.", "REV:20090314T150926Z", "PHOTO;ENCODING=b;TYPE=JPEG:"+strings.Repeat("SlBFR0pQRUdKUEVH", 13)+"SlBFRw=="); missing != nil {
		t.Errorf("got\n%s\nwithout %q", got, missing)
	}
	if strings.Contains(got, "invalid") && strings.Contains(got, "EMAIL;TYPE=INTERNET:anna@x500") {
		t.Errorf("got an address that is none in\n%s", got)
	}
}

func TestVCardNames(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]*memory{
		"FN:Anna Müller": object(properties{
			idMessageClass: "IPM.Contact",
			idGivenName:    "Anna",
			idSurname:      "Müller",
		}),
		"FN:Müller\\, A": object(properties{idMessageClass: "IPM.Contact"}).with(named{nameFileUnder: "Müller, A"}),
		"FN:a@b.example": object(properties{idMessageClass: "IPM.Contact"}).with(named{nameEmails[0].address: "a@b.example"}),
		"FN:unnamed":     object(properties{idMessageClass: "IPM.Contact"}),
	} {
		if got := cardOf(t, m); lacks(got, want) != nil {
			t.Errorf("got\n%s\nwant %s", got, want)
		}
	}
}

func TestDistributionList(t *testing.T) {
	t.Parallel()
	members := binaries(oneOff("Bob", "SMTP", "bob@example.com"), oneOff8("Carl", "SMTP", "carl@example.com"), oneOff("Gone", "EX", "/o=acme/cn=gone"), []byte("nonsense"))
	m := object(properties{
		idMessageClass: "IPM.DistList",
		idDisplayName:  "Team",
	}).with(named{nameListOneOffs: members})
	got := cardOf(t, m)
	if missing := lacks(got, "VERSION:4.0", "KIND:group", "FN:Team", "MEMBER:mailto:bob@example.com", "MEMBER:mailto:carl@example.com", "X-MEMBER:Gone"); missing != nil {
		t.Errorf("got\n%s\nwithout %q", got, missing)
	}
}

// TestLongDistributionList: the members of a long list are in a stream, beside of which the other properties say nothing.
func TestLongDistributionList(t *testing.T) {
	t.Parallel()
	u32 := binary.LittleEndian.AppendUint32
	stream := append([]byte{1, 0, 0, 0, 15, 0, 0, 0, 0, 0, 0, 0}, u32(nil, 200)...)
	stream = append(stream, make([]byte, 12)...)
	add := func(piece []byte) { stream = append(u32(stream, uint32(len(piece))), piece...) }
	for i := range 200 {
		one := oneOff(fmt.Sprint("Member ", i), "SMTP", fmt.Sprintf("m%d@example.com", i))
		if i%2 == 0 {
			add(one)
			add(nil)
		} else {
			add([]byte("a contact's identifier"))
			add(one)
		}
		add(nil)
	}
	for cut, want := range map[int]int{len(stream): 200, len(stream) - 1: 199, 20: 0} {
		m := object(properties{idMessageClass: "IPM.DistList", idDisplayName: "All"}).with(named{nameListStream: stream[:cut], nameListMembers: binaries()})
		got := cardOf(t, m)
		if n := strings.Count(got, "MEMBER:mailto:m"); n != want {
			t.Errorf("cut at %d: got %d members, want %d", cut, n, want)
		}
	}
}

func TestTelephones(t *testing.T) {
	t.Parallel()
	m := object(properties{idMessageClass: "IPM.Contact", idDisplayName: "A"})
	for i, phone := range telephones {
		m.props[phone.id] = value(fmt.Sprint("+49 30 ", 100+i))
	}
	got := cardOf(t, m)
	for i := range 19 {
		if n := strings.Count(got, fmt.Sprint(":+49 30 ", 100+i, "\r\n")); n != 1 {
			t.Errorf("got number %d %d times in\n%s", i, n, got)
		}
	}
}

func TestContactAsMail(t *testing.T) {
	t.Parallel()
	text, _ := convert(t, contact(), Options{})
	p := checkStructure(t, text)
	if len(p) != 3 || p[1].mediaType != "text/vcard" || p[1].fileName() != "Dr. Anna Müller.vcf" || lacks(p[1].text, "FN:Dr. Anna Müller") != nil {
		t.Errorf("got %+v, want the note, the card and the picture", p)
	}
}

func TestReplyTo(t *testing.T) {
	t.Parallel()
	m := object(properties{
		idSentRepName: "Anna", idSentRepAddress: "anna@acme.example",
		idReplyRecipients: flat(oneOff("Löb", "SMTP", "bob@example.com"), exchange("/o=acme/cn=carl"), []byte("?"), oneOff8("D", "SMTP", "d@example.com")),
	}).with(row{
		idRecipientType: 1,
		idEmailAddress:  "/O=ACME/CN=CARL",
		idAddressType:   "EX",
		idSMTPAddress:   "carl@acme.example",
	})
	text, _ := convert(t, m, Options{})
	python(t, text)
	wantFields(t, text, "Reply-To: =?utf-8?Q?L=C3=B6b?= <bob@example.com>, carl@acme.example, D <d@example.com>", "To: carl@acme.example")
	for _, cut := range []int{1, 7, 9, 20, 30, 60} {
		data := m.props[idReplyRecipients].Data[:cut]
		c := object(properties{idReplyRecipients: data})
		if text, _ := convert(t, c, Options{}); strings.Contains(text, "Reply-To:") {
			t.Errorf("cut at %d: got %s", cut, headerOf(text))
		}
	}
}
