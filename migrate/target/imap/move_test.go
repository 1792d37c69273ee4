package imap_test

import (
	"errors"
	"fmt"
	"testing"

	"unpop/migrate"
)

func TestScriptMove(t *testing.T) {
	t.Parallel()
	const caps = "* CAPABILITY IMAP4rev1 UIDPLUS MOVE\n%T OK done"
	for name, tt := range map[string]struct {
		answer string
		want   string
	}{
		"untagged":       {"* OK [COPYUID 7 5,9 1:2] moved\n* 1 EXPUNGE\n* 1 EXPUNGE\n%T OK done", "7 map[5:1 9:2]"},
		"tagged":         {"%T OK [COPYUID 7 5,9 2,1] done", "7 map[5:2 9:1]"},
		"not said":       {"%T OK done", "0 map[]"},
		"none was there": {"* OK [COPYUID 7  ] moved\n%T OK done", "0 map[]"},
		"sets differ":    {"* OK [COPYUID 7 5,9 1] moved\n%T OK done", "0 map[]"},
		"nonsense":       {"* OK [COPYUID x 5 1] moved\n%T OK done", "0 map[]"},
		"enormous":       {"* OK [COPYUID 7 1:4294967295 1:4294967295] moved\n%T OK done", "0 map[]"},
	} {
		session := script{}.with(script{"CAPABILITY": caps, "UID MOVE": tt.answer}).dial(t)
		arrival, err := session.(migrate.Mover).Move(t.Context(), []migrate.UID{5, 9}, "Box")
		if got := fmt.Sprint(arrival.UIDValidity, " ", arrival.UIDs); err != nil || got != tt.want {
			t.Errorf("%s: got %s, %v, want %s", name, got, err, tt.want)
		}
	}
}

func TestScriptMoveRefused(t *testing.T) {
	t.Parallel()
	const caps = "* CAPABILITY IMAP4rev1 UIDPLUS MOVE\n%T OK done"
	for name, tt := range map[string]struct {
		answer string
		want   func(error) bool
	}{
		"no mailbox": {"%T NO [TRYCREATE] no such mailbox", func(err error) bool { return errors.Is(err, migrate.ErrNoMailbox) }},
		"refused":    {"%T NO [NOPERM] not yours", func(err error) bool { return kindOf(err) == int(migrate.Refused) }},
		"full":       {"%T NO [OVERQUOTA] no room", func(err error) bool { return kindOf(err) == int(migrate.Full) }},
		"bad":        {"%T BAD what?", func(err error) bool { return kindOf(err) == int(migrate.Refused) }},
	} {
		session := script{}.with(script{"CAPABILITY": caps, "UID MOVE": tt.answer}).dial(t)
		if _, err := session.(migrate.Mover).Move(t.Context(), []migrate.UID{5}, "Box"); !tt.want(err) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	bare := script{}.with(script{"CAPABILITY": "* CAPABILITY IMAP4rev1\n%T OK done"}).dial(t)
	if _, err := bare.(migrate.Mover).Move(t.Context(), nil, ""); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("neither MOVE nor UIDPLUS: got %v, want errors.ErrUnsupported", err)
	}
}
