//go:build race

package migratetest

// Racing says that the race detector watches, which makes everything some ten times slower: a test that goes through a long series
// then takes a part of it.
const Racing = true
