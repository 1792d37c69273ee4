package mapi

import (
	"encoding/base64"
	"net/mail"
	"strings"
	"time"
)

// header makes the message's fields: those with which it travelled, and from properties those that it lacks.
func (it *item) header() {
	it.fields = append(it.fields, it.head.fields...)
	it.info.Rebuilt = len(it.fields) == 0
	for _, name := range []string{"from", "date", "message-id"} {
		if value, ok := it.fields.get(name); ok && strings.Trim(value, "<> ") == "" {
			it.fields.remove(name) // says nothing, and must say something
		}
	}
	it.originators()
	it.addressees()
	if !it.fields.has("subject") {
		it.fields.addText("Subject", it.subject())
	}
	it.date()
	it.identify()
	if it.info.Rebuilt {
		it.thread()
		it.urgency()
	}
	if keywords := Categories(it.m); len(keywords) > 0 && !it.fields.has("keywords") {
		it.keywords(keywords)
	}
}

// originators adds who wrote and who sent the message (RFC 5322 section 3.6.2), and who gets answers and receipts.
func (it *item) originators() {
	from, sender := it.author(), it.sender()
	if from == (address{}) {
		from = sender
	}
	if from == (address{}) {
		from = address{addr: "unknown@sender.invalid"}
	}
	from = it.betterKnown(from)
	if !it.fields.has("from") {
		it.fields.add("From", from.String())
		it.original(from)
	}
	if !it.info.Rebuilt {
		return
	}
	if sender != (address{}) && !strings.EqualFold(sender.addr, from.addr) {
		it.fields.add("Sender", sender.String())
		it.original(sender)
	}
	if answers := it.replyTo(); len(answers) > 0 && (len(answers) > 1 || !strings.EqualFold(answers[0].addr, from.addr)) {
		it.fields.add("Reply-To", list(answers))
	}
	if it.int(idReadReceiptRequested) != 0 && Classify(it.m) != ClassReport {
		it.fields.add("Disposition-Notification-To", from.String())
	}
}

// betterKnown looks for an address of somebody who has none among the others of his name: who made the item, and who gets
// the answers.
func (it *item) betterKnown(a address) address {
	if a.was == "" || a.name == "" {
		return a
	}
	creator := address{name: it.trimmed(idCreatorName), addr: mailbox(it.trimmed(idCreatorSMTP))}
	for _, other := range append(it.replyTo(), creator) {
		if other.was == "" && other.addr != "" && strings.EqualFold(other.name, a.name) {
			return other
		}
	}
	return a
}

// original keeps the address that a stand-in stands for.
func (it *item) original(a address) {
	if a.was != "" {
		it.fields.addText("X-Original-Address", a.was)
	}
}

// originals keeps the addresses of recipients that stand-ins make unreadable; what is no address of mail is told by its name.
func (it *item) originals(who []address) {
	for _, a := range who {
		if strings.Contains(a.was, "@") {
			it.original(a)
		}
	}
}

// author is on whose behalf the message was sent.
func (it *item) author() address {
	return it.person(idSentRepName, idSentRepType, idSentRepAddress, idSentRepSMTP, idSentRepSearchKey, idSentRepEntryID)
}

func (it *item) sender() address {
	return it.person(idSenderName, idSenderType, idSenderAddress, idSenderSMTP, idSenderSearchKey, idSenderEntryID)
}

// person resolves one who is described by properties of the message; it is zero if they say nothing.
func (it *item) person(name, kind, addr, smtp, key, entry ID) address {
	p := party{it.trimmed(name), it.trimmed(kind), it.trimmed(addr), it.trimmed(smtp), it.binary(key, maxAddrKey)}
	if p.addr == "" && p.smtp == "" {
		if e, ok := it.entry(it.binary(entry, maxText)); ok {
			p.kind, p.addr, p.name = e.kind, e.addr, first(p.name, e.name)
		}
	}
	if p.name == "" && p.addr == "" && p.smtp == "" {
		return address{}
	}
	return it.resolve(p)
}

// recipientFields are the fields of recipients and the properties with their names.
var recipientFields = []struct {
	name    string
	kind    int
	display ID
}{{"To", recipientTo, idDisplayTo}, {"Cc", recipientCc, idDisplayCc}, {"Bcc", recipientBcc, idDisplayBcc}}

