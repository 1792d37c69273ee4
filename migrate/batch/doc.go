// Package batch works on many accounts that one file names: some at once, each on its own, all in one ledger.
//
// The file ([Load]) is a table as spreadsheets write it, or YAML. The ledger's queue says how far each account is, so that a batch
// can be stopped at any instant, also by SIGKILL, and the same call goes on. A round is a walk over all accounts; the call after
// a round that came to its end begins the next one, which sends what is new.
//
// An account that fails waits, longer each time, while others have their turn. One that only a person can help, above all one
// whose password is refused, is left alone until its line, its password or the server changed.
package batch
