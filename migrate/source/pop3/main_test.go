package pop3

import (
	"os"
	"testing"

	"unpop/migrate/migratetest"
)

func TestMain(m *testing.M) { os.Exit(migratetest.Overlap(m).Run()) }
