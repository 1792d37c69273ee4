package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// options are the command line.
type options struct {
	rtts     []time.Duration
	sizes    []string
	peers    []string
	runs     int
	messages int    // 0: as many as suit each
	format   string // of Dovecot's store
	fsync    string
	unpop    string // the program; empty: built from this module
	dir      string
	apart    bool
	short    bool
	markdown bool
}

// What can be asked for, and what is measured by default.
var (
	allSizes = []string{"3k", "75k", "5m", "1g"}
	allPeers = []string{"mbsync", "offlineimap", "imaplib", "mailutil"}
)

const (
	usualRuns = 5
	shortRuns = 3
)

func parseOptions(args []string, stderr io.Writer) (*options, error) {
	opts := &options{}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	rtts := flags.String("rtt", "0,40ms", "round-trip `times` of the line, with commas between")
	sizes := flags.String("sizes", "", "what to send: 3k, 75k, 5m (bytes a message) and 1g (an mbox of 1 GB), with commas between (default: all)")
	peers := flags.String("peers", "all", "which of "+strings.Join(allPeers, ", ")+"; or all, or none")
	flags.IntVar(&opts.runs, "runs", 0, "how often each is measured; the median counts (default 5, with -short 3)")
	flags.IntVar(&opts.messages, "messages", 0, "how many messages each sends in a run, those that wait for each answer no more than without it (default: as many as it takes some seconds for)")
	flags.StringVar(&opts.format, "format", "maildir", "Dovecot's mailbox `format`: maildir, sdbox or mdbox")
	flags.StringVar(&opts.fsync, "fsync", "never", "Dovecot's mail_fsync: never, which repeats best, optimized (its default) or always")
	flags.StringVar(&opts.unpop, "unpop", "", "measure this `program` (default: built from this module)")
	flags.StringVar(&opts.dir, "dir", "", "where mail and server lie for the time being (default: the system's place for such)")
	flags.BoolVar(&opts.apart, "apart", false, "give the server one half of the cores and all others the other half, as if they were two machines (Linux)")
	flags.BoolVar(&opts.short, "short", false, "fewer messages, and 3k and 75k only")
	flags.BoolVar(&opts.markdown, "markdown", false, "print the table as the README has it")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	err := opts.complete(*rtts, *sizes, *peers)
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "bench: %v\n", err)
	}
	return opts, err
}

// complete reads the lists and fills in what was left out.
func (o *options) complete(rtts, sizes, peers string) (err error) {
	for text := range strings.SplitSeq(rtts, ",") {
		rtt, err := time.ParseDuration(text)
		if err != nil || rtt < 0 || rtt > 10*time.Second {
			return fmt.Errorf("-rtt %q: want times such as 0 or 40ms", text)
		}
		o.rtts = append(o.rtts, rtt)
	}
	if sizes == "" {
		sizes = strings.Join(allSizes, ",")
		if o.short {
			sizes = "3k,75k"
		}
	}
	if o.sizes, err = oneOf("-sizes", sizes, allSizes); err != nil {
		return err
	}
	if peers == "all" {
		peers = strings.Join(allPeers, ",")
	}
	if peers != "none" {
		if o.peers, err = oneOf("-peers", peers, allPeers); err != nil {
			return err
		}
	}
	return o.check()
}

func (o *options) check() error {
	if o.runs == 0 {
		o.runs = usualRuns
		if o.short {
			o.runs = shortRuns
		}
	}
	if o.runs < 1 || o.messages < 0 {
		return fmt.Errorf("-runs %d -messages %d: want at least one", o.runs, o.messages)
	}
	if _, err := oneOf("-format", o.format, []string{"maildir", "sdbox", "mdbox"}); err != nil {
		return err
	}
	_, err := oneOf("-fsync", o.fsync, []string{"optimized", "never", "always"})
	return err
}

// oneOf splits a list whose words must be among those allowed.
func oneOf(name, list string, allowed []string) ([]string, error) {
	words := strings.Split(list, ",")
	for _, word := range words {
		if !slices.Contains(allowed, word) {
			return nil, fmt.Errorf("%s %q: want %s", name, word, strings.Join(allowed, ", "))
		}
	}
	return words, nil
}

// lines are the round-trip times to measure a corpus over: the large mbox goes over the longest alone.
func (o *options) lines(size string) []time.Duration {
	if size == "1g" {
		return []time.Duration{slices.Max(o.rtts)}
	}
	return o.rtts
}
