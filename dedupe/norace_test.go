//go:build !race

package dedupe

// racing says that the race detector watches: what is long and has one goroutine is left to the run without it.
const racing = false
