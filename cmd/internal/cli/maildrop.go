package cli

import (
	"net"
	"slices"
	"strings"

	"unpop/migrate"
)

// hostPrefixes are what providers put in front of their domain, by protocol.
var hostPrefixes = []string{"pop", "pop3", "pops", "pop3s", "imap", "imap4", "imaps", "mail", "mx", "in", "incoming", "securepop", "secureimap", "popmail", "pop-mail", "imap-mail"}

// siteOf is a host's name without what says which protocol it is for.
func siteOf(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if net.ParseIP(host) != nil {
		return host
	}
	if strings.HasSuffix(host, ".googlemail.com") { // the other name of Gmail's servers
		return "gmail.com"
	}
	first, rest, ok := strings.Cut(host, ".")
	if ok && strings.Contains(rest, ".") && slices.Contains(hostPrefixes, first) {
		return rest
	}
	return host
}

// sameUser compares user names, which may be given with or without their domain.
func sameUser(a, b string) bool {
	nameA, domainA, hasA := strings.Cut(userOf(a), "@")
	nameB, domainB, hasB := strings.Cut(userOf(b), "@")
	return nameA == nameB && (domainA == domainB || !hasA || !hasB)
}

// userOf is a user's name in one spelling, without the "recent:" by which Gmail's POP3 shows mail of the last days.
func userOf(name string) string {
	name = strings.TrimPrefix(strings.ToLower(name), "recent:")
	return strings.Replace(name, "@googlemail.com", "@gmail.com", 1)
}

// maildrops names the accounts that the sources know to be fetched by POP3.
func maildrops(inputs []migrate.Input) []string {
	var all []string
	for _, in := range inputs {
		if s, ok := in.Source.(interface{ Maildrops() []string }); ok {
			all = append(all, s.Maildrops()...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// popWarning says what a mail program that still uses POP3 would do to what was just brought there.
func popWarning(drops []string) string {
	const harm = " would take what is in INBOX\nand delete it on the server. unpop verify tells if one does.\n"
	switch len(drops) {
	case 0:
		return "Does a mail program still fetch this account by POP3?\nSwitch that off: it" + harm
	case 1:
		return "A mail program may still fetch " + printable(drops[0]) + " by POP3.\nSwitch it to IMAP before it runs again: it" + harm
	default:
		return "Mail programs may still fetch these by POP3:\n" + dropList(drops) + "Switch them to IMAP before they run again: they" + harm
	}
}

// dropList names accounts, one a line.
func dropList(drops []string) string {
	var text strings.Builder
	for i, d := range drops {
		if i == mostListed {
			text.WriteString("  … and more\n")
			break
		}
		text.WriteString("  " + printable(d) + "\n")
	}
	return text.String()
}
