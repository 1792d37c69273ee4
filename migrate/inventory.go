package migrate

import (
	"context"

	"unpop/state"
)

// Inventory is what the sources hold.
type Inventory struct {
	Sources []SourceInventory
	// Tally counts the copies; of messages it knows Duplicate, Variant and, as Pending, what would remain.
	Tally state.Tally
}

// SourceInventory is what one source holds.
type SourceInventory struct {
	ID          int64 // in the ledger
	Kind, Path  string
	Description string // in the source's own words; may be empty
	Folders     []state.Holding
	Parts       []state.Part // that have something to tell
	// OtherItems are what is not mail, by folder, as far as the source was read now and not in an earlier run.
	OtherItems map[string]int64
}

// Inventory sums up what Scan has found, and finds the duplicates. It needs no target.
func (m *Migration) Inventory(ctx context.Context) (*Inventory, error) {
	m.p.Begin(StepPlan, 0, 0)
	if err := m.group(ctx); err != nil {
		return nil, err
	}
	inv := &Inventory{}
	for _, id := range m.ids {
		s, err := m.sourceInventory(ctx, id)
		if err != nil {
			return nil, err
		}
		inv.Sources = append(inv.Sources, s)
	}
	var err error
	inv.Tally, err = m.account.TallyCopies(ctx, m.ids)
	return inv, err
}

func (m *Migration) sourceInventory(ctx context.Context, id int64) (SourceInventory, error) {
	s := SourceInventory{ID: id}
	for _, in := range m.inputs {
		if in.Source != m.byID[id] {
			continue
		}
		s.Kind, s.Path = in.Kind, in.Path
		if d, ok := in.Source.(Describer); ok {
			s.Description = d.Describe()
		}
		if c, ok := in.Source.(OtherCounter); ok {
			s.OtherItems = c.OtherItems()
		}
	}
	var err error
	if s.Folders, err = m.account.Holdings(ctx, []int64{id}); err != nil {
		return s, err
	}
	s.Parts, err = m.account.Parts(ctx, id)
	return s, err
}
