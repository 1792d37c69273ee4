// Package imap is the target: an IMAP account (RFC 9051, RFC 3501).
//
// A session owns its connection. It greets, secures and signs in by itself, and it writes its own APPEND commands, because
// there the server's exact words decide what a failure means, and because a refused message must not cost the connection.
// Everything else (SELECT, LIST, FETCH, STORE, …) is go-imap's work, which sits on a [net.Conn] that hides from it what
// it would stumble over: unknown responses, mailbox names that are not valid, answers to our own commands.
//
// Waits are bounded by silence, not by the length of a command: a slow line that moves is never cut, a server that
// says nothing for [Options.Timeout] is.
package imap
