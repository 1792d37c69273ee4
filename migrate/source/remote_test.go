package source

import (
	"errors"
	"testing"

	"unpop/migrate/source/pop3"
)

func TestOpenAddress(t *testing.T) {
	t.Parallel()
	spool := func(o *pop3.Options) error {
		o.Spool = t.TempDir()
		return nil
	}
	for _, spec := range []string{"pop3s://anna@Pop.Example.it", "pop3:pop3s://anna@pop.example.it:995", "POP3S://anna@pop.example.it/"} {
		s, found, err := Open(spec, spool)
		if err != nil {
			t.Fatalf("%s: got %v, want a source", spec, err)
		}
		if want := (Found{"pop3", "pop3s://anna@pop.example.it:995"}); found != want {
			t.Errorf("%s: got %+v, want %+v", spec, found, want)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%s: Close: got %v, want nil", spec, err)
		}
	}
	refusal := errors.New("no")
	for spec, want := range map[string]error{
		"pop3s://anna@pop.example.it": refusal, "pop3://pop.example.it": ErrAddress, "pop3s://anna:secret@pop.example.it": ErrAddress,
	} {
		if _, _, err := Open(spec, func(*pop3.Options) error { return refusal }); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", spec, err, want)
		}
	}
	if _, _, err := Open("pop3s://anna@pop.example.it"); err == nil {
		t.Error("without a spool: got nil, want an error")
	}
}
