package pst

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// besideMessages is how many messages of about 20 KB the file of BenchmarkBeside has.
const besideMessages = 4000

// BenchmarkBeside writes the messages of one file into files of their own, and lets readpst and pffexport do so too where they are
// installed: MB of the PST a second, and messages a second. Take turns with -count. readpst does so in one process (-j 0), which
// is several times faster than what it does by itself, and at last into an mbox.
func BenchmarkBeside(b *testing.B) {
	name, size := manyMessages(b, besideMessages)
	for _, p := range []struct {
		name string
		run  func(dir string) *exec.Cmd
	}{
		{"unpop", func(dir string) *exec.Cmd {
			c := exec.Command(os.Args[0], name)
			c.Env = append(os.Environ(), "UNPOP_TEST_CONVERT="+dir)
			return c
		}},
		{"readpst-e", func(dir string) *exec.Cmd {
			return exec.Command("readpst", "-q", "-D", "-j", "0", "-e", "-o", dir, name)
		}},
		{"pffexport", func(dir string) *exec.Cmd {
			return exec.Command("pffexport", "-q", "-m", "items", "-t", filepath.Join(dir, "out"), name)
		}},
		{"readpst-mbox", func(dir string) *exec.Cmd { return exec.Command("readpst", "-q", "-D", "-j", "0", "-o", dir, name) }},
	} {
		b.Run(p.name, func(b *testing.B) {
			if _, err := exec.LookPath(p.run("").Path); err != nil {
				b.Skip(err)
			}
			b.SetBytes(size)
			for b.Loop() {
				b.StopTimer()
				dir, err := os.MkdirTemp(b.TempDir(), "")
				if err != nil {
					b.Fatal(err)
				}
				c := p.run(dir)
				b.StartTimer()
				if out, err := c.CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
			}
			b.ReportMetric(float64(besideMessages*b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}
