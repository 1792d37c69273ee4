// Package progress shows how a migration goes: one moving line on a terminal, plain lines in a log, JSON lines for a
// program. It reads the counts of [migrate.Progress] whenever it likes and never holds the engine up.
//
// Rates and the time left come from a [Rate] of its own, which forgets the past within half a minute, falls in a stall
// and knows nothing of earlier runs.
package progress
