package batch

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"unpop/migrate"
	"unpop/migrate/target/imap"
)

// Account is what a line of the file says: where to, where from, and how.
type Account struct {
	Line             int // where it begins, counted from 1
	Name             string
	To               imap.Options // without password
	Password         Reference
	Sources          []string // as on the command line, or globs
	Map              []migrate.Mapping
	Include, Exclude []string
	Prefix           string
	Existing         string    // move, keep or upload; empty: the usual
	FromPassword     Reference // of live POP3 sources; may be empty
}

// Reference says where a password is. One that is a password itself prints as three stars.
type Reference struct {
	text  string
	plain bool
}

// Text is the reference as the file has it. It may be a secret: hand it to whoever resolves it and to nobody else.
func (r Reference) Text() string { return r.text }

// String hides a password.
func (r Reference) String() string {
	if r.plain {
		return "***"
	}
	return r.text
}

// GoString hides a password.
func (r Reference) GoString() string { return r.String() }

// MarshalText hides a password.
func (r Reference) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Target is the account's canonical address, by which the ledger knows it.
func (a *Account) Target() string { return a.To.String() }

// digest tells whether a line changed. A password in it is no part of it.
func (a *Account) digest() []byte {
	text, err := json.Marshal([]any{a.Target(), a.Password, a.Sources, a.Map, a.Include, a.Exclude, a.Prefix, a.Existing, a.FromPassword})
	if err != nil {
		return nil // texts can't fail
	}
	sum := sha256.Sum256(text)
	return sum[:]
}

// The values of the column existing.
var existings = []string{"", "move", "keep", "upload"}

var (
	errNoPassword = errors.New("password: empty; want a reference such as env:NAME or file:PATH")
	errNoSource   = errors.New("source: empty")
	errExisting   = errors.New("existing: want move, keep or upload")
)

// values are the columns of a line, those of lists with all their values.
type values map[string][]string

func (v values) one(name string) string {
	if len(v[name]) == 0 {
		return ""
	}
	return v[name][0]
}

// account makes sense of the columns of a line.
func (o *LoadOptions) account(line int, v values) (*Account, error) {
	a := &Account{
		Line: line, Name: v.one("name"), Sources: v["source"], Include: v["include"], Exclude: v["exclude"],
		Prefix: v.one("prefix"), Existing: strings.ToLower(v.one("existing")),
	}
	for _, step := range []func(*Account, values) error{o.address, o.passwords, ways} {
		if err := step(a, v); err != nil {
			return nil, err
		}
	}
	if a.Name == "" {
		a.Name = nameOf(a.To)
	}
	return a, nil
}

// nameOf is what people call an account that has no name in the file.
func nameOf(to imap.Options) string {
	if strings.Contains(to.User, "@") {
		return to.User
	}
	return to.User + "@" + to.Host
}

func (o *LoadOptions) address(a *Account, v values) (err error) {
	if a.To, err = imap.ParseURL(v.one("to")); err != nil {
		return fmt.Errorf("to: %w", err)
	}
	if len(a.Sources) == 0 {
		return errNoSource
	}
	return nil
}

func (o *LoadOptions) passwords(a *Account, v values) (err error) {
	if v.one("password") == "" {
		return errNoPassword
	}
	if a.Password, err = o.reference(v.one("password")); err != nil {
		return fmt.Errorf("password: %w", err)
	}
	if a.FromPassword, err = o.reference(v.one("from_password")); err != nil {
		return fmt.Errorf("from_password: %w", err)
	}
	return nil
}

func (o *LoadOptions) reference(text string) (Reference, error) {
	if text == "" || o.Reference == nil {
		return Reference{text: text}, nil
	}
	plain, err := o.Reference(text)
	return Reference{text, plain}, err
}

// ways checks how the mail is to be put where.
func ways(a *Account, v values) (err error) {
	for _, globs := range [][]string{a.Include, a.Exclude} {
		for _, glob := range globs {
			if err := migrate.CheckGlob(glob); err != nil {
				return err
			}
		}
	}
	if a.Map, err = migrate.ParseMappings(v["map"]); err != nil {
		return fmt.Errorf("map: %w", err)
	}
	for _, known := range existings {
		if a.Existing == known {
			return nil
		}
	}
	return errExisting
}
