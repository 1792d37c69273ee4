package dedupe

import "strings"

// clientFields are the header fields that mail programs and exporters write into their own files. None of them
// travelled with the message, and two copies of one message differ in them. Lower case; a star stands for any rest.
//
// Not here, though they look alike: X-Mozilla-Altered (says that a part was detached), X-Mozilla-Draft-Info and
// X-Identity-Key (part of a draft), X-Unsent (makes an .eml a draft), X-Label (mutt: the user wrote it),
// UIDL (nobody's), X-Antivirus* (a scanner on the way), X-Apple-Content-Length (says that a part is missing).
var clientFields = []string{
	"x-mozilla-status",   // Thunderbird, Netscape: flags, low 16 bits
	"x-mozilla-status2",  // Thunderbird: flags, high 16 bits
	"x-mozilla-keys",     // Thunderbird: tags, padded with blanks
	"x-account-key",      // Thunderbird: the POP account
	"x-uidl",             // Thunderbird, Eudora, qpopper: the POP3 UIDL
	"status",             // mbox: mutt, pine, mailx, Dovecot
	"x-status",           // mbox: mutt, pine, Dovecot, KMail
	"x-keywords",         // mbox: UW imapd, Dovecot
	"x-uid",              // mbox: UW imapd, Dovecot, KMail
	"x-imap",             // mbox: UW imapd's folder data, old form
	"x-imapbase",         // mbox: UW imapd, Dovecot: UIDVALIDITY and UIDNEXT
	"content-length",     // mboxcl: Solaris, mutt, Netscape
	"lines",              // mboxcl: mutt
	"x-length",           // KMail 1
	"x-kmail-*",          // KMail: encryption state, MDN, identity, transport
	"x-evolution",        // Evolution: UID and flags in hex
	"x-evolution-*",      // Evolution: source, account, transport
	"x-gmail-labels",     // Google Takeout
	"x-gm-labels",        // Gmail exporters
	"x-gm-thrid",         // Google Takeout
	"x-gm-msgid",         // Gmail exporters
	"x-tuid",             // mbsync: marks its own uploads
	"x-offlineimap",      // OfflineIMAP: marks its own uploads
	"x-offlineimap-*",    // OfflineIMAP
	"x-opera-status",     // Opera M2
	"x-opera-location",   // Opera M2
	"x-vm-*",             // Emacs VM: attributes, labels, folder data
	"x-rmail-attributes", // Emacs Rmail
	"x-rmail-keywords",   // Emacs Rmail
	"x-gnus-mail-source", // Emacs Gnus
	"x-persona",          // Eudora: the account it came in by
}

// isClientField tells whether a field of that name is a client's, without regard to case.
func isClientField(name []byte) bool {
	if len(name) == 0 || len(name) > maxName || !strings.ContainsRune("xXsSlLcC", rune(name[0])) {
		return false
	}
	for _, known := range clientFields {
		if prefix, ok := strings.CutSuffix(known, "*"); ok {
			if len(name) > len(prefix) && equalFold(name[:len(prefix)], prefix) {
				return true
			}
		} else if equalFold(name, known) {
			return true
		}
	}
	return false
}

// equalFold compares ASCII without regard to case; lower is in lower case.
func equalFold(name []byte, lower string) bool {
	if len(name) != len(lower) {
		return false
	}
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
