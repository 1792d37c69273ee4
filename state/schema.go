package state

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
)

// The numbered files are applied in order; PRAGMA user_version counts them. A file that was released never changes.
//
//go:embed schema/*.sql
var schemaFiles embed.FS

// version returns how many schema files the ledger has seen.
func (l *Ledger) version(ctx context.Context, db reader) (int, error) {
	var id, version, tables int
	err := db.QueryRowContext(ctx, "SELECT (SELECT application_id FROM pragma_application_id), "+
		"(SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)").Scan(&id, &version, &tables)
	if err != nil {
		return 0, describe(err)
	}
	if id != applicationID && (id != 0 || tables > 0) {
		return 0, ErrForeign
	}
	files, err := fs.Glob(schemaFiles, "schema/*.sql")
	if err == nil && version > len(files) {
		err = fmt.Errorf("%w (schema %d, known up to %d)", ErrNewer, version, len(files))
	}
	return version, err
}

// upgrade applies the schema files that the ledger has not seen, each in a transaction of its own.
func (l *Ledger) upgrade(ctx context.Context) error {
	version, err := l.version(ctx, l.write)
	if err != nil {
		return err
	}
	files, err := fs.Glob(schemaFiles, "schema/*.sql")
	if err != nil {
		return err
	}
	for i := version; i < len(files); i++ {
		if err := l.apply(ctx, files[i], i+1); err != nil {
			return fmt.Errorf("%s: %w", files[i], err)
		}
	}
	return nil
}

func (l *Ledger) apply(ctx context.Context, file string, version int) error {
	text, err := schemaFiles.ReadFile(file)
	if err != nil {
		return err
	}
	return l.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version))
		return err
	})
}

// tx runs do in a transaction. Cancelling ctx rolls back.
func (l *Ledger) tx(ctx context.Context, do func(tx *sql.Tx) error) error {
	return transact(ctx, l.write, do)
}

func transact(ctx context.Context, on interface {
	BeginTx(context.Context, *sql.TxOptions) (*sql.Tx, error)
}, do func(tx *sql.Tx) error,
) error {
	tx, err := on.BeginTx(ctx, nil)
	if err != nil {
		return wrap(err)
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // the cause is what counts
		return err
	}
	if err := tx.Commit(); err != nil {
		return wrap(err)
	}
	return nil
}
