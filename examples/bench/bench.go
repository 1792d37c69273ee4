package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// A bench is one benchmark at work.
type bench struct {
	opts       *options
	dir        string
	log        io.Writer
	server     *server
	contenders []contender
	results    *results
	accounts   int // used so far; each run has its own
}

// newBench starts the server and looks who is there. The caller closes it.
func newBench(ctx context.Context, opts *options, dir string, log io.Writer) (*bench, error) {
	b := &bench{opts: opts, dir: dir, log: log, results: newResults()}
	home := filepath.Join(dir, "dovecot")
	err := errors.Join(os.Chmod(dir, 0o755), os.Mkdir(home, 0o755))
	var on, others cores
	if err == nil && opts.apart {
		if on, others, err = halves(); err == nil {
			err = others.keep(ctx)
		}
	}
	if err == nil {
		b.server, err = startServer(ctx, home, opts.format, opts.fsync, on)
	}
	if err != nil {
		return nil, err
	}
	unpop := opts.unpop
	if unpop == "" {
		if unpop, err = build(ctx, dir); err != nil {
			b.close()
			return nil, err
		}
	}
	b.contenders = contenders(ctx, opts, dir, unpop)
	return b, nil
}

func (b *bench) close() { b.server.stop() }

// run measures corpus after corpus, near and far.
func (b *bench) run(ctx context.Context) error {
	for _, size := range b.opts.sizes {
		s := &stage{bench: b, corpus: newCorpus(size), dir: filepath.Join(b.dir, size)}
		for _, rtt := range b.opts.lines(size) {
			if err := s.measure(ctx, rtt); err != nil {
				return err
			}
		}
		if err := os.RemoveAll(s.dir); err != nil {
			return err
		}
	}
	return nil
}

// A stage is the part of a benchmark with one corpus. Its mail lies below dir, made when it is needed.
type stage struct {
	*bench
	corpus *corpus
	dir    string
}

// measure lets the contenders take turns over one line.
func (s *stage) measure(ctx context.Context, rtt time.Duration) error {
	addr := s.server.addr()
	if rtt > 0 {
		l, err := startLine(addr, rtt)
		if err != nil {
			return err
		}
		defer l.close()
		addr = l.addr()
	}
	for run := range s.opts.runs {
		for i := range s.contenders {
			c := &s.contenders[(i+run)%len(s.contenders)]
			n := c.messages(s.corpus.name, rtt, s.opts)
			if n == 0 {
				continue
			}
			t, err := s.once(ctx, c, n, addr)
			if err != nil {
				return fmt.Errorf("%s, %s, %v: %w", c.name, s.corpus.name, rtt, err)
			}
			s.results.add(cell{s.corpus.name, rtt}, c, n, s.corpus.bytes(n), t)
			_, _ = fmt.Fprintf(s.log, "%-4s %-5v %d/%d  %-28s %6d messages  %s\n", s.corpus.name, rtt, run+1, s.opts.runs, c.name, n, t)
		}
	}
	return nil
}

// String tells what is known.
func (t timing) String() string {
	switch {
	case t.whole == 0:
		return fmt.Sprintf("%.2f s", t.upload.Seconds())
	case t.upload == 0:
		return fmt.Sprintf("%.2f s in all", t.whole.Seconds())
	default:
		return fmt.Sprintf("%.2f s, %.2f s in all", t.upload.Seconds(), t.whole.Seconds())
	}
}

// once is one run, with an account and a directory of its own. What the account holds afterwards is counted.
func (s *stage) once(ctx context.Context, c *contender, n int, addr string) (t timing, err error) {
	s.accounts++
	j := &job{corpus: s.corpus, n: n, folders: c.folders, addr: addr, user: fmt.Sprintf("user%d", s.accounts)}
	j.dir = filepath.Join(s.bench.dir, j.user)
	if err := s.prepare(ctx, c, j); err != nil {
		return t, err
	}
	if t, err = c.run(ctx, j); err != nil {
		return t, err
	}
	stored, err := s.server.holds(ctx, j.user)
	switch {
	case err != nil:
		return t, err
	case stored != n:
		return t, fmt.Errorf("the server holds %d messages of %d", stored, n)
	}
	err = errors.Join(s.server.forget(j.user), os.RemoveAll(j.dir))
	quiet(ctx)
	return t, err
}

// quiet lets the disk catch up, so that a run does not pay for the one before. A system without sync does without.
func quiet(ctx context.Context) { _ = exec.CommandContext(ctx, "sync").Run() }

func (s *stage) prepare(ctx context.Context, c *contender, j *job) error {
	if err := os.Mkdir(j.dir, 0o755); err != nil {
		return err
	}
	if c.boxes {
		if err := s.server.mailboxes(ctx, j.user, j.folders); err != nil {
			return err
		}
	}
	if c.store == "" {
		return nil
	}
	master := filepath.Join(s.dir, fmt.Sprintf("%s-%d-%d", c.store, j.n, j.folders))
	if err := s.fill(master, c.store, j); err != nil {
		return err
	}
	if j.store = master; c.store == "mbox" {
		return nil // nobody changes it
	}
	j.store = filepath.Join(j.dir, "Mail")
	return linkTree(j.store, master)
}

// fill writes mail, unless a run before had the same.
func (s *stage) fill(dir, kind string, j *job) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	write := s.corpus.mbox
	if kind == "maildir" {
		write = s.corpus.maildir
	}
	if err := write(dir, j.n, j.folders); err != nil {
		return fmt.Errorf("corpus: %w", err)
	}
	return nil
}

// linkTree makes a copy of a Maildir in which files may be renamed: the programs do that.
func linkTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Mkdir(filepath.Join(to, rel), 0o755)
		}
		return os.Link(path, filepath.Join(to, rel))
	})
}
