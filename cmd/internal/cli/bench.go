package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"unpop/cmd/internal/bench"
	"unpop/cmd/internal/progress"
)

// benchFlags are those of bench.
type benchFlags struct {
	signInFlags
	connections, megabytes int
	time                   time.Duration
}

func (a *app) bench() *cobra.Command {
	var flags benchFlags
	cmd := &cobra.Command{
		Use:   "bench --to URL",
		Short: "Measure how fast an account takes mail, with made-up mail.",
		Long: `Measure how fast an account takes mail, with made-up mail: how long a round trip
is, and how many messages a second arrive by each way of sending that the server
allows. The mail goes to mailboxes of its own ("unpop bench …"), which are removed
in the end, also after Ctrl-C. Nothing else in the account is touched.`,
		Example: `  unpop bench --to imaps://anna@imap.example.it
  unpop bench --to imaps://anna@imap.example.it --volume 100 --time 2m`,
		Args: nothing, ValidArgsFunction: cobra.NoFileCompletions,
		Annotations: exits(exitDone, exitError, exitUsage, exitDenied, exitFull, exitStopped),
		RunE:        func(cmd *cobra.Command, _ []string) error { return a.runBench(cmd, &flags) },
	}
	cmd.Flags().SortFlags = false
	flags.addTo(cmd)
	flags.addSecrets(cmd)
	cmd.Flags().IntVar(&flags.connections, "connections", 4, "measure one connection, and `N` at once")
	cmd.Flags().IntVar(&flags.megabytes, "volume", 20, "send `N` megabytes at most, in all")
	cmd.Flags().DurationVar(&flags.time, "time", 20*time.Second, "send for `TIME` in all, about")
	cmd.Flags().BoolVar(&a.ui.json, "json", false, "print one JSON object")
	return cmd
}

// Bounds of a measurement.
const (
	mostMegabytes = 10_000
	longestBench  = time.Hour
)

func (f *benchFlags) check(cmd *cobra.Command) error {
	switch {
	case f.connections < 1 || f.connections > mostConnections:
		return usagef(cmd, "--connections %d: want a number from 1 to %d", f.connections, mostConnections)
	case f.megabytes < 1 || f.megabytes > mostMegabytes:
		return usagef(cmd, "--volume %d: want a number from 1 to %d", f.megabytes, mostMegabytes)
	case f.time < time.Second || f.time > longestBench:
		return usagef(cmd, "--time %s: want a time from 1s to 1h", f.time)
	default:
		return nil
	}
}

func (a *app) runBench(cmd *cobra.Command, flags *benchFlags) error {
	if err := flags.check(cmd); err != nil {
		return err
	}
	address, err := flags.options(cmd)
	if err != nil {
		return err
	}
	target, err := a.signIn(cmd.Context(), &flags.signInFlags, address)
	if err != nil {
		return err
	}
	a.ui.note("up to %d MB of made-up mail are sent to mailboxes of their own, and removed again", flags.megabytes)
	opts := bench.Options{
		Connections: flags.connections, Bytes: int64(flags.megabytes) * 1e6, Time: flags.time,
		Stopping: func() { a.ui.note("removing what was made; if you stop that too, the next unpop bench does it") },
	}
	if !a.ui.json {
		opts.Met, opts.Measured = a.tellMet, a.tellMeasured
	}
	result, err := bench.Run(cmd.Context(), target, opts)
	return a.tellBench(cmd.Context(), result, err)
}

// tellMet prints what is known before anything is sent, and the head of the table. Its lines follow one by one.
func (a *app) tellMet(r *bench.Result) {
	list := table{columns: []column{{}, {}}}
	list.add("server", shorten(r.Server, columns-14))
	list.add("round trip", milliseconds(r.RoundTrip))
	list.add("can do", strings.Join(notable(r.Capabilities), " "))
	if r.AppendMax > 0 {
		list.add("largest", progress.Bytes(r.AppendMax)+" a message")
	}
	if r.HasQuota {
		list.add("room", progress.Bytes(max(r.QuotaLimit-r.QuotaUsed, 0)))
	}
	a.ui.printf("%s", list.body())
	if r.Leftovers > 0 {
		a.ui.printf("removed     %s that an earlier run had left\n", counted(int64(r.Leftovers), "mailbox"))
	}
	if r.Unsafe == "" {
		a.ui.printf("\n%32s%24s%24s\n%-26s%6s%24s%24s\n", "", "3 kB a message", "75 kB a message", "sent", "conns", "messages/s      MB/s", "messages/s      MB/s")
	}
}

// notableCaps are the capabilities that decide how mail is sent, or what becomes of it.
var notableCaps = []string{"LITERAL+", "LITERAL-", "MULTIAPPEND", "UIDPLUS", "MOVE", "SPECIAL-USE", "QUOTA", "X-GM-EXT-1"}

func notable(all []string) (names []string) {
	for _, name := range notableCaps {
		if slices.Contains(all, name) {
			names = append(names, name)
		}
	}
	return names
}

func milliseconds(d time.Duration) string {
	if d < 10*time.Millisecond {
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	}
	return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
}

func (a *app) tellMeasured(r bench.Row) {
	a.ui.printf("%-26s%6d%s%s\n", r.Way, r.Connections, figure(r.Small), figure(r.Average))
}

// figure is two columns of the table.
func figure(f bench.Figure) string {
	if f.Messages == 0 {
		return fmt.Sprintf("%14s%10s", "-", "-")
	}
	return fmt.Sprintf("%14s%10s", decimals(f.Rate()), decimals(f.Speed()/1e6))
}

// decimals writes a number with two or three digits.
func decimals(x float64) string {
	switch {
	case x >= 99.5:
		return progress.Count(int64(x + 0.5))
	case x >= 9.95:
		return fmt.Sprintf("%.0f", x)
	case x >= 0.95:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.2f", x)
	}
}

// tellBench prints the rest, also after an error: what was measured till then holds.
func (a *app) tellBench(ctx context.Context, r *bench.Result, err error) error {
	for _, name := range r.Left {
		a.ui.warn(fmt.Sprintf("mailbox %q could not be removed; the next unpop bench tries again", name))
	}
	if a.ui.json {
		if len(r.Ways) == 0 {
			return err
		}
		if failed := a.ui.object(benchObject(r)); failed != nil {
			return failed
		}
		return err
	}
	if err != nil || ctx.Err() != nil {
		return err
	}
	if r.Granted > 0 {
		a.ui.printf("\nThe server gives no more than %s at once.\n", counted(int64(r.Granted), "connection"))
	}
	a.ui.printf("\n%s", choice(r))
	if r.Unsafe != "" {
		a.ui.printf("Nothing was sent: %s.\n", r.Unsafe)
		return nil
	}
	a.ui.printf("Sent and removed again: %s, %s.\n", counted(int64(r.Messages), "message"), progress.Bytes(r.Bytes))
	return nil
}
