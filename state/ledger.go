package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// applicationID marks a SQLite file as a ledger ("unpo"), in the file's header.
const applicationID = 0x756e706f

// Ledger is an open ledger file. Its methods may be called by several goroutines at once.
type Ledger struct {
	path  string
	write *sql.DB // one connection: SQLite has one writer, and waiting in Go is fairer than SQLITE_BUSY
	read  reader
	lock  *flock.Flock

	commits commits
	claims  claims
	numbers numbering
}

// ErrNewer says that the ledger was written by a version of the program that knows more than this one.
var ErrNewer = errors.New("ledger was written by a newer version")

// ErrForeign says that a file is not a ledger.
var ErrForeign = errors.New("not an unpop ledger")

// Open opens or makes the ledger at path, for writing. It fails with a [*LockedError] where another process has it open.
func Open(ctx context.Context, path string) (*Ledger, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, wrap(err)
	}
	if err := private(path); err != nil { // a link leads to it from now on, as it does for the lock
		return nil, wrap(err)
	}
	lock, err := acquire(path)
	if err != nil {
		return nil, err
	}
	l, err := connect(ctx, path, lock)
	if err == nil {
		err = l.prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("ledger %s: %w", path, err), l.Close())
	}
	return l, nil
}

// OpenReadOnly opens a ledger that exists to look at it, also while another process writes it, and also where nothing can be written. One
// that an older version of the program left is brought up to date first. It fails with [fs.ErrNotExist] where there is none.
func OpenReadOnly(ctx context.Context, path string) (*Ledger, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, wrap(err)
	}
	l, err := lookAt(ctx, path, "mode=ro")
	if err != nil && strings.Contains(err.Error(), "unable to open") && closed(path) {
		l, err = lookAt(ctx, path, "mode=ro&immutable=1") // else SQLite makes files beside it
	}
	if errors.Is(err, errOlder) {
		if err = upgradeAt(ctx, path); err == nil {
			l, err = lookAt(ctx, path, "mode=ro")
		}
	}
	if err != nil {
		return nil, fmt.Errorf("ledger %s: %w", path, err)
	}
	return l, nil
}

// lookAt opens a ledger of this version for reading.
func lookAt(ctx context.Context, path, how string) (*Ledger, error) {
	read, err := sql.Open("sqlite", dsn(path, how))
	if err != nil {
		return nil, err
	}
	l := &Ledger{path: path, read: read}
	if err := l.current(ctx); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// closed reports whether all of a ledger is in its file: nobody writes it, and whoever wrote it last came to an end.
func closed(path string) bool {
	info, err := os.Stat(path + "-wal")
	return err == nil && info.Size() == 0 || NotExist(err)
}

// errOlder says that a ledger was written by a version of the program that knew less.
var errOlder = errors.New("ledger was written by an older version")

// current checks that the ledger is of this version.
func (l *Ledger) current(ctx context.Context) error {
	version, err := l.version(ctx, l.read)
	if err != nil {
		return err
	}
	files, err := fs.Glob(schemaFiles, "schema/*.sql")
	if err == nil && version < len(files) {
		err = errOlder
	}
	return err
}

// upgradeAt brings a ledger up to date.
func upgradeAt(ctx context.Context, path string) error {
	l, err := Open(ctx, path)
	if err != nil {
		return fmt.Errorf("%w: %w", errOlder, err)
	}
	return l.Close()
}

// Path returns the place of the file.
func (l *Ledger) Path() string { return l.path }

// Close checkpoints the journal and closes the file.
func (l *Ledger) Close() error {
	if l == nil {
		return nil
	}
	var errs []error
	if l.read != nil {
		errs = append(errs, l.read.Close())
	}
	if l.write != nil {
		_, _ = l.write.Exec("PRAGMA wal_checkpoint(TRUNCATE)") // best effort: the next Open does it otherwise
		errs = append(errs, l.write.Close())
	}
	if l.lock != nil {
		errs = append(errs, release(l.path, l.lock))
	}
	return errors.Join(errs...)
}

// connect looks at the file first: to open a database for writing changes how it keeps its journal, and one that is no ledger is left
// as it is.
func connect(ctx context.Context, path string, lock *flock.Flock) (*Ledger, error) {
	l := &Ledger{path: path, lock: lock}
	read, err := sql.Open("sqlite", dsn(path, "mode=ro"))
	if err != nil {
		return l, err
	}
	read.SetMaxIdleConns(4) // more may be open: one who reads may need another to go on, and must get it
	l.read = read
	if _, err := l.version(ctx, l.read); errors.Is(err, ErrForeign) || errors.Is(err, ErrNewer) {
		return l, err
	}
	// The order matters: wait for others before anything else may have to.
	l.write, err = sql.Open("sqlite", dsn(path, "_txlock=immediate",
		"_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)", "_pragma=foreign_keys(1)",
		"_pragma=wal_autocheckpoint(10000)", "_pragma=journal_size_limit(67108864)"))
	if err != nil {
		return l, err
	}
	l.write.SetMaxOpenConns(1)
	return l, nil
}

// private makes the file, for its owner only: it holds subjects and addresses. One that is there is not touched: to close it would drop
// the locks that SQLite has on it in this process.
func private(path string) error {
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return &fs.PathError{Op: "open", Path: path, Err: errors.New("is a directory")}
	case err == nil:
		return nil
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// dsn names the file as a URI, so that any character may stand in its path.
func dsn(path string, options ...string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/…
		path = "/" + path
	}
	options = append([]string{"_pragma=busy_timeout(10000)", "_pragma=cache_size(-2048)", "_pragma=temp_store(0)"}, options...)
	return "file://" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join(options, "&")
}

// prepare reads back what the driver was asked for, and brings the schema up to date.
func (l *Ledger) prepare(ctx context.Context) error {
	var mode string
	if err := l.write.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return describe(err)
	}
	if mode != "wal" {
		return fmt.Errorf("journal mode is %q: the file system keeps no shared memory; use --state on a local disk", mode)
	}
	if err := l.upgrade(ctx); err != nil {
		return err
	}
	return l.unclaim(ctx, "SELECT id FROM claim") // of a process that is gone
}

// ErrDamaged says that the ledger's file was altered by something else, or that its disk is failing.
var ErrDamaged = errors.New("ledger is damaged")

// ErrNoRoom says that the disk of the ledger is full, or that of [SpoolDir]. Nothing was sent that the ledger doesn't know.
var ErrNoRoom = errors.New("no room on the disk of the ledger or of its temporary files")

// ErrReadOnly says that a ledger lies where nothing may be written.
var ErrReadOnly = errors.New("ledger is read-only")

// wrap tells where an error comes from.
func wrap(err error) error { return fmt.Errorf("ledger: %w", describe(err)) }

// describe gives SQLite's errors the meaning that they have for a ledger.
func describe(err error) error {
	if err == nil {
		return nil
	}
	for words, meaning := range map[string]error{
		"file is not a database": ErrForeign,
		"malformed":              ErrDamaged,
		"disk is full":           ErrNoRoom,
		"readonly database":      ErrReadOnly,
	} {
		if strings.Contains(err.Error(), words) && !errors.Is(err, meaning) {
			return fmt.Errorf("%w: %w", meaning, err)
		}
	}
	return err
}

// NotExist reports whether err says that there is no ledger.
func NotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }
