package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// overviewText is what somebody sees who types the bare name of the program.
const overviewText = `unpop brings mail that POP3 left on people's computers back to the server,
in IMAP folders, each message once.

See it work, with nothing to set up:
  unpop demo

What is there, and what would happen? Nothing is changed:
  unpop scan ~/.thunderbird
  unpop plan --to imaps://anna@imap.example.it ~/.thunderbird /mnt/pc2/mail

Do it. The same command again goes on where it stopped:
  unpop migrate --to imaps://anna@imap.example.it ~/.thunderbird /mnt/pc2/mail
`

func overview(cmd *cobra.Command) error {
	var b strings.Builder
	b.WriteString(overviewText)
	b.WriteString(listed(cmd))
	b.WriteString("\nunpop COMMAND --help tells more.\n")
	_, err := fmt.Fprint(cmd.OutOrStdout(), b.String())
	return err
}

// listed lists the commands below one.
func listed(cmd *cobra.Command) string {
	var b strings.Builder
	for _, c := range inOrder(cmd.Commands()) {
		if c.IsAvailableCommand() {
			fmt.Fprintf(&b, "  %-11s %s\n", c.Name(), firstLower(strings.TrimSuffix(c.Short, ".")))
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "\nCommands:\n" + b.String()
}

// order is how the commands are listed: as they are needed.
var order = []string{"scan", "plan", "migrate", "batch", "status", "verify", "report", "why", "clean", "undo", "bench", "demo"}

func inOrder(commands []*cobra.Command) []*cobra.Command {
	place := func(c *cobra.Command) int {
		if i := slices.Index(order, c.Name()); i >= 0 {
			return i
		}
		return len(order)
	}
	return slices.SortedStableFunc(slices.Values(commands), func(a, b *cobra.Command) int { return place(a) - place(b) })
}

// help prints what --help asks for: a sentence, usage, examples, flags in order of importance, exit statuses.
func help(cmd *cobra.Command, _ []string) {
	if !cmd.HasParent() {
		_ = overview(cmd)
		return
	}
	var b strings.Builder
	text := cmd.Long
	if text == "" {
		text = cmd.Short
	}
	fmt.Fprintf(&b, "%s\n\nUsage:\n  %s\n", strings.TrimSpace(text), cmd.UseLine())
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", strings.TrimRight(cmd.Example, "\n"))
	}
	b.WriteString(listed(cmd))
	if flag := cmd.Flags().Lookup("help"); flag != nil {
		flag.Usage = "show this"
	}
	if flags := cmd.LocalFlags(); flags.HasAvailableFlags() {
		fmt.Fprintf(&b, "\nFlags:\n%s", flags.FlagUsagesWrapped(columns))
	}
	if statuses := cmd.Annotations[exitAnnotation]; statuses != "" {
		fmt.Fprintf(&b, "\nExit status:\n%s", statuses)
	}
	_, _ = fmt.Fprint(cmd.OutOrStdout(), b.String())
}

// exitAnnotation is where a command keeps its part of the table of exit statuses.
const exitAnnotation = "exit"

// exits says how a command may end.
func exits(statuses ...int) map[string]string {
	var b strings.Builder
	for _, status := range statuses {
		fmt.Fprintf(&b, "  %3d  %s\n", status, statusText[status])
	}
	return map[string]string{exitAnnotation: b.String()}
}

func firstLower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
