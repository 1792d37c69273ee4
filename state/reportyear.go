package state

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"
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
	err := a.addDays(ctx, years, "SELECT "+dayOf("c.date", "c.daterank >= ?")+", count(*), 0, 0 FROM copy c JOIN folder f ON f.id = c.folder "+
		"WHERE c.part IN "+partsOf+" AND c.state = 0 AND f.excluded = 0 GROUP BY 1")
	if err == nil {
		err = a.addDays(ctx, years, "SELECT "+dayOf("m.date", "coalesce(c.daterank, 0) >= ? AND c.date = m.date")+", 0, count(*), sum(m.state = 2) "+
			"FROM message m LEFT JOIN copy c ON c.id = m.copy WHERE m.mailbox IN "+boxesOf+" AND m.state <> 6 GROUP BY 1")
	}
	var all []Year
	for _, year := range slices.Sorted(maps.Keys(years)) {
		all = append(all, years[year])
	}
	return all, err
}

// undated stands for the day of what has no date.
const undated int64 = -1 << 40

// dayOf counts the day of a date from 1970. SQLite takes its time to find out the year of each.
func dayOf(date, none string) string {
	return fmt.Sprintf("CASE WHEN %s THEN %d WHEN %s < 0 THEN (%s - 86399) / 86400 ELSE %s / 86400 END", none, undated, date, date, date)
}

// addDays adds days to their years.
func (a *Account) addDays(ctx context.Context, years map[int]Year, query string) error {
	days := stream(ctx, a.l.read, func(rows *sql.Rows) (Year, error) {
		var y Year
		var day int64
		err := rows.Scan(&day, &y.Copies, &y.Messages, &y.Stored)
		if day != undated {
			y.Year = max(time.Unix(day*86400, 0).UTC().Year(), 1)
		}
		return y, err
	}, query, noDate, a.id)
	for y, err := range days {
		if err != nil {
			return err
		}
		sum := years[y.Year]
		years[y.Year] = Year{y.Year, sum.Copies + y.Copies, sum.Messages + y.Messages, sum.Stored + y.Stored}
	}
	return nil
}
