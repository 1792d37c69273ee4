package migrate_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/quotedprintable"
	"strings"

	"unpop/migrate/mend"
)

// soakMail is random mail in two sources, and where each message belongs.
type soakMail struct {
	random *rand.Rand
	n      int
	truth  map[[32]byte]string   // the digests of the messages on the wire, and their mailboxes
	worse  map[[32]byte]string   // where some of them may go if the better place is not known yet
	same   map[[32]byte][32]byte // the digests of others that are the same message as one of these
	last   string                // a Message-ID that was used
	size   int                   // of the message that has it
	sizes  map[int64]bool        // of ours, on the wire, and whether mending changes nothing in all that have it
}

// soakFolders are where mail lies, and where it belongs.
var soakFolders = [][2]string{{"Inbox", "INBOX"}, {"Inbox", "INBOX"}, {"Clienti", "Clienti"}, {"Sent", "Sent"}, {"Università", "Università"}}

func newSoakMail(k *kit, random *rand.Rand, messages int) *soakMail {
	m := &soakMail{random: random, truth: map[[32]byte]string{}, worse: map[[32]byte]string{}, same: map[[32]byte][32]byte{}, sizes: map[int64]bool{}}
	sources := [2]map[string][]string{{}, {}}
	for range messages {
		folder := soakFolders[random.IntN(len(soakFolders))]
		text := m.message()
		m.expect(text, folder[1])
		m.note(text)
		at := random.IntN(2)
		sources[at][folder[0]] = append(sources[at][folder[0]], text)
		if random.IntN(4) > 0 {
			continue
		}
		other := folder[0] // a duplicate on the other computer, at times in a better place
		if other == "Inbox" && random.IntN(2) == 0 {
			other = "Clienti"
			m.expect(text, "Clienti")
			m.worse[wireDigest(text)] = "INBOX"
		}
		sources[1-at][other] = append(sources[1-at][other], m.otherForm(text))
	}
	for folder, messages := range sources[0] {
		k.mbox("pc1/"+folder, messages...)
	}
	m.write(k, sources[1])
	return m
}

// write makes the second source an mbox store or a Maildir.
func (m *soakMail) write(k *kit, folders map[string][]string) {
	maildir := m.random.IntN(2) == 0
	for folder, messages := range folders {
		if !maildir {
			k.mbox("pc2/"+folder, messages...)
			continue
		}
		dir := "pc2/." + strings.ReplaceAll(folder, "à", "&AOA-")
		if folder == "Inbox" {
			dir = "pc2"
		}
		for i, text := range messages {
			k.file(fmt.Sprintf("%s/cur/%d.M%dP1.host:2,S", dir, 1400000000+i, i), text)
			k.file("pc2/.Vuota/cur/.keep", "") // without a folder below it, a Maildir is known by its directory's name
		}
	}
}

func (m *soakMail) expect(text, mailbox string) { m.truth[wireDigest(text)] = mailbox }

func wireDigest(text string) [32]byte {
	return sha256.Sum256([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
}

// known is the digest under which the truth has a message.
func (m *soakMail) known(body []byte) [32]byte {
	digest := sha256.Sum256(body)
	if same, other := m.same[digest]; other {
		return same
	}
	return digest
}

// otherForm is a message as another mail program may have kept it: at times in another transfer encoding, if it has anything to be known by.
func (m *soakMail) otherForm(text string) string {
	head, body, _ := strings.Cut(text, "\n\n")
	if m.random.IntN(3) > 0 || !strings.Contains(head, "\nSubject: ") {
		return text
	}
	var encoded strings.Builder
	w := quotedprintable.NewWriter(&encoded)
	_, _ = io.WriteString(w, body)
	_ = w.Close()
	other := head + "\nContent-Transfer-Encoding: quoted-printable\n\n" + strings.ReplaceAll(encoded.String(), "\r\n", "\n")
	m.same[wireDigest(other)] = wireDigest(text)
	m.note(other)
	return other
}

// note keeps the size of a message.
func (m *soakMail) note(text string) {
	wire := []byte(strings.ReplaceAll(text, "\n", "\r\n"))
	same := true
	for step := mend.Step(1); step <= mend.Last; step++ {
		mended, err := io.ReadAll(mend.Reader(bytes.NewReader(wire), step))
		same = same && err == nil && bytes.Equal(mended, wire)
	}
	other, known := m.sizes[int64(len(wire))]
	m.sizes[int64(len(wire))] = same && (other || !known)
}

// message makes one that differs from all others, in few bytes at times.
func (m *soakMail) message() string {
	m.n++
	tag := fmt.Sprintf("%06d-%08x", m.n, m.random.Uint32())
	head := "Received: from a by b; Sat, 03 Jan 2015 04:05:06 +0000\nDate: Fri, 02 Jan 2015 03:04:05 +0000\nFrom: a@example.org\nTo: b@example.org\n"
	subject := "Subject: " + tag + "\n"
	if m.random.IntN(12) == 0 {
		head, subject = "", "X-Odd: no name, no date\n"
	}
	text := head + m.messageID(tag) + subject + "\n" + tag + "\n" + m.body()
	if m.random.IntN(6) == 0 {
		text = strings.ReplaceAll(text, "\nFrom: a@", "\nFrom: \xe8\xe9@")
	}
	m.size = len(text)
	return text
}

// messageID makes the field: none, a new one, or that of an earlier message, in some of the ways in which it is written.
func (m *soakMail) messageID(tag string) string {
	switch m.random.IntN(10) {
	case 0, 1:
		return ""
	case 2, 3:
		if m.last != "" {
			return "Message-ID: " + m.last + "\n" // of a message with another body
		}
	case 4:
		return "Message-Id:\n <" + tag + "@folded.example>\n"
	case 5:
		return "MESSAGE-ID: bare-" + tag + "\n"
	case 6:
		return "Message-ID: <a" + tag + "@twice.example>\nMessage-ID: <b" + tag + "@twice.example>\n"
	}
	m.last = "<" + tag + "@test.example>"
	return "Message-ID: " + m.last + "\n"
}

// body is often as long as others, at times odd, and seldom large.
func (m *soakMail) body() string {
	switch m.random.IntN(40) {
	case 0:
		return strings.Repeat("a line of a large message, which is longer than what is held back\n", 5000)
	case 1, 2, 3:
		return ".\n..\n\x7f\xff\xfe \x80 perch\xe9\n\t\x0c\n" + strings.Repeat("x", 3000) + "\n"
	case 4, 5, 6:
		return ""
	case 7, 8, 9:
		return strings.Repeat("line\n", 1+m.random.IntN(400))
	default:
		return strings.Repeat("line\n", 10)
	}
}

// foreign is a message that somebody else delivers.
func (m *soakMail) foreign() []byte {
	m.n++
	id := m.last
	if id == "" {
		id = "<foreign@test.example>"
	}
	text := fmt.Sprintf("Message-ID: %s\nSubject: of somebody else %06d-%08x\n\n", id, m.n, m.random.Uint32())
	text += strings.Repeat("z", max(1, m.size-len(text)-1)) + "\n"
	m.expect(text, "INBOX")
	return []byte(strings.ReplaceAll(text, "\n", "\r\n"))
}
