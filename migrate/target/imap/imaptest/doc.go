// Package imaptest starts IMAP servers for tests: the one in memory, which can misbehave, and a private Dovecot, Cyrus or Courier
// where one is installed. All tell what they hold, and can be put at the end of a long line. Dovecot and Cyrus have MULTIAPPEND,
// LITERAL+ and UIDPLUS, and Dovecot can be told to say otherwise; Courier has only UIDPLUS.
package imaptest
