package mapi

import "strings"

// An address is one as a header field has it: addr is an addr-spec that can be written as it is.
type address struct {
	name, addr string
	was        string // what addr stands for, where it is no address of the Internet
}

// String writes the address (RFC 5322 section 3.4), without a name that says the same.
func (a address) String() string {
	name := oneLine(a.name)
	if name == "" || strings.EqualFold(name, a.addr) || strings.EqualFold(strings.Trim(name, `'"<>`), a.addr) {
		return a.addr
	}
	return phrase(name) + " <" + a.addr + ">"
}

// list writes several addresses.
func list(addresses []address) string {
	texts := make([]string, len(addresses))
	for i, a := range addresses {
		texts[i] = a.String()
	}
	return strings.Join(texts, ", ")
}

// phrase writes a name as atoms, as a quoted string or encoded.
func phrase(name string) string {
	switch {
	case !plainText(name):
		return strings.Join(encodedWords(name), " ")
	case isAtoms(name):
		return name
	}
	return quote(name)
}

var quoting = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func quote(s string) string { return `"` + quoting.Replace(s) + `"` }

func isAtoms(s string) bool {
	for _, c := range []byte(s) {
		if !isAtext(c) && c != ' ' {
			return false
		}
	}
	return !strings.Contains(s, "  ")
}

func isAtext(c byte) bool {
	return isAlphanumeric(c) || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

// Bounds of an addr-spec and a domain (RFC 5321 section 4.5.3.1).
const (
	maxAddr   = 320
	maxDomain = 255
)

// aroundAddress is what people and programs leave around an address: quotes, blanks, and marks that can't be seen, which come along
// where it is copied from a page.
const aroundAddress = "'\"<> \u00a0\u200b\u200e\u200f\u202a\u202c\ufeff"

// mailbox returns an SMTP address in a form that can be written, or nothing if s is none.
func mailbox(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	if _, inner, ok := strings.Cut(s, "<"); ok && strings.HasSuffix(s, ">") { // with a name before it
		s = inner
	}
	s = strings.Trim(s, aroundAddress)
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || len(s) > maxAddr {
		return ""
	}
	s = s[:at+1] + asciiDomain(s[at+1:])
	if len(s) > maxAddr || !isASCII(s) || !isDomain(s[at+1:]) {
		return ""
	}
	local := s[:at]
	if isDotAtom(local) {
		return s
	}
	for _, c := range []byte(local) {
		if c < ' ' || c == 0x7F {
			return ""
		}
	}
	if strings.ContainsAny(local, "/\\@\"") { // an X.400 or X.500 name, a list
		return ""
	}
	return quote(local) + s[at:]
}

func isDotAtom(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if part == "" {
			return false
		}
		for _, c := range []byte(part) {
			if !isAtext(c) {
				return false
			}
		}
	}
	return !strings.HasPrefix(s, "/")
}

func isDomain(s string) bool {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		return ok && inner != "" && strings.Trim(inner, "0123456789abcdefABCDEF.:IPv") == ""
	}
	if len(s) > maxDomain {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || strings.Trim(label, "-") == "" {
			return false
		}
		for _, c := range []byte(label) {
			if !isAlphanumeric(c) && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}

// standIn makes an address of what is none: an X.500 name becomes its last CN at x500.invalid (RFC 6761 section 6.4), anything else
// what it says at the name of its kind.
func standIn(kind, addr string) string {
	domain := strings.ToLower(kind)
	if isDN(addr) || domain == "ex" {
		domain = "x500"
		addr = addr[strings.LastIndexByte(addr, '=')+1:]
	}
	if domain == "" || domain == "smtp" || len(domain) > 32 || !isDomain(domain) {
		domain = "address"
	}
	local := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r < 0x80 && isAlphanumeric(byte(r)) || strings.ContainsRune("-_+=.", r):
			return r
		case r == ' ' || r == '@' || r == '/':
			return '-'
		}
		return -1
	}, strings.ToLower(addr)), "-.")
	for strings.Contains(local, "..") {
		local = strings.ReplaceAll(local, "..", ".")
	}
	if local == "" {
		local = "unknown"
	}
	return strings.TrimRight(local[:min(len(local), 64)], ".") + "@" + domain + ".invalid"
}

// isDN reports whether s is an X.500 name as Exchange writes it.
func isDN(s string) bool {
	return len(s) > 3 && (strings.EqualFold(s[:3], "/o=") || strings.EqualFold(s[:3], "/cn") || strings.EqualFold(s[:3], "/ou"))
}
