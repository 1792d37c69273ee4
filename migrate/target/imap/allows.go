package imap

import (
	"context"
	"errors"
	"strings"

	goimap "github.com/emersion/go-imap/v2"

	"unpop/migrate"
)

// Allows asks for the STATUS of a mailbox that need not exist: a server that could never have one of that name says so
// (CANNOT, RFC 5530 section 3, or words like it), and one that merely has none says something else. Of some servers it is known
// what they say only to CREATE.
func (s *Session) Allows(ctx context.Context, name string) (bool, error) {
	if err := checkName(name); err != nil || !s.wire.takesName(name) {
		return false, nil
	}
	allowed := true
	err := s.do(ctx, migrate.Refused, func() error {
		_, err := s.client.Status(name, &goimap.StatusOptions{NumMessages: true}).Wait()
		var no *goimap.Error
		if !errors.As(err, &no) {
			return err
		}
		allowed = !meansIllegal(no)
		return nil
	})
	return allowed, err
}

// illegalWords are what servers without codes say of a name that can't be.
var illegalWords = []string{"not allowed", "invalid mailbox name", "invalid character", "illegal", "bad mailbox name"}

func meansIllegal(no *goimap.Error) bool {
	text := strings.ToLower(no.Text)
	for _, words := range illegalWords {
		if strings.Contains(text, words) {
			return true
		}
	}
	return no.Code == goimap.ResponseCodeCannot
}
