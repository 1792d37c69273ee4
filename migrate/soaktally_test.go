package migrate_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// soakTally counts what happened, over all rounds.
type soakTally struct {
	mu     sync.Mutex
	counts map[string]int
}

func newSoakTally() *soakTally {
	return &soakTally{counts: map[string]int{"lost": 0, "doubled": 0, "misplaced": 0, "altered": 0}}
}

func (c *soakTally) count(what string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[what] += n
}

func (c *soakTally) ended(err error) {
	if err != nil {
		c.count("runs that ended with an error", 1)
	}
}

// judge counts what became of a message that belongs into a mailbox, once. In another one it may be as well, if there is one.
func (c *soakTally) judge(t *testing.T, held map[string]int, want, or string) {
	t.Helper()
	all := 0
	for _, n := range held {
		all += n
	}
	switch {
	case all == 0:
		c.count("lost", 1)
	case all > 1:
		c.count("doubled", 1)
	case held[want]+held[or] != 1:
		c.count("misplaced", 1)
	default:
		return
	}
	t.Errorf("a message is in %v, want it once in %s", held, want)
}

func (c *soakTally) bad() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts["lost"]+c.counts["doubled"]+c.counts["misplaced"]+c.counts["altered"] > 0
}

// String lists the counts.
func (c *soakTally) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var text strings.Builder
	for _, what := range slices.Sorted(maps.Keys(c.counts)) {
		fmt.Fprintf(&text, "%7d %s\n", c.counts[what], what)
	}
	return text.String()
}

var soakNumber = regexp.MustCompile(`[0-9.]+(ms|s)?`)

// soakKind is a fault without its numbers.
func soakKind(fault string) string { return soakNumber.ReplaceAllString(fault, "N") }
