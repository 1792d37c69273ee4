package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"unpop/cmd/internal/progress"
	"unpop/migrate/batch"
	"unpop/state"
)

func (a *app) runBatchCheck(ctx context.Context, f *batchFlags, opts batch.Options, file string) error {
	m, err := a.loadBatch(f, file)
	if err != nil {
		return err
	}
	path, err := f.batchLedger()
	if err != nil {
		return err
	}
	all, err := a.checkAccounts(ctx, m, opts, path)
	if err != nil {
		return err
	}
	a.tellExposed(f)
	room, err := batch.RoomFor(all, filepath.Dir(path))
	if err != nil {
		return err
	}
	wrong := len(m.Bad)
	for _, found := range all {
		wrong += min(len(found.Wrong), 1)
	}
	if a.ui.json {
		err = a.ui.object(checkObject(m, all, &room))
	} else {
		a.tellCheck(m, all, &room, wrong)
	}
	if err == nil && (wrong > 0 || !room.Fits()) {
		err = errRejected
	}
	return err
}

// checkAccounts looks at all accounts before the eyes of the user.
func (a *app) checkAccounts(ctx context.Context, m *batch.Manifest, opts batch.Options, path string) (all []batch.Finding, err error) {
	ledger, err := state.OpenReadOnly(ctx, path)
	if err != nil && !state.NotExist(err) {
		return nil, err
	}
	if ledger != nil {
		defer func() { err = errors.Join(err, ledger.Close()) }()
	}
	looked := make(chan batch.Finding, 1)
	looked <- batch.Finding{}
	var over, wrong int
	display := progress.StartMany(a.ui.err, func() progress.Many {
		key := <-looked
		defer func() { looked <- key }()
		return progress.Many{Accounts: len(m.Accounts), Over: over, Attention: wrong}
	}, a.ui.format())
	defer display.Stop()
	return batch.Check(ctx, ledger, m, opts, func(found batch.Finding) {
		key := <-looked
		over++
		wrong += min(len(found.Wrong), 1)
		looked <- key
	})
}

// tellCheck prints a line for each account, what is wrong, and whether there is room.
func (a *app) tellCheck(m *batch.Manifest, all []batch.Finding, room *batch.Room, wrong int) {
	t := table{columns: []column{
		{title: "account", flex: true, sure: true},
		{title: "mail", right: true, sure: true},
		{title: "to send", right: true, sure: true},
		{title: "room", right: true},
		{title: "", flex: true, sure: true},
	}}
	for _, f := range all {
		space, verdict := "", "ok"
		if f.HasRoom {
			space = progress.Bytes(f.Room)
		}
		if len(f.Wrong) > 0 {
			verdict = strings.Join(f.Wrong, "; ")
		}
		t.add(f.Name, progress.Bytes(f.Bytes), progress.Bytes(f.New), space, verdict)
	}
	if len(t.rows) > 0 {
		a.ui.printf("\n%s", t.String())
	}
	a.ui.printf("\n%s", roomText(room))
	switch wrong {
	case 0:
		a.ui.printf("All %s can be worked on.\n", counted(int64(len(all)), "account"))
	default:
		a.ui.printf("%s of %s can be worked on.\n", progress.Count(int64(len(all)+len(m.Bad)-wrong)), counted(int64(len(all)+len(m.Bad)), "account"))
		a.nameWrong(m, all)
	}
}

// nameWrong names on standard error, last of all, what has to be mended, in full.
func (a *app) nameWrong(m *batch.Manifest, all []batch.Finding) {
	a.ui.note("")
	a.ui.note("To be mended before:")
	for _, f := range all {
		for _, text := range f.Wrong {
			a.ui.note("  %s: %s", f.Name, text)
		}
	}
	for _, bad := range m.Bad {
		a.ui.note("  %v", bad)
	}
}

func roomText(r *batch.Room) string {
	text := fmt.Sprintf("On this machine: about %s for the ledger, %s are free in %s; about %s on the way, %s in %s.\n",
		progress.Bytes(r.Ledger), progress.Bytes(r.LedgerFree), printable(r.LedgerDir), progress.Bytes(r.Spool), progress.Bytes(r.SpoolFree), printable(r.SpoolDir))
	if !r.Fits() {
		text += "That is not enough: make room there, or put the ledger elsewhere with --state FILE.\n"
	}
	return text
}

// checked is what batch check --json prints. Names are a contract: add, never rename.
type checked struct {
	Accounts []checkedAccount `json:"accounts"`
	BadLines []badLine        `json:"bad_lines"`
	Room     checkedRoom      `json:"room"`
}

type checkedAccount struct {
	Account string   `json:"account"`
	Target  string   `json:"target"`
	Line    int      `json:"line"`
	Bytes   int64    `json:"bytes"`
	ToSend  int64    `json:"to_send"`
	Room    *int64   `json:"room"` // null: the server does not tell
	Wrong   []string `json:"wrong"`
}

type checkedRoom struct {
	Ledger     int64 `json:"ledger"`
	LedgerFree int64 `json:"ledger_free"`
	Spool      int64 `json:"spool"`
	SpoolFree  int64 `json:"spool_free"`
	Fits       bool  `json:"fits"`
}

func checkObject(m *batch.Manifest, all []batch.Finding, room *batch.Room) checked {
	c := checked{
		Accounts: make([]checkedAccount, len(all)), BadLines: badLines(m),
		Room: checkedRoom{room.Ledger, room.LedgerFree, room.Spool, room.SpoolFree, room.Fits()},
	}
	for i, f := range all {
		c.Accounts[i] = checkedAccount{Account: f.Name, Target: f.Target, Line: f.Line, Bytes: f.Bytes, ToSend: f.New, Wrong: append([]string{}, f.Wrong...)}
		if f.HasRoom {
			c.Accounts[i].Room = &f.Room
		}
	}
	return c
}
