// Command bench measures how fast unpop brings mail to a server: beside the least time that the protocol and the server
// allow, beside go-imap waiting for each answer, and beside other programs that put mail into an IMAP account, as far as
// they are installed (isync, offlineimap3, uw-mailutils, python3). It needs Dovecot, which it starts on a free port, and
// nothing else: the mail is made up, and a line within the program makes the server far away.
//
//	go run ./examples/bench                 all of it, within a quarter of an hour
//	go run ./examples/bench -short          within three minutes
//	go run ./examples/bench -markdown       the table as the README has it
//	go run ./examples/bench -rtt 40ms -sizes 3k -peers none -runs 3
//	go run ./examples/bench -apart          the server has cores of its own, as it has in use
//
// Contenders take turns, each run has an account of its own, and what the server holds afterwards is counted. A run that lost
// or doubled a message ends the benchmark with an error.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run returns the exit status: 0 also where there is no Dovecot, 1 for an error, 2 for a wrong command line, 3 if a bar was
// missed.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	opts, err := parseOptions(args, stderr)
	if err != nil {
		return 2
	}
	missed, err := measureAll(ctx, opts, stdout, stderr)
	switch {
	case errors.Is(err, errNoServer):
		_, _ = fmt.Fprintf(stderr, "bench: skipped: %v; on Debian: apt-get install dovecot-imapd\n", err)
		return 0
	case err != nil:
		_, _ = fmt.Fprintf(stderr, "bench: %v\n", err)
		return 1
	case missed > 0:
		return 3
	default:
		return 0
	}
}

// measureAll does the work in a directory that is removed afterwards, and returns how many bars were missed.
func measureAll(ctx context.Context, opts *options, stdout, stderr io.Writer) (missed int, err error) {
	dir, err := os.MkdirTemp(opts.dir, "unpop-bench-")
	if err != nil {
		return 0, fmt.Errorf("directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b, err := newBench(ctx, opts, dir, stderr)
	if err != nil {
		return 0, err
	}
	defer b.close()
	if err := b.run(ctx); err != nil {
		return 0, err
	}
	return b.report(ctx, stdout, stderr)
}

// report prints what was measured, and how it compares with what is promised. Where the README's table goes to stdout, that
// goes to stderr.
func (b *bench) report(ctx context.Context, stdout, stderr io.Writer) (missed int, err error) {
	rest := stdout
	if b.opts.markdown {
		rest = stderr
		_, err = fmt.Fprintf(stdout, "%s\n%s", describeMachine(ctx, b), b.results.markdown())
	}
	verdicts := b.results.verdicts()
	for _, v := range verdicts {
		if !v.met {
			missed++
		}
	}
	_, failed := fmt.Fprintf(rest, "%s%s\n%s", describeMachine(ctx, b), b.results.text(), barsText(verdicts))
	return missed, errors.Join(err, failed)
}
