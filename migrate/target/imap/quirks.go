package imap

import "strings"

// A quirk is what a server does otherwise than others, or than one would think, and what is done about it. Where the code depends on
// the server's name, it does so through this table and nowhere else; the rest is here so that nobody learns it twice.
type quirk struct {
	server string // as a part of the greeting or of ID (RFC 2971), lower case
	tested string // version and date; "documented" stands for: not tested, a source says so
	does   string
	remedy string
	noName string // characters that it takes in no mailbox name, though STATUS of such a name says only that there is none
}

const (
	cyrus      = "cyrus"
	courier    = "courier"
	dovecot    = "dovecot"
	mox        = "mox"
	gmail      = "gimap" // what it calls itself: "Gimap ready for requests"
	exchange   = "microsoft exchange"
	documented = "documented"

	cyrusTested   = "3.6.1, 2026-11-22"
	courierTested = "5.0.13, 2026-11-22"
	dovecotTested = "2.3.19.1, 2026-11-22"
	moxTested     = "0.0.15, 2026-11-21"
)

var quirks = []quirk{
	{cyrus, cyrusTested, `NO "Message contains NUL characters", "… bare newlines"`, "package mend, step LineEnds", ""},
	{cyrus, cyrusTested, `NO "Message contains invalid header": none at all, a line without colon, ">From "`, "package mend, step Header", ""},
	{cyrus, cyrusTested, "8-bit octets in the header (not in those of parts) become X", "recognised where an answer was lost: alterations in package migrate; " +
		"the size stays, so only a deep verify sees it", ""},
	{cyrus, cyrusTested, "BAD to an INTERNALDATE before 1970", "such a date is sent as 1 January 1970", ""},
	{
		cyrus, cyrusTested, `CREATE: NO "Invalid mailbox name" for some characters, and STATUS does not tell; also beyond some 450 bytes`,
		"Allows knows the characters", "\"%;<>\\^`{|}",
	},
	{cyrus, cyrusTested, "a bare CR, a last line without end, lines of any length and any keyword are kept as they are", "nothing", ""},
	{cyrus, cyrusTested, "no mailbox with a special use until CREATE-SPECIAL-USE makes one", "Create gives the role", ""},
	{cyrus, cyrusTested, "a user with a domain needs virtdomains", "nothing: a matter of its administrator", ""},

	{courier, courierTested, "bare CRs are dropped, the last line gets its end: the size differs", "recognised where an answer was lost: alterations in package " +
		"migrate; verify counts the message as altered", ""},
	{courier, courierTested, "NUL, 8-bit octets, no header, odd header lines, lines of any length are kept as they are; 8-bit brings an ALERT", "nothing", ""},
	{courier, courierTested, "NO to the whole APPEND for a keyword with [ ] or ~", "Append sends the message again without its unusual keywords", ""},
	{courier, courierTested, "NO to an INTERNALDATE before 1970", "such a date is sent as 1 January 1970", ""},
	{courier, courierTested, "SELECT brings no UIDNEXT", "Select asks STATUS", ""},
	{courier, courierTested, `"* QUOTA "ROOT"" without a list, where there is no quota`, "kept from go-imap, which would break the connection", ""},
	{courier, courierTested, "ID, LITERAL+, ESEARCH, SPECIAL-USE and MULTIAPPEND are missing; all mailboxes lie below INBOX.", "the ways for old servers; NAMESPACE", ""},
	{
		courier, courierTested, `CREATE: NO "Invalid mailbox name" for a slash or an empty level, NO "Cannot create" beyond 250 bytes; STATUS does not tell`,
		"Allows knows the slash", "/",
	},
	{
		courier, courierTested, `CREATE: NO "Error in IMAP command" for characters beyond U+FFFF in modified UTF-7; with UTF8=ACCEPT enabled it takes them`,
		"Allows knows them", beyondBMP,
	},
	{courier, courierTested, "a message that another session stored shows only after NOOP", "Find sends NOOP first", ""},
	{courier, courierTested, "pipelined synchronizing literals meet Nagle and delayed ACK: 20 messages/s", "APPENDs wait for each other", ""},

	{dovecot, dovecotTested, "NUL becomes 0x80; one of several CRs before an LF goes, and so does a CR at the very end", "recognised where an answer was lost: alterations in package migrate", ""},
	{dovecot, dovecotTested, `NO "Can't save a zero byte message"`, "an empty copy is no message", ""},
	{dovecot, dovecotTested, "an INTERNALDATE before 1970 becomes one of 2106", "such a date is sent as 1 January 1970", ""},
	{dovecot, dovecotTested, "SEARCH does not see what another session stored", "Find sends NOOP first", ""},
	{dovecot, dovecotTested, "STATUS tells an old session what it was told before, until SELECT", "the index is taken early in a run; what is moved is looked at once more after SELECT", ""},
	{dovecot, dovecotTested, "Maildir takes no dot in names, and STATUS says so", "Allows asks", ""},
	{dovecot, dovecotTested, "mail_max_userip_connections is 10", "fewer connections, and not a wrong password", ""},
	{
		dovecot, dovecotTested, `mail in mbox files: CREATE below a mailbox NO [CANNOT] "Mailbox doesn't allow inferior mailboxes", of a level NO [ALREADYEXISTS]`,
		"\\Noinferiors tells before, where there is a mailbox; another name", "",
	},
	{dovecot, dovecotTested, `CREATE: NO [CANNOT] "Mailbox name too long" beyond 255 bytes; STATUS does not tell`, "a shorter name", ""},
	{mox, moxTested, "keywords in lower case, $NotJunk added, INBOX listed as Inbox", "names and flags compare without case", ""},

	{
		gmail, documented, "500 MB a day by IMAP upload; OVERQUOTA and \"Account exceeded command or bandwidth limits\", also as the answer to LOGIN",
		"a limit and not a wrong password: verdicts", "",
	},
	{gmail, documented, "[THROTTLED] at the end of an OK", "the pace slows down: throttle", ""},
	{gmail, documented, "15 connections at once", "fewer connections", ""},
	{gmail, documented, "no ^ and no two blanks in names of mailboxes; none can be made below [Gmail]", "Allows knows the character; naming makes them at the top", "^"},
	{gmail, documented, "archived mail is in \\All and nowhere else; there is no \\Archive", "Mailboxes gives \\All the role of the archive", ""},
	{gmail, documented, "an identical message gets OK, and the first copy's date and labels stay", "the UID is the proof, not the count", ""},
	{gmail, documented, "APPEND with \\Deleted vanishes; NUL brings BYE \"Invalid character in literal\"", "\\Deleted is never sent; the message travels alone " +
		"after it broke the connection, and is rejected in the end", ""},
	{exchange, documented, "\"Request is throttled. Suggested Backoff Time: N milliseconds\", NO or BAD; closes after 10 bad commands", "waits that long: verdicts", ""},
	{exchange, documented, "\\Flagged is lost by APPEND and kept by STORE", "nothing yet: verify tells that flags differ", ""},
	{exchange, documented, "\"BAD Command Argument Error. 10\" or 11 for a line over some 10,239 bytes, a size or a quota", "package mend, step Header", ""},
	{exchange, documented, "the message is taken apart and put together again: other bytes, other size", "recognised by Message-ID and content", ""},
	{"yahoo", documented, "a last line without end breaks APPEND", "package mend, step LineEnds, where it is refused", ""},
	{"icloud", documented, "no LITERAL+, no MULTIAPPEND; UID SEARCH tells UIDs that are not there", "only what FETCH brings counts", ""},
}

