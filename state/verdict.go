package state

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
)

// A verdict is something that the plan found out about a copy. What is unset stays as it was.
type verdict struct {
	copy    int64
	message int64  // 0: unset
	variant int8   // 0, 1; -1: unset
	content []byte // nil: unset
}

// verdictsPerCommit is how many verdicts are written at once. They come in the order of digests, which is none, and are written in
// the order of the copies: the more at once, the less often the same page is written.
const verdictsPerCommit = 50_000

const storeVerdict = "INSERT INTO verdict (copy, message, variant, content) VALUES (?, nullif(?, 0), nullif(?, -1), ?) ON CONFLICT (copy) DO UPDATE SET " +
	"message = coalesce(excluded.message, message), variant = coalesce(excluded.variant, variant), content = coalesce(excluded.content, content)"

// judge collects a verdict.
func (b *Batch) judge(ctx context.Context, v verdict) error {
	b.verdicts = append(b.verdicts, v)
	if len(b.verdicts) < verdictsPerCommit {
		return nil
	}
	return b.Flush(ctx)
}

// storeVerdicts writes verdicts in the order of their copies.
func storeVerdicts(ctx context.Context, tx *sql.Tx, verdicts []verdict) error {
	if len(verdicts) == 0 {
		return nil
	}
	slices.SortStableFunc(verdicts, func(a, b verdict) int { return cmp.Compare(a.copy, b.copy) })
	store, err := tx.PrepareContext(ctx, storeVerdict)
	if err != nil {
		return err
	}
	defer store.Close()
	for _, v := range verdicts {
		if _, err := store.ExecContext(ctx, v.copy, v.message, v.variant, v.content); err != nil {
			return err
		}
	}
	return nil
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
