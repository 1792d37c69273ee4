package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"unpop/examples"
	"unpop/migrate"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/memserver"
)

func (a *app) demo() *cobra.Command {
	var keep string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the main job with example mail and a mail server of its own.",
		Long: `Show the main job with example mail and a mail server of its own: Anna's mail
from two PCs goes to an IMAP server in memory, is stopped half-way and gone on
with. Nothing has to be set up, and nothing stays.`,
		Example: `  unpop demo
  unpop demo --keep /tmp/anna`,
		Args: nothing, ValidArgsFunction: cobra.NoFileCompletions,
		Annotations: exits(exitDone, exitError, exitUsage, exitStopped),
		RunE:        func(cmd *cobra.Command, _ []string) error { return a.runDemo(cmd.Context(), keep) },
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&keep, "keep", "", "leave the example mail and the ledger in `DIR`")
	return cmd
}

// Anna's account on the demo's server.
const (
	demoUser     = "anna@example.it"
	demoPassword = "una parola segreta"
)

// The demo's server is as slow as one far away, so that there is something to see.
const (
	demoAppend = 90 * time.Millisecond
	demoSettle = 300 * time.Millisecond
)

func (a *app) runDemo(ctx context.Context, dir string) (err error) {
	if dir == "" {
		if dir, err = os.MkdirTemp("", "unpop-demo-"); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	if err := examples.Unpack(dir); err != nil {
		return err
	}
	server, err := memserver.New(memserver.Options{
		Users: map[string]string{demoUser: demoPassword}, Security: memserver.ImplicitTLS,
		Mailboxes: []migrate.MailboxInfo{
			{Name: "Sent", Role: migrate.RoleSent},
			{Name: "Drafts", Role: migrate.RoleDrafts},
			{Name: "Junk", Role: migrate.RoleJunk},
			{Name: "Trash", Role: migrate.RoleTrash},
		},
	})
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer server.Close() // nothing that it holds is needed any more
	server.Refuse(func(string, int64) *memserver.Answer {
		time.Sleep(demoAppend)
		return nil
	})
	return a.playDemo(ctx, &stage{dir: dir, server: server})
}

// A stage is where the demo plays.
type stage struct {
	dir        string
	server     *memserver.Server
	introduced bool
}

// playDemo runs the same migration three times: stopped, to the end, and with nothing to do.
func (a *app) playDemo(ctx context.Context, s *stage) error {
	a.ui.printf("Anna had POP3 on two PCs for ten years. Thunderbird on one and a Maildir on the\n" +
		"other hold much of the same mail, some of it three times. All of it goes to an\n" +
		"IMAP server on this machine, and is stopped half-way:\n\n")
	if err := a.demoRun(ctx, s, true); err != nil {
		return err
	}
	a.ui.printf("\nThat was as good as Ctrl-C. A power cut would do no harm either: the ledger knew\n" +
		"of each message before it was sent. The same command again goes on:\n\n")
	if err := a.demoRun(ctx, s, false); err != nil {
		return err
	}
	a.ui.printf("\nWhat the server says that it has now:\n\n")
	if err := a.showServer(ctx, s); err != nil {
		return err
	}
	a.ui.printf("\nAnd once more, because somebody always does:\n\n")
	if err := a.demoRun(ctx, s, false); err != nil {
		return err
	}
	a.ui.printf("\nYour own mail: unpop scan ~/.thunderbird\n")
	return nil
}

// demoRun is one call of migrate. halfway stops it when half of the messages are sent, and takes the stop for success.
func (a *app) demoRun(ctx context.Context, s *stage, halfway bool) error {
	j, err := a.demoJob(ctx, s)
	if err != nil {
		return err
	}
	run, cancel := context.WithCancel(ctx)
	defer cancel()
	if halfway {
		go stopHalfway(run, j.opts.Progress, cancel)
	}
	report, err := a.run(run, j)
	err = a.settle(run, j, report, err)
	if halfway && ctx.Err() == nil && errors.Is(err, context.Canceled) {
		err = nil
	}
	return errors.Join(err, j.close())
}

func (a *app) demoJob(ctx context.Context, s *stage) (*job, error) {
	inputs, err := openSources(examples.Sources(s.dir))
	if err != nil {
		return nil, err
	}
	j := &job{inputs: inputs, address: s.address(), target: imap.New(s.address())}
	j.opts = migrate.Options{
		Connections: 2, Settle: demoSettle, Command: "demo", Version: version(), Progress: new(migrate.Progress),
	}
	if err := j.open(ctx, filepath.Join(s.dir, "ledger"+ledgerExt), j.address.String()); err != nil {
		return nil, errors.Join(err, j.close())
	}
	if !s.introduced {
		s.introduced = true
		a.introduce(j.inputs, j.address, j.ledger.Path())
	}
	return j, nil
}

func (s *stage) address() imap.Options {
	addr := s.server.Addr()
	return imap.Options{
		Host: addr.IP.String(), Port: addr.Port, User: demoUser, ImplicitTLS: true, RootCAs: s.server.CertPool(),
		Password: func(context.Context) (migrate.Secret, error) { return demoPassword, nil },
	}
}

// stopHalfway cancels a run when a third of its messages are sent; what is under way then makes it about half.
func stopHalfway(ctx context.Context, p *migrate.Progress, cancel func()) {
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if total := p.TotalMessages.Load(); p.Step() == migrate.StepUpload && total > 0 && p.Messages.Load() >= total/3 {
				cancel()
				return
			}
		}
	}
}
