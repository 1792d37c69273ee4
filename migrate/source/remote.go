package source

import (
	"errors"
	"strings"

	"unpop/migrate"
	"unpop/migrate/source/pop3"
)

// kindPOP3 is the kind of accounts.
const kindPOP3 = "pop3"

// A Remote completes the options of an account that an address names: where its mail is kept, the password, the authorities.
type Remote func(*pop3.Options) error

// ErrAddress says that an address of an account is not one.
var ErrAddress = errors.New("source")

// addressError keeps the words of the cause.
type addressError struct{ error }

// Is makes it an [ErrAddress].
func (addressError) Is(target error) bool { return target == ErrAddress }

// Unwrap returns the cause.
func (e addressError) Unwrap() error { return e.error }

// withoutKind takes "pop3:" off the front of an address, as a ledger's source is written.
func withoutKind(spec string) string {
	if rest, ok := strings.CutPrefix(spec, kindPOP3+":"); ok && pop3.IsURL(rest) {
		return rest
	}
	return spec
}

func openPOP3(address string, remote []Remote) (migrate.Source, Found, error) {
	opts, err := pop3.ParseURL(address)
	if err != nil {
		return nil, Found{}, addressError{err}
	}
	for _, complete := range remote {
		if err := complete(&opts); err != nil {
			return nil, Found{}, err
		}
	}
	s, err := pop3.Open(opts)
	if err != nil {
		return nil, Found{}, err
	}
	return s, Found{Kind: kindPOP3, Path: opts.String()}, nil
}
