package batch_test

import (
	"os"
	"testing"

	"unpop/migrate/migratetest"
)

func TestMain(m *testing.M) { os.Exit(migratetest.Overlap(m).Run()) }
