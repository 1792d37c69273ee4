package migrate

import "context"

// recall looks at messages on the target that earlier runs brought there, where copies of other bytes have come that may be the same, and
// nothing at hand says what the message was made of: its source is not among those of this run, or was written anew.
func (m *Migration) recall(ctx context.Context) error {
	if err := m.lookAtNominated(ctx, m.account.Absent(ctx, m.ids)); err != nil {
		return err
	}
	m.reach(PointRecalled)
	return m.account.Recall(ctx, m.ids)
}
