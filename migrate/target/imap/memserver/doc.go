// Package memserver is a small IMAP server that keeps mail in memory, on a real port of this machine. The demo command
// uses it, and so do tests, for which it can misbehave on request.
//
// It is go-imap's imapmemserver with mailbox roles, a namespace, a quota and faults put in front. Two of its quirks remain:
// it lower-cases keywords, and a message whose header is no header comes back empty.
package memserver
