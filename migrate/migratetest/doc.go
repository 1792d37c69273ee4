// Package migratetest holds the contracts of package migrate as tests. A new kind of source or target calls
// [TestSource] or [TestTarget] from its own tests and is held to what the engine relies on.
package migratetest
