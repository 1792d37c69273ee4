package state

import (
	"context"
	"database/sql"
	"maps"
	"slices"
)

// Year is how much mail is of one year (UTC).
type Year struct {
	Year     int   // 0: no date was to be found
	Copies   int64 // live, in the sources
	Messages int64 // different ones, as far as they are planned
	Stored   int64 // of these, on the target
}

// noDate is the rank of a date that is that of the scan, for want of any other.
const noDate = 9

// Years lists the years that the account has mail of, in order. A message is filed under the most credible date of its copies, so
// that a single copy may be of another year.
func (a *Account) Years(ctx context.Context) ([]Year, error) {
	years := map[int]Year{}
	add := func(query string, args ...any) error {
		for y, err := range a.years(ctx, query, args...) {
			if err != nil {
				return err
			}
			sum := years[y.Year]
			years[y.Year] = Year{y.Year, sum.Copies + y.Copies, sum.Messages + y.Messages, sum.Stored + y.Stored}
		}
		return nil
	}
	err := add("SELECT "+yearOf("c.date", "c.daterank >= ?")+", count(*), 0, 0 FROM copy c JOIN folder f ON f.id = c.folder "+
		"WHERE c.part IN "+partsOf+" AND c.state = 0 AND f.excluded = 0 GROUP BY 1", noDate, a.id)
	if err == nil {
		err = add("SELECT "+yearOf("m.date", "coalesce(c.daterank, 0) >= ? AND c.date = m.date")+", 0, count(*), sum(m.state = 2) "+
			"FROM message m LEFT JOIN copy c ON c.id = m.copy WHERE m.mailbox IN "+boxesOf+" GROUP BY 1", noDate, a.id)
	}
	var all []Year
	for _, year := range slices.Sorted(maps.Keys(years)) {
		all = append(all, years[year])
	}
	return all, err
}

// yearOf is the year of a date, 0 for none.
func yearOf(date, none string) string {
	return "CASE WHEN " + none + " THEN 0 ELSE coalesce(CAST(strftime('%Y', " + date + ", 'unixepoch') AS INTEGER), 0) END"
}

func (a *Account) years(ctx context.Context, query string, args ...any) func(func(Year, error) bool) {
	return stream(ctx, a.l.read, func(rows *sql.Rows) (Year, error) {
		var y Year
		return y, rows.Scan(&y.Year, &y.Copies, &y.Messages, &y.Stored)
	}, query, args...)
}
