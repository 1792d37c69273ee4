package migratetest

import (
	"flag"
	"fmt"
	"runtime"
	"testing"
)

// overlapping is how many tests run at once for each core. They wait for servers and lines most of the time.
const overlapping = 4

// Overlap returns m so that its Run has more tests under way at once than there are cores, unless -parallel says how many. It is for the
// TestMain of a package whose tests wait for servers.
func Overlap(m *testing.M) *Overlapped { return &Overlapped{m} }

// Overlapped is a [testing.M] whose tests overlap.
type Overlapped struct{ m *testing.M }

// Run runs the tests and returns the exit status.
func (o *Overlapped) Run() int {
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "test.parallel" })
	each := overlapping
	if Racing { // which leaves the cores less time
		each = 2
	}
	if !said {
		_ = flag.Set("test.parallel", fmt.Sprint(each*runtime.GOMAXPROCS(0)))
	}
	return o.m.Run()
}
