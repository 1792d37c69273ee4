// Package report makes documents of a ledger: a page to print and hand over, a table of all messages, and an object for
// scripts. It asks the ledger alone, never a server or a source, and works while a run goes on: what one document tells is of
// one instant, where the ledger is a [state.Ledger.Snapshot].
//
// What grows with the number of messages is streamed (CSV and JSON) or shown in part (HTML), so that memory does not depend on it.
package report