// addressees adds the recipients (RFC 5322 section 3.6.3). A header that travelled says itself whom the message went to, but for
// Bcc.
func (it *item) addressees() {
	travelled := it.fields.has("to") || it.fields.has("cc")
	for _, f := range recipientFields {
		if it.fields.has(strings.ToLower(f.name)) || travelled && f.kind != recipientBcc {
			continue
		}
		var who []address
		for _, r := range it.rows {
			if r.kind == f.kind {
				who = append(who, r.address)
			}
		}
		if len(who) > 0 {
			it.fields.add(f.name, list(who))
			it.originals(who)
		} else if names := it.trimmed(f.display); names != "" && len(it.rows) == 0 && !travelled {
			it.fields.add(f.name, it.displayed(names))
		}
	}
	if !it.fields.has("to") && !it.fields.has("cc") && !it.fields.has("bcc") {
		it.fields.add("To", "undisclosed-recipients:;")
	}
}

// displayed writes recipients of whom only the names are known: addresses as such, names as empty groups (RFC 5322 section 3.4).
func (it *item) displayed(names string) string {
	var texts []string
	for name := range strings.SplitSeq(names, ";") {
		name = oneLine(strings.Trim(name, " '"))
		if addr := mailbox(name); addr != "" {
			texts = append(texts, addr)
		} else if name != "" {
			texts = append(texts, phrase(name)+" :;")
		}
	}
	return strings.Join(texts, ", ")
}

// subject returns the subject without the length of its prefix ([MS-OXCMSG] section 2.2.1.46, [MS-PST] section 2.5.3.1.1.1).
func (it *item) subject() string {
	if s := bareSubject(it.text(idSubject)); s != "" {
		return s
	}
	return it.text(idSubjectPrefix) + bareSubject(it.text(idNormalizedSubject))
}

func bareSubject(s string) string {
	if !strings.HasPrefix(s, "\x01") {
		return s
	}
	for i := range s[1:] {
		if i > 0 {
			return s[1+i:] // after the character that is the length
		}
	}
	return ""
}

// date makes sure that there is one.
func (it *item) date() {
	if text, ok := it.fields.get("date"); ok {
		if t, err := parseDate(text); err == nil {
			it.info.Date = t
		} else {
			it.info.Date = Dated(it.m)
			it.warn("date %q can't be read", text[:min(len(text), 60)])
		}
		return
	}
	it.info.Date = Dated(it.m)
	if it.info.Date.IsZero() {
		it.info.Date = time.Unix(0, 0).UTC()
		it.warn("no date")
	}
	it.fields.add("Date", it.info.Date.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
}

// usualDate is how nearly all programs write a date. [mail.ParseDate] gets to it by way of many others.
const usualDate = "Mon, 2 Jan 2006 15:04:05 -0700"

func parseDate(text string) (time.Time, error) {
	if t, err := time.Parse(usualDate, text); err == nil {
		return t, nil
	}
	return mail.ParseDate(text)
}

// thread adds what puts the message into a conversation.
func (it *item) thread() {
	if id := messageIDs(it.text(idInReplyTo)); id != "" {
		it.fields.add("In-Reply-To", id)
	}
	if ids := messageIDs(it.text(idReferences)); ids != "" {
		it.fields.add("References", ids)
	}
	it.fields.addText("Thread-Topic", it.text(idConversationTopic))
	if index := it.binary(idConversationIndex, 4096); len(index) >= 22 {
		it.fields.add("Thread-Index", inLines(base64.StdEncoding.EncodeToString(index)))
	}
}

// inLines parts a long word with blanks so that it folds.
func inLines(s string) string {
	var b strings.Builder
	for len(s) > 60 {
		b.WriteString(s[:60] + " ")
		s = s[60:]
	}
	return b.String() + s
}

// urgency adds importance and sensitivity where they aren't the usual ones (RFC 4021 section 2.1.54, [MS-OXCMAIL] section 2.1.3.2).
func (it *item) urgency() {
	if level, ok := it.number(idImportance); ok && level != 1 {
		it.fields.add("Importance", [...]string{"low", "normal", "high"}[min(max(level, 0), 2)])
		it.fields.add("X-Priority", [...]string{"5", "3", "1"}[min(max(level, 0), 2)])
	}
	if level, ok := it.number(idPriority); ok && level != 0 {
		it.fields.add("Priority", [...]string{"non-urgent", "normal", "urgent"}[min(max(level, -1), 1)+1])
	}
	if level := it.int(idSensitivity); level >= 1 && level <= 3 {
		it.fields.add("Sensitivity", [...]string{"Personal", "Private", "Company-Confidential"}[level-1])
	}
}

func (it *item) keywords(words []string) {
	phrases := make([]string, 0, len(words))
	for _, word := range words {
		if word = oneLine(word); word != "" {
			phrases = append(phrases, phrase(word))
		}
	}
	if len(phrases) > 0 {
		it.fields.add("Keywords", strings.Join(phrases, ", "))
	}
}
