// Package migrate moves mail: it scans sources, plans what belongs where, uploads each message once and verifies it.
//
//	scan ──► plan ──► upload ──► verify
//
// Each step writes the ledger (package state) and may be stopped at any instant; the same call goes on.
// The package knows the contracts [Source], [Target] and their optional extensions, never which kinds exist.
//
// # Exactly once
//
// The dangerous instant is: the server has stored the message, and its OK was lost.
//
//   - Before the first byte of a batch of APPENDs leaves, the ledger holds a claim for each message on disk,
//     with the mailbox's UIDVALIDITY and the UIDNEXT below which nothing of ours can be.
//   - OK with APPENDUID settles a claim as done; a clear NO settles it as refused.
//   - Any other end leaves the claim: the message is in doubt. Before it is sent again the mailbox is searched from
//     that UIDNEXT on, and what is found is adopted.
//
// # As fast as the line and the server allow
//
// Each session has a mailbox of its own and sends a stretch of its messages in one call of Append. Messages are claimed and
// read ahead of the sending, within bounds, and outcomes are written behind it, several sessions' in one commit: the line waits
// for no disk of ours. What was under way when a line broke goes again in small company, and then alone.
package migrate
