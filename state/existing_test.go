package state

import (
	"database/sql"
	"strings"
	"testing"
)

// The limits by which an index is searched leave out nothing that is nearby.
func TestNearLookIsNearby(t *testing.T) {
	t.Parallel()
	_, a := open(t)
	var near, missed int
	err := a.l.read.QueryRow("WITH d (d) AS (VALUES (-3), (-2), (-1), (0), (1), (2), (3)), "+
		"m (size, date, hasid) AS (SELECT column1, 0, 0 FROM (VALUES (0), (1), (63), (64), (65), (500), (2399), (2400), (2401), (50001), (99999999))), "+
		"i AS (SELECT (m.size - 64) * 50 / 51 + d AS size, 0 AS date, x'' AS core FROM m, d UNION SELECT (m.size + 64) * 50 / 49 + d, 0, x'' FROM m, d) "+
		"SELECT count(*), coalesce(sum(NOT ("+nearLook+")), 0) FROM m, i WHERE i.size >= 0 AND "+nearby).Scan(&near, &missed)
	if err != nil || near < 70 || missed > 0 {
		t.Errorf("%d of %d are missed, %v", missed, near, err)
	}
}

// Whoever has sent thousands of messages without a Message-ID must not wait until each was compared with all.
func TestNearLookNeedsNoScan(t *testing.T) {
	t.Parallel()
	_, a := open(t)
	steps, err := collect(t.Context(), a.l.read, func(rows *sql.Rows) (step string, err error) {
		var id, parent, unused int
		return step, rows.Scan(&id, &parent, &unused, &step)
	}, "EXPLAIN QUERY PLAN "+looksOf, 1, 1)
	if plan := strings.Join(steps, "\n"); err != nil || !strings.Contains(plan, "item_looked (size>? AND size<?)") || strings.Contains(plan, "SCAN") {
		t.Errorf("got %s, %v", plan, err)
	}
}
