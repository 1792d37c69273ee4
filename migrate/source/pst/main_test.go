package pst

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"unpop/migrate"
	"unpop/migrate/migratetest"
)

// TestMain lets the test binary be a program that writes a file's messages into a directory, to be measured as others are.
func TestMain(m *testing.M) {
	if dir := os.Getenv("UNPOP_TEST_CONVERT"); dir != "" {
		if err := convert(context.Background(), os.Args[1], dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(migratetest.Overlap(m).Run())
}

// convert writes each message of a file into a file of its own, with a worker for each core as in a scan.
func convert(ctx context.Context, name, dir string) error {
	s, err := Open(name)
	if err != nil {
		return err
	}
	defer s.Close()
	type job struct {
		part migrate.Part
		copy *migrate.Copy
		name string
	}
	jobs, errs := make(chan job, 4), make(chan error, runtime.GOMAXPROCS(0))
	for range cap(errs) {
		go func() {
			var err error
			buf := make([]byte, 64<<10)
			for j := range jobs {
				err = cmp.Or(err, writeOut(ctx, s, j.part, j.copy, j.name, buf))
			}
			errs <- err
		}()
	}
	n := 0
	for part := range s.Parts(ctx) {
		for c, lost := range part.Copies(ctx) {
			if lost != nil {
				err = cmp.Or(err, lost)
				continue
			}
			n++
			jobs <- job{part, c, filepath.Join(dir, fmt.Sprint(n, ".eml"))}
		}
	}
	close(jobs)
	for range cap(errs) {
		err = cmp.Or(err, <-errs)
	}
	return err
}

func writeOut(ctx context.Context, s *Source, part migrate.Part, c *migrate.Copy, name string, buf []byte) error {
	r, err := s.Open(ctx, part.Info().Name, c.Ref)
	if err != nil {
		return err
	}
	defer r.Close()
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if _, err := io.CopyBuffer(struct{ io.Writer }{f}, r, buf); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
