package mapi

import (
	"encoding/base64"
	"io"
	"strings"
	"time"
)

// VCard writes a contact as vCard 3.0 (RFC 2426), with its photograph and its notes; a distribution list, and its members, as a group
// of vCard 4.0 (RFC 6350).
func VCard(w io.Writer, m Message, opts Options) error {
	it := newItem(m, opts, &Info{}, 0)
	if err := it.load(); err != nil {
		return err
	}
	it.header()
	files, err := it.attachments()
	if err != nil {
		return err
	}
	text, err := it.card(files)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

// withCard converts a contact as mail: its notes, and the vCard beside them.
func (it *item) withCard(files []*attached) (*part, error) {
	text, err := it.card(files)
	if err != nil {
		return nil, err
	}
	c := contentOf(text)
	s, err := surveyOf(c)
	if err != nil {
		return nil, err
	}
	name := first(titled(it.fullName()), "contact") + ".vcf"
	p := leaf("text/vcard; charset=utf-8"+fileParameter("name", name), s.encoding(), c)
	p.fields.disposition("attachment", name)
	return it.mixed(nil, append([]*attached{{reader: it.reader, part: p, name: name}}, files...))
}

func (it *item) card(files []*attached) (string, error) {
	note, err := it.note()
	if err != nil {
		return "", err
	}
	l := &contentLines{}
	l.line("BEGIN:VCARD")
	if Classify(it.m) == ClassDistList {
		it.group(l)
	} else if err := it.person3(l, files); err != nil {
		return "", err
	}
	l.text("NOTE", note)
	l.texts("CATEGORIES", ",", Categories(it.m)...)
	l.text("UID", strings.Trim(it.id, "<>"))
	l.time("REV", it.time(idLastModified))
	l.line("END:VCARD")
	return l.b.String(), nil
}

// fullName is what a contact is called; each has to have a name.
func (it *item) fullName() string {
	parts := strings.Join(strings.Fields(strings.Join([]string{
		it.trimmed(idNamePrefix), it.trimmed(idGivenName), it.trimmed(idMiddleName), it.trimmed(idSurname), it.trimmed(idGeneration),
	}, " ")), " ")
	emails := it.emails()
	if len(emails) == 0 {
		emails = []string{"unnamed"}
	}
	return first(it.trimmed(idDisplayName), it.namedText(nameListName), parts, it.namedText(nameFileUnder), oneLine(it.subject()), it.trimmed(idCompany), emails[0])
}

// emails are the addresses of a contact.
func (it *item) emails() []string {
	var emails []string
	for _, e := range nameEmails {
		kind, addr := it.namedText(e.kind), it.namedText(e.address)
		if p, ok := it.entry(it.namedBinary(e.entry)); ok && (addr == "" || mailbox(addr) == "") {
			kind, addr = p.kind, p.addr
		}
		if addr == "" {
			continue
		}
		if a := it.resolve(party{kind: kind, addr: addr}); a.was == "" {
			emails = append(emails, a.addr)
		}
	}
	return emails
}

// telephones are the types of RFC 2426 section 3.3.1, which allows further ones, for the numbers of a contact.
var telephones = []struct {
	id   ID
	kind string
}{
	{idBusinessPhone, "WORK,VOICE"},
	{idBusinessPhone2, "WORK,VOICE"},
	{idHomePhone, "HOME,VOICE"},
	{idHomePhone2, "HOME,VOICE"},
	{idMobilePhone, "CELL,VOICE"},
	{idPrimaryPhone, "PREF,VOICE"},
	{idCarPhone, "CAR,VOICE"},
	{idOtherPhone, "VOICE"},
	{idCompanyPhone, "WORK,VOICE"},
	{idPager, "PAGER"},
	{idBusinessFax, "WORK,FAX"},
	{idHomeFax, "HOME,FAX"},
	{idPrimaryFax, "FAX"},
	{idISDN, "ISDN"},
	{idCallbackPhone, "VOICE,X-CALLBACK"},
	{idAssistantPhone, "VOICE,X-ASSISTANT"},
	{idRadioPhone, "VOICE,X-RADIO"},
	{idTextPhone, "X-TTY"},
	{idTelex, "X-TELEX"},
}

// person3 writes a contact as vCard 3.0.
func (it *item) person3(l *contentLines, files []*attached) error {
	l.line("VERSION:3.0")
	l.text("FN", it.fullName())
	l.line("N:" + strings.Join([]string{
		escapeText(it.trimmed(idSurname)), escapeText(it.trimmed(idGivenName)), escapeText(it.trimmed(idMiddleName)),
		escapeText(it.trimmed(idNamePrefix)), escapeText(it.trimmed(idGeneration)),
	}, ";"))
	l.texts("ORG", ";", it.trimmed(idCompany), it.trimmed(idDepartment))
	for _, email := range it.emails() {
		l.text("EMAIL;TYPE=INTERNET", email)
	}
	for _, t := range telephones {
		l.text("TEL;TYPE="+t.kind, it.trimmed(t.id))
	}
	it.postal(l)
	it.about(l)
	return it.photo(l, files)
}

// about writes the rest of what is known of a person.
func (it *item) about(l *contentLines) {
	l.text("TITLE", it.trimmed(idTitle))
	l.text("ROLE", it.trimmed(idProfession))
	l.text("NICKNAME", it.trimmed(idNickname))
	for _, page := range []string{it.trimmed(idBusinessPage), it.trimmed(idPersonalPage), it.namedText(nameHTMLPage)} {
		l.uri("URL", page)
	}
	l.text("X-SPOUSE", it.trimmed(idSpouse))
	l.uri("IMPP", it.messenger())
	day := func(name string, t time.Time) {
		if !t.IsZero() && t.Year() > 1601 && t.Year() < 4000 {
			l.line(name + ":" + nearestDay(t).Format("2006-01-02"))
		}
	}
	day("BDAY", it.anyTime(idBirthday))
	day("X-ANNIVERSARY", it.anyTime(idAnniversary))
}

// messenger is an address for instant messages as a URI.
func (it *item) messenger() string {
	s := it.namedText(nameMessenger)
	if s != "" && !strings.Contains(s, ":") {
		s = "x-im:" + s
	}
	return s
}

// postal writes the addresses: box, extension, street, town, region, code, country.
func (it *item) postal(l *contentLines) {
	var work [len(nameWork)]string
	for i, name := range nameWork {
		work[i] = it.namedText(name)
	}
	l.texts("ADR;TYPE=WORK", ";", work[0], "", work[1], work[2], work[3], work[4], work[5])
	if strings.Join(work[:], "") == "" {
		l.texts("ADR;TYPE=WORK", ";", "", "", it.lines(0x3A29), it.trimmed(0x3A27), it.trimmed(0x3A28), it.trimmed(0x3A2A), it.trimmed(0x3A26))
	}
	l.texts("ADR;TYPE=HOME", ";", it.trimmed(0x3A5E), "", it.lines(0x3A5D), it.trimmed(0x3A59), it.trimmed(0x3A5C), it.trimmed(0x3A5B), it.trimmed(0x3A5A))
	l.texts("ADR;TYPE=POSTAL", ";", it.trimmed(0x3A64), "", it.lines(0x3A63), it.trimmed(0x3A5F), it.trimmed(0x3A62), it.trimmed(0x3A61), it.trimmed(0x3A60))
}

// lines reads a text that may have several.
func (it *item) lines(id ID) string { return strings.TrimSpace(it.text(id)) }

// maxPhoto bounds a photograph in a vCard.
const maxPhoto = 4 << 20

// photo writes the contact's photograph.
func (it *item) photo(l *contentLines, files []*attached) error {
	for _, f := range files {
		if f.data == nil || f.int(idAttachPhoto) == 0 && !strings.EqualFold(f.name, "ContactPicture.jpg") {
			continue
		}
		var b strings.Builder
		enc := base64.NewEncoder(base64.StdEncoding, &b)
		s, err := surveyOf(f.data)
		if err != nil || s.size > maxPhoto {
			return err
		}
		if err := f.data(enc); err != nil {
			return err
		}
		if err := enc.Close(); err != nil {
			return err
		}
		kind := strings.ToUpper(strings.TrimPrefix(f.mediaType, "image/"))
		if kind == strings.ToUpper(f.mediaType) {
			kind = "JPEG"
		}
		l.line("PHOTO;ENCODING=b;TYPE=" + kind + ":" + b.String())
		return nil
	}
	return nil
}

// group writes a distribution list.
func (it *item) group(l *contentLines) {
	l.line("VERSION:4.0")
	l.line("KIND:group")
	l.text("FN", it.fullName())
	for _, a := range it.members() {
		if a.was == "" {
			l.line("MEMBER:mailto:" + a.addr)
		} else {
			l.text("X-MEMBER", first(a.name, a.was))
		}
	}
}

// members are those of a distribution list, as one-off addresses, which stay true when the contacts are gone ([MS-OXOCNTC]
// section 2.2.2).
func (it *item) members() []address {
	entries := it.longList()
	for _, name := range []Name{nameListOneOffs, nameListMembers} {
		if len(entries) > 0 {
			break
		}
		for _, v := range it.namedValues(name) {
			if v.Type == TypeBinary {
				entries = append(entries, v.Data)
			}
		}
	}
	var who []address
	for _, entry := range entries {
		if p, ok := it.entry(entry); ok {
			who = append(who, it.resolve(p))
		}
	}
	return who
}

// longList takes the one-off addresses out of the stream that the members of a list are in where there are too many for the other
// properties ([MS-OXOCNTC] section 2.2.2.2.4). Where a member has none, its entry identifier is one.
func (it *item) longList() [][]byte {
	const head = 28
	c := cursor{b: it.namedBinary(nameListStream)}
	c.take(12)
	n := c.u32()
	c.take(head - 16)
	var entries [][]byte
	for range n {
		entry, oneOff := c.take(c.u32()), c.take(c.u32())
		if c.take(c.u32()); c.bad {
			break
		}
		if len(oneOff) > 0 {
			entry = oneOff
		}
		entries = append(entries, entry)
	}
	return entries
}
