// Package cli is unpop's command line: one file per command, the words that a person reads, and the exit statuses.
package cli

import (
	"context"
	"io"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// Main runs the command line that args are (without the program's name) and returns the exit status. What was asked for
// goes to stdout, all else to stderr. When ctx ends the work stops within a second, and can be gone on with.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	a := &app{ui: ui{out: stdout, err: stderr}}
	root := a.root()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return a.finish(ctx, root.ExecuteContext(ctx))
}

// app is one call of the program.
type app struct {
	ui    ui
	begun bool // something is in a ledger that the next call goes on with
}

// root is the command that only holds the others.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "unpop COMMAND",
		Short:         "Bring mail that POP3 left on people's computers back to the server, each message once.",
		Version:       version(),
		SilenceErrors: true, SilenceUsage: true,
		Args: cobra.ArbitraryArgs, // so that an unknown command comes to us
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return overview(cmd)
			}
			return usagef(cmd, "unknown command %q", args[0]).hinted(didYouMean(cmd, args[0]))
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef(cmd, "%s", withoutStrconv(err)).hinted(cmd.CommandPath() + " --help lists the flags")
	})
	root.SetHelpFunc(help)
	root.SetVersionTemplate("unpop {{.Version}}\n")
	root.AddCommand(a.scan(), a.plan(), a.migrate(), a.batch(), a.status(), a.verify(), a.report(), a.why(), a.clean(), a.undo(), a.bench(), a.demo())
	return root
}

// withoutStrconv takes the name of a Go function out of a flag's error.
func withoutStrconv(err error) string {
	text, _, _ := strings.Cut(err.Error(), ": strconv.")
	return text
}

// didYouMean is the hint for a command that there is not.
func didYouMean(root *cobra.Command, name string) string {
	root.SuggestionsMinimumDistance = 2
	if near := root.SuggestionsFor(name); len(near) > 0 {
		return "did you mean unpop " + near[0] + "?"
	}
	return "unpop without arguments lists the commands"
}

// version is what the build says of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
