package cli

import (
	"errors"
	"fmt"
	"os"

	"unpop/migrate"
	"unpop/migrate/source"
)

// openSources opens what the arguments name, all or none. A source named twice is opened once.
// Accounts on a server can only be opened with remotes.
func openSources(specs []string, accounts ...*remotes) ([]migrate.Input, error) {
	var complete []source.Remote
	for _, r := range accounts {
		complete = append(complete, r.complete)
	}
	var inputs []migrate.Input
	seen := map[source.Found]bool{}
	for _, spec := range specs {
		s, found, err := source.Open(spec, complete...)
		if err != nil {
			return nil, errors.Join(sourceError(err), closeSources(inputs))
		}
		if seen[found] {
			_ = s.Close() // nothing was read
			for _, r := range accounts {
				r.drop(found.Path)
			}
			continue
		}
		seen[found] = true
		inputs = append(inputs, migrate.Input{Kind: found.Kind, Path: found.Path, Source: s})
	}
	return inputs, nil
}

// sourceError says what to do about a source that can't be opened.
func sourceError(err error) error {
	switch {
	case errors.Is(err, source.ErrAddress):
		return &failure{err: err, status: exitUsage, hint: "for example pop3s://anna@pop.example.it; the password is asked for, or comes from --from-password-file"}
	case errors.Is(err, source.ErrInUse):
		return hinted(err, "close Outlook, then run unpop again")
	case errors.Is(err, os.ErrNotExist):
		return hinted(err, "check the path; is the disk or the share there?")
	case errors.Is(err, os.ErrPermission):
		return hinted(err, "unpop must be allowed to read it")
	case errors.Is(err, source.ErrUnknown):
		return hinted(err, "if you know better, say so: mbox:PATH, maildir:PATH, pst:PATH, msg:PATH or thunderbird:PATH")
	default:
		return err
	}
}

func closeSources(inputs []migrate.Input) error {
	var errs []error
	for _, in := range inputs {
		errs = append(errs, in.Source.Close())
	}
	return errors.Join(errs...)
}

// describe says what a source is: "Thunderbird, 2 accounts".
func describe(in migrate.Input) string {
	if d, ok := in.Source.(migrate.Describer); ok {
		return d.Describe()
	}
	return fmt.Sprintf("%s source", in.Kind)
}
