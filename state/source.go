package state

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
)

// Part is a piece of a source, as the ledger remembers it.
type Part struct {
	ID      int64
	Name    string
	Stamp   string // empty: its copies are not all in
	Remarks []string
	Error   string
}

// Source finds or makes a source and returns its number.
func (a *Account) Source(ctx context.Context, kind, path string) (int64, error) {
	err := a.exec(ctx, "INSERT INTO source (account, kind, path) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", a.id, kind, path)
	if err != nil {
		return 0, err
	}
	var id int64
	err = a.l.write.QueryRowContext(ctx, "SELECT id FROM source WHERE account = ? AND kind = ? AND path = ?", a.id, kind, path).Scan(&id)
	return id, err
}

// Part finds or makes a part and notes that the run has seen it.
func (a *Account) Part(ctx context.Context, source, run int64, name string) (Part, error) {
	p := Part{Name: name}
	var remarks string
	err := a.l.write.QueryRowContext(ctx,
		"INSERT INTO part (source, name, run) VALUES (?, ?, ?) ON CONFLICT (source, name) DO UPDATE SET run = excluded.run RETURNING id, stamp, remarks, error",
		source, name, run).Scan(&p.ID, &p.Stamp, &remarks, &p.Error)
	if err != nil {
		return p, wrap(err)
	}
	p.Remarks = lines(remarks)
	return p, nil
}

// DropParts forgets the parts of a source that the run did not see, with their copies, and tells their names.
func (a *Account) DropParts(ctx context.Context, source, run int64) ([]string, error) {
	type part struct {
		id   int64
		name string
	}
	gone, err := collect(ctx, a.l.write, func(rows *sql.Rows) (part, error) {
		var p part
		return p, rows.Scan(&p.id, &p.name)
	}, "SELECT id, name FROM part WHERE source = ? AND run <> ? ORDER BY id", source, run)
	var names []string
	for _, p := range gone {
		if err := a.dropPart(ctx, p.id); err != nil {
			return names, err
		}
		names = append(names, p.name)
	}
	return names, err
}

func (a *Account) dropPart(ctx context.Context, id int64) error {
	return a.l.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM copy WHERE part = ?", id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM part WHERE id = ?", id)
		return err
	})
}

// Parts lists the parts of a source that have something to tell: remarks, or an error.
func (a *Account) Parts(ctx context.Context, source int64) ([]Part, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (Part, error) {
		var p Part
		var remarks string
		err := rows.Scan(&p.ID, &p.Name, &p.Stamp, &remarks, &p.Error)
		p.Remarks = lines(remarks)
		return p, err
	}, "SELECT id, name, stamp, remarks, error FROM part WHERE source = ? AND (remarks <> '' OR error <> '') ORDER BY id", source)
}

// Folder is a store folder.
type Folder struct {
	ID       int64
	Source   int64
	Name     string // as shown
	Account  string
	Path     []string
	Role     int
	Mailbox  int64 // 0: not planned
	Excluded bool
}

// Folder finds or makes a folder of a source and returns its number.
func (a *Account) Folder(ctx context.Context, f Folder) (int64, error) {
	path, err := json.Marshal(f.Path)
	if err != nil {
		return 0, err
	}
	var id int64
	err = a.l.write.QueryRowContext(ctx, "INSERT INTO folder (source, name, account, path, role) VALUES (?, ?, ?, ?, ?) "+
		"ON CONFLICT (source, name) DO UPDATE SET account = excluded.account, path = excluded.path, role = excluded.role RETURNING id",
		f.Source, f.Name, f.Account, string(path), f.Role).Scan(&id)
	if err != nil {
		return 0, wrap(err)
	}
	return id, nil
}

// Folders lists the folders of the sources, in the order in which they were found.
func (a *Account) Folders(ctx context.Context, sources []int64) ([]Folder, error) {
	return collect(ctx, a.l.read, scanFolder,
		"SELECT id, source, name, account, path, role, coalesce(mailbox, 0), excluded FROM folder WHERE source IN "+in(sources)+" ORDER BY source, id")
}

func scanFolder(rows *sql.Rows) (Folder, error) {
	var f Folder
	var path string
	if err := rows.Scan(&f.ID, &f.Source, &f.Name, &f.Account, &path, &f.Role, &f.Mailbox, &f.Excluded); err != nil {
		return f, err
	}
	return f, json.Unmarshal([]byte(path), &f.Path)
}

// Assign stores where a folder's messages go, or that they don't.
func (a *Account) Assign(ctx context.Context, folder, mailbox int64, excluded bool) error {
	return a.exec(ctx, "UPDATE folder SET mailbox = nullif(?, 0), excluded = ? WHERE id = ? AND (mailbox IS NOT nullif(?1, 0) OR excluded <> ?2)",
		mailbox, excluded, folder)
}

// in writes row numbers as an SQL list. They are numbers, so nothing can be injected.
func in[N int64 | uint32](ids []N) string {
	text := make([]string, len(ids))
	for i, id := range ids {
		text[i] = fmt.Sprint(id)
	}
	return "(" + strings.Join(text, ",") + ")"
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
