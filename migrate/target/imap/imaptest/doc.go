// Package imaptest starts IMAP servers for tests: the one in memory, which can misbehave, and a private Dovecot where
// one is installed. Both tell what they hold.
package imaptest
