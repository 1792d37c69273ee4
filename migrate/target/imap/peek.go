package imap

import (
	"context"
	"errors"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"unpop/migrate"
)

// peekAhead is how many STATUS commands are under way at once.
const peekAhead = 50

// UIDValidities implements [migrate.Peeker] with STATUS, pipelined.
func (s *Session) UIDValidities(ctx context.Context, mailboxes []string) (map[string]uint32, error) {
	told := make(map[string]uint32, len(mailboxes))
	err := s.do(ctx, migrate.Refused, func() error {
		for len(mailboxes) > 0 {
			n := min(peekAhead, len(mailboxes))
			if err := s.peek(mailboxes[:n], told); err != nil {
				return err
			}
			mailboxes = mailboxes[n:]
		}
		return nil
	})
	return told, err
}

// peek asks for some mailboxes and takes all answers.
func (s *Session) peek(mailboxes []string, told map[string]uint32) error {
	asked := make([]*imapclient.StatusCommand, len(mailboxes))
	for i, name := range mailboxes {
		if checkName(name) == nil {
			asked[i] = s.client.Status(name, &goimap.StatusOptions{UIDValidity: true})
		}
	}
	var failed error
	for i, command := range asked {
		if command == nil {
			continue
		}
		data, err := command.Wait()
		switch {
		case err == nil && data.UIDValidity != 0:
			told[mailboxes[i]] = data.UIDValidity
		case err != nil && !isAnswer(err):
			failed = errors.Join(failed, err)
		}
	}
	return failed
}
