package migrate

import (
	"mime"
	"slices"
	"strconv"
	"strings"

	"unpop/dedupe"
)

// forwarded is the keyword for a message that was forwarded (RFC 5788 registry).
const forwarded = "$Forwarded"

// applyStatus reads what mail clients wrote into the header of their own files and adds it to the copy's state. Thunderbird writes its
// fields at the top: a further one came with the message, from somebody else's Thunderbird.
func applyStatus(c *Copy, fields []dedupe.Field) {
	known := statusFields
	if slices.ContainsFunc(fields, fromKMail) {
		known = kmailFields
	}
	for i, f := range fields {
		name := strings.ToLower(f.Name)
		if read := known[name]; read != nil && !(strings.HasPrefix(name, "x-mozilla-") && holds(fields[:i], name)) {
			read(c, f.Value)
		}
	}
}

func holds(fields []dedupe.Field, name string) bool {
	return slices.ContainsFunc(fields, func(f dedupe.Field) bool { return strings.EqualFold(f.Name, name) })
}

var statusFields = map[string]func(*Copy, string){
	"x-mozilla-status":  mozillaStatus,
	"x-mozilla-status2": mozillaStatus2,
	"x-mozilla-keys":    func(c *Copy, value string) { c.Keywords = append(c.Keywords, strings.Fields(value)...) },
	"status":            mboxStatus,
	"x-status":          mboxStatus,
	"x-keywords":        func(c *Copy, value string) { c.Keywords = append(c.Keywords, splitKeywords(value)...) },
	"x-evolution":       evolutionFlags,
	"x-gmail-labels":    gmailLabels,
}

// mozillaStatus reads X-Mozilla-Status: four hexadecimal digits, the low half of nsMsgMessageFlags.
func mozillaStatus(c *Copy, value string) {
	bits, err := strconv.ParseUint(value, 16, 32)
	if err != nil {
		return
	}
	for bit, flag := range map[uint64]Flags{0x0001: Seen, 0x0002: Answered, 0x0004: Flagged} {
		if bits&bit != 0 {
			c.Flags |= flag
		}
	}
	c.Expunged = c.Expunged || bits&0x0008 != 0
	c.Partial = c.Partial || bits&0x0400 != 0
	if bits&0x1000 != 0 {
		c.Keywords = append(c.Keywords, forwarded)
	}
}

// mozillaStatus2 reads X-Mozilla-Status2: eight digits, the high half. Bits 25 to 27 are the label of old versions.
func mozillaStatus2(c *Copy, value string) {
	bits, err := strconv.ParseUint(value, 16, 64)
	if err != nil {
		return
	}
	if label := bits >> 25 & 7; label > 0 {
		c.Keywords = append(c.Keywords, "$label"+strconv.FormatUint(label, 10))
	}
}

// statusLetters are those that any program writes into Status or X-Status.
const statusLetters = "ADFNORSTUdrs "

// mboxStatus reads Status and X-Status, letters that Berkeley mail, Pine, mutt and Dovecot agree on. Anything else is not a mail
// client's: "Status: Delivered" speaks of a parcel.
func mboxStatus(c *Copy, value string) {
	if strings.Trim(value, statusLetters) != "" {
		return
	}
	for _, letter := range value {
		switch letter {
		case 'R':
			c.Flags |= Seen
		case 'A':
			c.Flags |= Answered
		case 'F':
			c.Flags |= Flagged
		case 'T':
			c.Flags |= Draft
		case 'D':
			c.Expunged = true
		}
	}
}

// evolutionFlags reads X-Evolution ("00000012-0010"): after the dash, the low CamelMessageFlags in hexadecimal. Labels follow as a
// parameter: "; flags=\"$Labelwork,paid\"".
func evolutionFlags(c *Copy, value string) {
	value, params, _ := strings.Cut(value, ";")
	if _, named, err := mime.ParseMediaType("x-evolution;" + params); err == nil {
		c.Keywords = append(c.Keywords, splitKeywords(named["flags"])...)
	}
	_, hex, found := strings.Cut(value, "-")
	bits, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
	if !found || err != nil {
		return
	}
	for bit, flag := range map[uint64]Flags{1: Answered, 4: Draft, 8: Flagged, 16: Seen} {
		if bits&bit != 0 {
			c.Flags |= flag
		}
	}
	c.Expunged = c.Expunged || bits&2 != 0
}

func splitKeywords(value string) []string {
	return strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' })
}

// cleanKeywords makes keywords that IMAP can carry (atoms, RFC 9051 section 9), sorted, each once.
func cleanKeywords(keywords []string) []string {
	var clean []string
	for _, k := range keywords {
		if k = strings.Map(atomRune, k); k != "" && len(k) <= 100 {
			clean = append(clean, k)
		}
	}
	slices.Sort(clean)
	return slices.Compact(clean)
}

// atomRune replaces what an atom can't hold. A leading backslash would make a system flag of it.
func atomRune(r rune) rune {
	if r <= ' ' || r >= 0x7F || strings.ContainsRune(`(){%*"\]`, r) {
		return '_'
	}
	return r
}
