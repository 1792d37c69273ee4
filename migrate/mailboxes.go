package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"unpop/state"
)

// prepareMailboxes makes the mailboxes that are not there, and lists what each gets.
func (m *Migration) prepareMailboxes(ctx context.Context) ([]state.Load, error) {
	loads, err := m.account.Loads(ctx, state.Planned)
	if err != nil || len(loads) == 0 {
		return nil, err
	}
	if err := m.withSession(ctx, func(ctx context.Context, s Session) error { return m.makeMailboxes(ctx, s, loads) }); err != nil {
		return nil, err
	}
	return m.account.Loads(ctx, state.Planned) // some may have got another name
}

func (m *Migration) makeMailboxes(ctx context.Context, s Session, loads []state.Load) error {
	arranger, ok := s.(Arranger)
	if !ok {
		return errors.New("target: can't make mailboxes")
	}
	if warmer, ok := m.target.(Warmer); ok { // the other sessions sign in meanwhile
		warmer.Warm(ctx, min(m.connections(), len(loads))-1)
	}
	there, err := arranger.Mailboxes(ctx)
	if err != nil {
		return err
	}
	exists, roles := map[string]bool{}, map[Role]bool{}
	for _, b := range there {
		exists[b.Name], roles[b.Role] = true, true
	}
	for _, l := range m.makingOrder(loads) {
		if exists[l.Mailbox.Name] {
			continue
		}
		if roles[Role(l.Mailbox.Role)] { // two mailboxes for one use help nobody (RFC 6154 section 3)
			l.Mailbox.Role = int(RoleNone)
		}
		if err := m.makeOrRename(ctx, arranger, l.Mailbox, exists); err != nil {
			return fmt.Errorf("mailbox %q: %w", l.Mailbox.Name, err)
		}
	}
	return nil
}

// makingOrder puts the mailboxes with a role first and then those that lie deepest: where a mailbox with mail in it can't have others
// below it, the levels must be there first.
func (m *Migration) makingOrder(loads []state.Load) []state.Load {
	ordered := slices.Clone(loads)
	depth := func(l state.Load) int {
		if l.Mailbox.Role != int(RoleNone) {
			return -1000
		}
		return -strings.Count(l.Mailbox.Name, string(m.survey.Delimiter))
	}
	slices.SortStableFunc(ordered, func(a, b state.Load) int { return depth(a) - depth(b) })
	return ordered
}

// makeOrRename makes a mailbox, under another name where the server doesn't like the one that was planned: some don't tell before
// CREATE what they take.
func (m *Migration) makeOrRename(ctx context.Context, arranger Arranger, b state.Mailbox, exists map[string]bool) error {
	refusal := m.makeMailbox(ctx, arranger, b)
	if !isRefusal(refusal) {
		return refusal
	}
	for _, name := range otherNames(b.Name, m.survey) {
		id, err := m.account.Mailbox(ctx, name, b.Role)
		if err != nil {
			return err
		}
		if !exists[name] {
			if err := m.makeMailbox(ctx, arranger, state.Mailbox{ID: id, Name: name, Role: b.Role}); isRefusal(err) {
				continue
			} else if err != nil {
				return err
			}
			exists[name] = true
		}
		m.renamed = append(m.renamed, RenamedMailbox{Planned: b.Name, Made: name, Why: refusal.Error()})
		return m.account.Redirect(ctx, b.ID, id)
	}
	return refusal // the first one is the one to explain
}

// RenamedMailbox is a mailbox that the server refused to make under the name that was planned.
type RenamedMailbox struct {
	Planned, Made string
	Why           string // the server's words
}

func isRefusal(err error) bool {
	target := asTargetError(err)
	return target != nil && target.Kind == Refused
}

// makeMailbox makes a mailbox. The ledger knows of it before it exists, so that undo finds it whatever happens.
func (m *Migration) makeMailbox(ctx context.Context, arranger Arranger, b state.Mailbox) error {
	if err := m.account.Made(ctx, b.ID, true); err != nil {
		return err
	}
	made, err := arranger.Create(ctx, b.Name, Role(b.Role))
	m.reach(PointMade)
	if err == nil && !made || isRefusal(err) {
		err = errors.Join(err, m.account.Made(ctx, b.ID, false))
	}
	return err
}

// remake makes and opens a mailbox that was listed and is not there: somebody deleted it since, or the server goes on listing what was
// deleted as long as there are mailboxes below it, as Dovecot does.
func (m *Migration) remake(ctx context.Context, s Session, b state.Mailbox) (Mailbox, error) {
	arranger, ok := s.(Arranger)
	if !ok {
		return Mailbox{}, ErrNoMailbox
	}
	if err := m.makeMailbox(ctx, arranger, b); err != nil {
		return Mailbox{}, err
	}
	return s.Select(ctx, b.Name)
}
