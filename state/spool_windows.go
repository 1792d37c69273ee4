package state

import "os"

// SpoolDir is where SQLite puts what it sorts beside the ledger.
func SpoolDir() string { return os.TempDir() }
