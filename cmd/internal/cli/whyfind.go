package cli

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"

	"unpop/state"
)

// asked is one call of why.
type asked struct {
	app      *app
	ledger   string
	accounts []*state.Account
}

// A match is a message that was found, by the number of its first copy.
type match struct {
	account *state.Account
	number  int64
}

// mostMatches is how many are listed.
const mostMatches = 25

// A finder looks for messages; the same one may be found several times.
type finder func(ctx context.Context, account *state.Account, query string) iter.Seq2[int64, error]

// finders are what --by names.
var finders = map[string]finder{
	"id": func(ctx context.Context, account *state.Account, query string) iter.Seq2[int64, error] {
		return account.FindMessageID(ctx, query)
	},
	"path": findPath,
	"subject": func(ctx context.Context, account *state.Account, query string) iter.Seq2[int64, error] {
		return account.FindSubject(ctx, query)
	},
}

// find looks for messages by one thing after the other, until something is found. It reports whether there are more than it returns.
func (w *asked) find(ctx context.Context, query, by string) (matches []match, more bool, err error) {
	kinds := []string{"id", "path", "subject"}
	if by != "" {
		kinds = []string{by}
	}
	for _, kind := range kinds {
		matches, more, err = w.findBy(ctx, finders[kind], query)
		if err != nil || len(matches) > 0 {
			return matches, more, err
		}
	}
	return nil, false, nil
}

func (w *asked) findBy(ctx context.Context, look finder, query string) (matches []match, more bool, err error) {
	for _, account := range w.accounts {
		seen := map[int64]bool{}
		for number, err := range look(ctx, account, query) {
			switch {
			case err != nil:
				return nil, false, err
			case seen[number]:
				continue
			case len(matches) == mostMatches:
				return matches, true, nil
			}
			seen[number] = true
			matches = append(matches, match{account, number})
		}
	}
	return matches, false, nil
}

// findPath finds messages by a store folder, or by a file or directory of a source, whether it is still there or not.
func findPath(ctx context.Context, account *state.Account, query string) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		for number, err := range account.FindFolder(ctx, query) {
			if !yield(number, err) {
				return
			}
		}
		sources, err := account.ListedSources(ctx)
		if err != nil {
			yield(0, err)
			return
		}
		for _, s := range sources {
			rel, err := filepath.Rel(s.Path, absolute(query))
			if err != nil || rel != "." && !filepath.IsLocal(rel) {
				continue
			}
			for number, err := range account.FindFile(ctx, s.ID, filepath.ToSlash(rel)) {
				if !yield(number, err) {
					return
				}
			}
		}
	}
}

// byNumber tells of a message of a list.
func (w *asked) byNumber(ctx context.Context, number int64) error {
	for _, account := range w.accounts {
		m := match{account, number}
		s, err := readStory(ctx, m)
		if err != nil {
			return err
		}
		if s.msg != nil || len(s.copies) > 0 {
			return w.show(ctx, m, s)
		}
	}
	return fmt.Errorf("%w with number %d", errNoMessage, number)
}

// list shows the matches to choose from.
func (w *asked) list(ctx context.Context, matches []match, more bool) error {
	t := table{columns: []column{{title: "number", right: true, sure: true}, {title: "date"}, {title: "subject", flex: true, sure: true}, {title: "where", flex: true}}}
	if len(w.accounts) > 1 {
		t.columns = append(t.columns, column{title: "account", flex: true})
	}
	for _, m := range matches {
		s, err := readStory(ctx, m)
		if err != nil {
			return err
		}
		row := []string{fmt.Sprint(m.number), s.day(), s.subject(), s.where(), m.account.Target}
		t.add(row[:len(t.columns)]...)
	}
	heading := counted(int64(len(matches)), "message") + ":"
	if more {
		heading = fmt.Sprintf("The first %d messages that fit:", len(matches))
	}
	w.app.ui.printf("%s\n\n%s\nunpop why --state %s --number N tells the story of one.\n", heading, t.String(), shellQuote(w.ledger))
	return nil
}

func (w *asked) tell(ctx context.Context, m match) error {
	s, err := readStory(ctx, m)
	if err != nil {
		return err
	}
	return w.show(ctx, m, s)
}
