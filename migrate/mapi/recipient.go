package mapi

import (
	"fmt"
	"iter"
	"strings"
)

// A recipient is a row of the recipient table.
type recipient struct {
	reader
	address
	kind int // recipientTo and so on
}

// Values of PidTagRecipientType ([MS-OXOMSG] section 2.2.3.1), without its flags.
const (
	recipientFrom = 0
	recipientTo   = 1
	recipientCc   = 2
	recipientBcc  = 3
)

// loadRecipients reads the table, and learns from it which SMTP address an X.500 name has.
func (it *item) loadRecipients() error {
	for o, err := range it.m.Recipients() {
		if err != nil {
			return it.forgive(err, "recipients")
		}
		if len(it.rows) == maxRecipients {
			it.warn("recipients: more than %d, the rest left out", maxRecipients)
			break
		}
		r := it.of(o)
		it.rows = append(it.rows, recipient{reader: r, kind: r.int(idRecipientType) & 0xF})
	}
	for dn, smtp := range it.names() {
		it.known[dn] = smtp
	}
	for i := range it.rows {
		r := &it.rows[i]
		r.address = it.resolve(party{
			name: first(r.trimmed(idDisplayName), r.trimmed(idRecipientName)), kind: r.trimmed(idAddressType),
			addr: r.trimmed(idEmailAddress), smtp: r.trimmed(idSMTPAddress), key: r.binary(idSearchKey, maxAddrKey),
		})
	}
	return nil
}

const maxAddrKey = 2048

// A party is somebody as a store describes him.
type party struct {
	name, kind, addr, smtp string
	key                    []byte // PidTagSearchKey: kind, colon, address in upper case
}

// Addresses gives the X.500 names, in lower case, whose SMTP address an item knows. A store that goes over all its items
// can resolve by them in [Options].Resolve, to which names are given in lower case too.
func Addresses(m Message) iter.Seq2[string, string] {
	return func(yield func(dn, smtp string) bool) {
		it := newItem(m, Options{}, &Info{}, 0)
		for o, err := range m.Recipients() {
			if err != nil || len(it.rows) == maxRecipients {
				break
			}
			it.rows = append(it.rows, recipient{reader: it.of(o)})
		}
		for dn, smtp := range it.names() {
			if !yield(dn, smtp) {
				return
			}
		}
	}
}

// names gives what the item itself says of X.500 names.
func (it *item) names() iter.Seq2[string, string] {
	return func(yield func(dn, smtp string) bool) {
		say := func(dn, smtp string) bool {
			smtp = mailbox(smtp)
			return smtp == "" || !isDN(dn) || yield(strings.ToLower(dn), smtp)
		}
		for _, r := range it.rows {
			if !say(r.trimmed(idEmailAddress), r.trimmed(idSMTPAddress)) {
				return
			}
		}
		if say(it.trimmed(idSenderAddress), it.trimmed(idSenderSMTP)) {
			say(it.trimmed(idSentRepAddress), it.trimmed(idSentRepSMTP))
		}
	}
}

// resolve finds the address under which somebody gets mail, else one that can be none.
func (it *item) resolve(p party) address {
	a := address{name: p.name}
	candidates := []string{p.smtp, "", it.lookUp(p.addr), fromKey(p.key)}
	if !isDN(p.addr) && !strings.EqualFold(p.kind, "EX") {
		candidates[1] = p.addr
	}
	for _, c := range candidates {
		if a.addr = mailbox(c); a.addr != "" {
			return a
		}
	}
	if p.addr == "" && p.kind == "" {
		if a.addr = mailbox(p.name); a.addr != "" { // an address typed where a name belongs
			return a
		}
	}
	a.was = p.addr
	if kind := oneLine(p.kind); kind != "" && !strings.EqualFold(kind, "SMTP") && a.was != "" {
		a.was = fmt.Sprintf("%s:%s", kind, a.was)
	}
	a.addr = standIn(p.kind, first(p.addr, p.name))
	return a
}

func (it *item) lookUp(dn string) string {
	if !isDN(dn) {
		return ""
	}
	dn = strings.ToLower(dn)
	if smtp := it.known[dn]; smtp != "" {
		return smtp
	}
	if it.opts.Resolve != nil {
		if smtp, ok := it.opts.Resolve(dn); ok {
			return smtp
		}
	}
	return ""
}

// fromKey reads the address out of a search key. It is in upper case there.
func fromKey(key []byte) string {
	kind, addr, ok := strings.Cut(strings.TrimRight(string(key), "\x00"), ":")
	if !ok || !strings.EqualFold(kind, "SMTP") {
		return ""
	}
	return strings.ToLower(addr)
}

// first returns the first text that isn't empty.
func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
