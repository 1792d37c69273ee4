// Package state is the ledger: one SQLite file that knows every copy, every message and what has become of it.
//
// One process at a time writes a ledger ([Open]); others may look at it meanwhile ([OpenReadOnly]). Every method that
// writes has committed to disk (synchronous=FULL) when it returns, but for the answers to what was claimed: what the ledger says
// after a power cut is true, and what it does not know is in doubt.
//
// The life of a message:
//
//	planned ──claim──► sending ──settle──► done
//	   ▲                  │ ├────settle──► rejected
//	   └──release─────────┘ └─(process dies, answer lost)─► still sending: in doubt
//
// A claim is the promise that nothing is sent that the ledger does not know. The package stores facts and finds them again;
// what they mean is decided in package migrate.
package state
