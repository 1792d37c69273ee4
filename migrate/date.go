package migrate

import "time"

// earliest is the first moment that is believed without need: mail clients that lost a date write 1970 or 1979.
var earliest = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Ranks of dates that no message should have; better ones are the positions in credibleDate's list.
const (
	rankDoubtful = 8
	rankNone     = 9
)

// delivery is how long a message is under way at most, as a rule.
const delivery = 7 * 24 * time.Hour

// credibleDate chooses the date under which a message is filed: when it was received by its topmost Received field, else when the
// store says that it came, else its Date field, else the file's time; never the future, and never before 1980
// unless nothing else is there. Of a message that did not travel, as the sent ones, a store that dates it long after its Date field
// tells when it was moved or copied there. A lower rank is more credible.
func credibleDate(now time.Time, trace bool, received, stored, sent, file time.Time) (date time.Time, rank int) {
	if !trace {
		received = time.Time{}
	}
	candidates := []time.Time{received, stored, sent, file}
	if !trace && !sent.Before(earliest) && stored.Sub(sent) > delivery {
		candidates = []time.Time{received, sent, stored, file}
	}
	for rank, t := range candidates {
		if !t.Before(earliest) && !t.After(now) {
			return t, rank
		}
	}
	for _, t := range candidates {
		if t.Unix() > 0 && !t.After(now) {
			return t, rankDoubtful
		}
	}
	return now, rankNone
}
