package migrate

import (
	"context"
	"errors"
	"fmt"
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
	exists := map[string]bool{}
	for _, b := range there {
		exists[b.Name] = true
	}
	for _, l := range loads {
		if exists[l.Mailbox.Name] {
			continue
		}
		if err := m.makeOrRename(ctx, arranger, l.Mailbox, exists); err != nil {
			return fmt.Errorf("mailbox %q: %w", l.Mailbox.Name, err)
		}
	}
	return nil
}

// makeOrRename makes a mailbox, under a plainer name where the server doesn't like the one that was planned: some don't tell before
// CREATE what they take.
func (m *Migration) makeOrRename(ctx context.Context, arranger Arranger, b state.Mailbox, exists map[string]bool) error {
	err := m.makeMailbox(ctx, arranger, b)
	plain := plainName(b.Name, m.survey)
	if target := asTargetError(err); target == nil || target.Kind != Refused || plain == b.Name {
		return err
	}
	id, failed := m.account.Mailbox(ctx, plain, b.Role)
	if failed != nil {
		return failed
	}
	if !exists[plain] && m.makeMailbox(ctx, arranger, state.Mailbox{ID: id, Name: plain, Role: b.Role}) != nil {
		return err // the first refusal is the one to explain
	}
	return m.account.Redirect(ctx, b.ID, id)
}

// makeMailbox makes a mailbox. The ledger knows of it before it exists, so that undo finds it whatever happens.
func (m *Migration) makeMailbox(ctx context.Context, arranger Arranger, b state.Mailbox) error {
	if err := m.account.Made(ctx, b.ID, true); err != nil {
		return err
	}
	made, err := arranger.Create(ctx, b.Name, Role(b.Role))
	m.reach(PointMade)
	if err == nil && !made {
		err = m.account.Made(ctx, b.ID, false)
	}
	return err
}

// plainest is how long a level of a plain name may be: servers that keep mailboxes as folders of a disk have 255 bytes for a path,
// and three of modified UTF-7 for most characters.
const plainest = 60

// plainName is a mailbox name without anything that a server could object to, for one that objected.
func plainName(mailbox string, survey Survey) string {
	rest := strings.TrimPrefix(mailbox, survey.Prefix)
	prefix := strings.TrimSuffix(mailbox, rest)
	delimiter := string(survey.Delimiter)
	levels := strings.Split(rest, delimiter)
	for i, level := range levels {
		level = EncodeName(DecodeName(level), suspect+delimiter)
		runes := []rune(strings.Map(basic, level))
		levels[i] = string(runes[:min(len(runes), plainest)])
	}
	return prefix + strings.Join(levels, delimiter)
}

// basic keeps the characters of the Basic Multilingual Plane: modified UTF-7 needs surrogates for others, and Courier refuses them.
func basic(r rune) rune {
	if r > 0xFFFF {
		return '□'
	}
	return r
}
