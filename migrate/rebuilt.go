package migrate

import (
	"context"
	"slices"

	"unpop/dedupe"
	"unpop/state"
)

// matchRebuilt gives a copy that a source made anew the content of the message that it was made from, where it finds that: what says
// most of a message is the same in both, and what was made from it need not be. Between two that travelled, nothing but the
// whole content counts.
func (m *Migration) matchRebuilt(ctx context.Context) error {
	batch := m.account.Batch()
	family := kin{m: m, batch: batch}
	for c, err := range m.account.Rebuilt(ctx, m.ids) {
		if err != nil {
			return err
		}
		if len(family.all) > 0 && (family.all[0].Key != c.Key || family.all[0].Trace != c.Trace) {
			if err := family.match(ctx); err != nil {
				return err
			}
			family.all = family.all[:0]
		}
		if len(family.all) < mostKin {
			family.all = append(family.all, c)
		}
	}
	if err := family.match(ctx); err != nil {
		return err
	}
	return batch.Flush(ctx)
}

// mostKin bounds how many copies of one Message-ID are compared: some programs give all their mail the same one.
const mostKin = 200

// kin are the candidates of one key and trace.
type kin struct {
	m     *Migration
	batch *state.Batch
	all   []state.Candidate
}

// match compares those that are alone with their content with those before them.
func (k *kin) match(ctx context.Context) error {
	cores := make([]dedupe.Digest, len(k.all))
	for i, c := range k.all {
		if c.Anchor || k.matched(i) {
			continue
		}
		for j, other := range k.all[:i] {
			if !c.Rebuilt && !other.Rebuilt || c.Content == other.Content {
				continue
			}
			same, err := k.sameCore(ctx, cores, i, j)
			if err != nil {
				return err
			}
			if same {
				k.all[i].Content = other.Content
				if err := k.batch.SetContent(ctx, c, []byte(other.Content)); err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

// matched reports whether a candidate has the content of one of the other kind already. Equal bytes are of one kind, also where nobody
// knows any more of a message that it was rebuilt.
func (k *kin) matched(i int) bool {
	c := k.all[i]
	return slices.ContainsFunc(k.all, func(o state.Candidate) bool {
		return o.Rebuilt != c.Rebuilt && o.Exact != c.Exact && o.Content == c.Content
	})
}

func (k *kin) sameCore(ctx context.Context, cores []dedupe.Digest, i, j int) (bool, error) {
	for _, n := range []int{i, j} {
		if cores[n] != (dedupe.Digest{}) {
			continue
		}
		core, err := k.m.core(ctx, k.all[n])
		if err != nil {
			return false, err
		}
		cores[n] = core
	}
	return cores[i] == cores[j], nil
}

// core digests what says most of a candidate. One whose bytes can't be had, here or on the target, is like no other.
func (m *Migration) core(ctx context.Context, c state.Candidate) (core dedupe.Digest, err error) {
	clean, err := m.openCopy(ctx, c.Sample)
	if err == nil {
		defer clean.Close()
		if core, err = dedupe.Core(clean); err == nil {
			return core, nil
		}
	}
	copy(core[:], c.Exact)
	if !c.Anchor || ctx.Err() != nil {
		return core, ctx.Err()
	}
	there, err := m.account.CoreThere(ctx, c.ID)
	if len(there) == len(core) {
		copy(core[:], there)
	}
	return core, err
}
