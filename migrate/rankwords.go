package migrate

import "unpop/state"

// standings are what [place] ranks, in words.
var standings = []string{"filed by hand", "sent", "drafted", "in the inbox", "archived", "junk", "in the trash"}

// RankOf says in words what a store folder's place says of its messages: of several copies the one that stands best says where the
// message goes. Rank 0 stands best.
func RankOf(f state.Folder) (rank int, words string) {
	rank = place(f)
	return rank, standings[rank]
}

// dateRanks are what [credibleDate] takes a date from, in words.
var dateRanks = []string{"when it was received", "when the mail program got it", "what its Date field says", "the file's time"}

// DateFrom says in words where a copy's date was taken from, by the rank that the ledger keeps of it.
func DateFrom(rank int) string {
	switch {
	case rank >= 0 && rank < len(dateRanks):
		return dateRanks[rank]
	case rank == rankDoubtful:
		return "a doubtful date, for want of a better one"
	default:
		return "when it was read, as it has no date"
	}
}
