package state

import (
	"context"
	"database/sql"
)

// A verdict is something that the plan found out about a copy. What is unset stays as it was.
type verdict struct {
	copy    int64
	message int64  // 0: unset
	variant int8   // 0, 1; -1: unset
	content []byte // nil: unset
}

const (
	// Verdicts come in the order of digests, which is none. They wait in a file of their own until all are known, and are then
	// written in the order of the copies: so each page of the table is written once. Those of several accounts wait there at once.
	holdVerdicts = "CREATE TEMP TABLE IF NOT EXISTS waiting (account INTEGER NOT NULL, copy INTEGER NOT NULL, message INTEGER, variant INTEGER, content BLOB)"
	holdVerdict  = "INSERT INTO waiting VALUES (?, ?, nullif(?, 0), nullif(?, -1), ?)"

	storeVerdicts = "INSERT INTO verdict (copy, message, variant, content) SELECT copy, message, variant, content FROM waiting WHERE account = ? ORDER BY copy, rowid " +
		"ON CONFLICT (copy) DO UPDATE SET message = coalesce(excluded.message, message), variant = coalesce(excluded.variant, variant), " +
		"content = coalesce(excluded.content, content)"
	dropVerdicts = "DELETE FROM waiting WHERE account = ?"
)

// judge collects a verdict.
func (b *Batch) judge(ctx context.Context, v verdict) error {
	if !b.holding {
		if err := b.a.exec(ctx, holdVerdicts); err != nil {
			return err
		}
		if err := b.a.exec(ctx, dropVerdicts, b.a.id); err != nil { // another batch may have been given up
			return err
		}
		b.holding = true
	}
	return b.add(ctx, holdVerdict, b.a.id, v.copy, v.message, v.variant, v.content)
}

// storeAll writes the verdicts.
func (b *Batch) storeAll(ctx context.Context) error {
	if !b.holding {
		return nil
	}
	b.holding = false
	return b.a.l.tx(ctx, func(tx *sql.Tx) error {
		for _, query := range []string{storeVerdicts, dropVerdicts} {
			if _, err := tx.ExecContext(ctx, query, b.a.id); err != nil {
				return wrap(err)
			}
		}
		return nil
	})
}

// SetContent stores the content digest of a candidate.
func (b *Batch) SetContent(ctx context.Context, c Candidate, content []byte) error {
	if c.Anchor {
		return b.add(ctx, "UPDATE message SET content = ? WHERE id = ?", content, c.ID)
	}
	return b.judge(ctx, verdict{copy: c.ID, variant: -1, content: content})
}

// SetMessage stores to which message a copy belongs.
func (b *Batch) SetMessage(ctx context.Context, copyID, message int64) error {
	return b.judge(ctx, verdict{copy: copyID, message: message, variant: -1})
}

// SetVariant stores whether a candidate is the first of a message that shares its Message-ID with another.
func (b *Batch) SetVariant(ctx context.Context, c Candidate, variant bool) error {
	if c.Anchor {
		return b.add(ctx, "UPDATE message SET variant = ? WHERE id = ?", variant, c.ID)
	}
	v := verdict{copy: c.ID}
	if variant {
		v.variant = 1
	}
	return b.judge(ctx, v)
}
