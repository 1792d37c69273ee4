package pst

import (
	"strings"

	"unpop/migrate/mapi"
	"unpop/migrate/source/pst/ndb"
)

// Bounds of the addresses that are learnt: a company's directory, not a country's.
const (
	maxDNs    = 50_000
	maxDNText = 512
)

// Properties that name a person: kind of address, address in the kind, SMTP address.
var persons = [][3]mapi.ID{
	{0x0C1E, 0x0C1F, 0x5D01}, // sender
	{0x0064, 0x0065, 0x5D02}, // in whose name
	{0x0075, 0x0076, 0x5D07}, // by whom it was received
	{0x0077, 0x0078, 0x5D08}, // for whom
	{0x3002, 0x3003, 0x39FE}, // a recipient
}

// resolve gives the SMTP address of an X.500 name that some item of the store has beside it. The first call reads the
// senders and recipients of the whole store: only mail of an Exchange server needs that. What the answer is doesn't depend on what was
// asked before: the first item in the order of the nodes decides.
func (s *store) resolve(dn string) (string, bool) {
	s.dnsOnce.Do(func() { s.dns = s.learn() })
	smtp, ok := s.dns[strings.ToLower(dn)]
	return smtp, ok
}

// learn collects the addresses of the store.
func (s *store) learn() map[string]string {
	dns := map[string]string{}
	for node, err := range s.file.Nodes() {
		if err != nil || node.ID.Type() != ndb.TypeMessage || len(dns) >= maxDNs {
			continue
		}
		m, err := s.item(node, nil)
		if err != nil {
			continue
		}
		s.learnFrom(dns, m)
		for row, err := range m.Recipients() {
			if err == nil {
				s.learnFrom(dns, row)
			}
		}
	}
	return dns
}

// learnFrom notes the persons that an object names with both addresses.
func (s *store) learnFrom(dns map[string]string, o mapi.Object) {
	for _, p := range persons {
		if _, ok := o.Get(p[2]); !ok {
			continue
		}
		dn := strings.ToLower(mapi.Text(o, p[1], s.page))
		smtp := strings.TrimSpace(mapi.Text(o, p[2], s.page))
		if !strings.HasPrefix(dn, "/o") || len(dn) > maxDNText || len(smtp) > maxDNText || !isAddress(smtp) || len(dns) >= maxDNs {
			continue
		}
		if _, known := dns[dn]; !known {
			dns[dn] = smtp
		}
	}
}

// isAddress reports whether a text looks like an SMTP address.
func isAddress(text string) bool {
	at := strings.LastIndexByte(text, '@')
	return at > 0 && at < len(text)-1 && !strings.ContainsAny(text, " \t\r\n<>/")
}