// connectionLimits are how many sessions of a user servers are known to allow at once, from one address where they count by that.
var connectionLimits = []struct {
	server string // as in quirks
	limit  int
}{
	{dovecot, 10}, // mail_max_userip_connections, its default
	{gmail, 15},   // support.google.com/mail/answer/7126229
	{exchange, 16},
	{mox, 30},
	{"yahoo", 5},
}

// connectionLimit is the server's, if it is known; 0 if not.
func (w *wire) connectionLimit() int {
	for _, l := range connectionLimits {
		if w.is(l.server) {
			return l.limit
		}
	}
	return 0
}

// dailyLimits are how many bytes a day servers take by APPEND, where their makers say so.
var dailyLimits = []struct {
	server string // as in quirks
	bytes  int64
	source string
}{
	{gmail, 500_000_000, "support.google.com/a/answer/1071518"},
}

// dailyLimit is the server's, if it is known, and who says so; 0 if not.
func (w *wire) dailyLimit() (bytes int64, source string) {
	for _, l := range dailyLimits {
		if w.is(l.server) {
			return l.bytes, l.source
		}
	}
	return 0, ""
}

// is tells a server by what it calls itself, and Gmail by what nobody else offers.
func (w *wire) is(server string) bool {
	return strings.Contains(strings.ToLower(w.greeting+" "+w.serverID), server) || server == gmail && w.labels()
}

// labels tells whether mailboxes are labels on messages that the account has once (Gmail's IMAP extensions).
func (w *wire) labels() bool { return w.caps.Has("X-GM-EXT-1") }

// longestName bounds mailbox names in the octets of modified UTF-7, without what some servers need for themselves.
var longestName = []struct {
	server string // as in quirks
	octets int
}{
	{cyrus, 450},
	{courier, 240},
	{gmail, 220}, // of characters; documented
}

// takesName reports whether the server is known to take no mailbox of that name.
func (w *wire) takesName(name string) bool {
	for _, q := range quirks {
		if q.noName != "" && hasAny(name, q.noName) && w.is(q.server) {
			return false
		}
	}
	for _, l := range longestName {
		if len(name) > l.octets/8 && len(encodeUTF7(name)) > l.octets && w.is(l.server) {
			return false
		}
	}
	return true
}

// beyondBMP stands in a quirk for all the characters that UTF-16 needs two units for.
const beyondBMP = "\U00010000"

func hasAny(name, chars string) bool {
	if chars == beyondBMP {
		return strings.ContainsFunc(name, func(r rune) bool { return r > 0xFFFF })
	}
	return strings.ContainsAny(name, chars)
}

// usualFlags leaves out the keywords that some servers refuse together with the message.
func usualFlags(flags []string) []string {
	var usual []string
	for _, flag := range flags {
		if strings.HasPrefix(flag, `\`) || !strings.ContainsFunc(flag, unusual) {
			usual = append(usual, flag)
		}
	}
	return usual
}

// unusual tells the characters of keywords that no mail client is known to use by itself.
func unusual(r rune) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	return !letter && !strings.ContainsRune("$_-.", r)
}
