// Package memserver is a small IMAP server that keeps mail in memory, on a real port of this machine. The demo command
// uses it, and so do tests, for which it can misbehave on request:
//
//	server.Plan("SELECT", memserver.Answer{Kind: "NO", Code: "INUSE", Text: "try again"}) // and any other command
//	server.LateStore(time.Second) // the next message turns up a second after its connection has broken
//	server.Restart(time.Second)   // all connections end, and the mail stays
//	server.DrainAfterCut(time.Second) // what came whole is carried out when its connection has been cut, within a second
//	server.Unfired()              // what of it hasn't happened
//	server.Traffic()              // what clients sent, and how: in batches, pipelined, unasked
//
// and in whose mail somebody else can be at work:
//
//	anna, err := server.Account("anna@example.org")
//	uid, err := anna.Deliver("INBOX", body, []string{`\Seen`}, date)
//	err = anna.Renumber("Archive") // another UIDVALIDITY
//
// It is go-imap's imapmemserver with mailbox roles, a namespace, a quota MULTIAPPEND and faults put in front. Some of its quirks
// remain: it lower-cases keywords, and a message whose header is no header comes back empty.
package memserver
