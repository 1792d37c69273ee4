package state

import (
	"context"
	"database/sql"
	"iter"
)

// collect reads a result that is known to be short.
func collect[T any](ctx context.Context, db reader, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	var all []T
	for item, err := range stream(ctx, db, scan, query, args...) {
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, nil
}

// stream reads a result row by row. It sees the ledger as it was when it began; writing meanwhile is fine.
func stream[T any](ctx context.Context, db reader, scan func(*sql.Rows) (T, error), query string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		rows, err := db.QueryContext(ctx, query, args...)
		if err != nil {
			yield(zero, wrap(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			item, err := scan(rows)
			if err != nil {
				yield(zero, wrap(err))
				return
			}
			if !yield(item, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(zero, wrap(err))
		}
	}
}
