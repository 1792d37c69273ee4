package report

import "time"

// Options are what a report can't know from the ledger's tables.
type Options struct {
	Version string    // of the program that makes the report
	Made    time.Time // when
	Ledger  string    // the file
	HeldBy  string    // who works on it just now; empty: nobody
	// KeptIn names the file that keeps what an account's server rejected.
	KeptIn func(target string) string
	// Limit is how many rows a list of the page shows at most; 0 means [DefaultLimit].
	Limit int
	// Location is in which time zone times are written; nil means the local one. Mail is counted by years of UTC.
	Location *time.Location

	whole bool // lists of folders have no end
}

// DefaultLimit is long enough to look through, and short enough to print.
const DefaultLimit = 200

func (o *Options) limit() int {
	if o.Limit > 0 {
		return o.Limit
	}
	return DefaultLimit
}

func (o *Options) location() *time.Location {
	if o.Location != nil {
		return o.Location
	}
	return time.Local
}

// Quarantine is the file that keeps what the account's server rejected.
func (a *Account) Quarantine() string {
	if a.KeptIn == nil {
		return ""
	}
	return a.KeptIn(a.Target)
}
