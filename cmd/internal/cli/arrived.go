package cli

import (
	"context"
	"errors"

	"unpop/cmd/internal/progress"
	"unpop/migrate"
	"unpop/migrate/target/imap"
)

// showServer asks the demo's server what it has, and prints it by mailbox.
func (a *app) showServer(ctx context.Context, s *stage) (err error) {
	session, err := imap.New(s.address()).Dial(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	arranger, ok := session.(migrate.Arranger)
	if !ok {
		return errors.New("demo: server can't list its mailboxes")
	}
	mailboxes, err := arranger.Mailboxes(ctx)
	if err != nil {
		return err
	}
	t := table{columns: []column{{title: "mailbox", flex: true, sure: true}, {title: "messages", right: true, sure: true}, {title: "unread", right: true}}}
	var messages, unread int64
	for _, box := range mailboxes {
		n, new, err := countMailbox(ctx, session, box.Name)
		if err != nil {
			return err
		}
		t.add(box.Name, progress.Count(n), some(new))
		messages += n
		unread += new
	}
	t.add("together", progress.Count(messages), some(unread))
	a.ui.printf("%s", t.String())
	return nil
}

// countMailbox counts the messages of a mailbox, and those that nobody has read.
func countMailbox(ctx context.Context, session migrate.Session, name string) (messages, unread int64, err error) {
	if _, err := session.Select(ctx, name); err != nil {
		return 0, 0, err
	}
	finder, ok := session.(migrate.Finder)
	if !ok {
		return 0, 0, errors.New("demo: server can't be searched")
	}
	for found, err := range finder.Find(ctx, 1, 0, false) {
		if err != nil {
			return 0, 0, err
		}
		messages++
		if flags, _ := migrate.ParseFlags(found.Flags); flags&migrate.Seen == 0 {
			unread++
		}
	}
	return messages, unread, nil
}
