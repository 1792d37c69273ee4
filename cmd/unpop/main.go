// Command unpop takes the mail that POP3 left scattered over people's machines and puts it back on the server, in IMAP
// folders, each message once. Run it without arguments to see how.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"unpop/cmd/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the first signal asks for a clean end, a second one kills
	os.Exit(cli.Main(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
