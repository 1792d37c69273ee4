package examples_test

import (
	"testing"

	"unpop/migrate"
	"unpop/migrate/migratetest"
	"unpop/migrate/target/imap/imaptest"
)

func TestContractX(t *testing.T) {
	t.Run("cyrus", func(t *testing.T) {
		migratetest.TestTarget(t, func(tb testing.TB) migrate.Target { return imaptest.Cyrus(tb).Target(imaptest.User) })
	})
	t.Run("courier", func(t *testing.T) {
		migratetest.TestTarget(t, func(tb testing.TB) migrate.Target { return imaptest.Courier(tb).Target(imaptest.User) })
	})
}
