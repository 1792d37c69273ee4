package state

import (
	"database/sql"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Linux tells which files a process has open, also those that have no name any more.
func TestSpoolDir(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("nobody tells which files are open")
	}
	l, _ := open(t)
	err := l.tx(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), "CREATE TEMP TABLE large (x); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) "+
			"INSERT INTO large SELECT randomblob(1000) FROM n")
		if err != nil {
			return err
		}
		files, err := filepath.Glob("/proc/self/fd/*")
		for _, file := range files {
			if name, _ := os.Readlink(file); strings.HasPrefix(name, filepath.Clean(SpoolDir())+"/") && strings.HasSuffix(name, "(deleted)") {
				return nil
			}
		}
		t.Errorf("no open file lies in %s", SpoolDir())
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
