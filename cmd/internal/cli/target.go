package cli

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"unpop/cmd/internal/secret"
	"unpop/migrate"
	"unpop/migrate/target/imap"
)

// addressHint shows how an account is named, and how to be let in where that is wanted.
func addressHint(cmd *cobra.Command) string {
	hint := "for example " + accountFlag(cmd) + " imaps://anna@imap.example.it"
	if cmd.Flags().Lookup("password-file") != nil {
		hint += "; the password is asked for, or comes from --password-file or --password-env"
	}
	return hint
}

// options reads the address and the certificate file; nothing is asked yet.
func (f *signInFlags) options(cmd *cobra.Command) (imap.Options, error) {
	if f.to == "" {
		return imap.Options{}, usagef(cmd, "--to URL is missing").hinted(addressHint(cmd))
	}
	return f.optionsFor(cmd, f.to)
}

func (f *signInFlags) optionsFor(cmd *cobra.Command, address string) (imap.Options, error) {
	if f.passwordFile != "" && f.passwordEnv != "" {
		return imap.Options{}, usagef(cmd, "--password-file and --password-env exclude each other")
	}
	opts, err := imap.ParseURL(address)
	if err != nil {
		return opts, usagef(cmd, "%w", err).hinted(addressHint(cmd))
	}
	opts.Plaintext = f.plaintext
	if f.tlsCA != "" {
		opts.RootCAs, err = authorities(f.tlsCA)
	}
	return opts, err
}

func authorities(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("tls-ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("tls-ca %s: no certificate in PEM form", file)
	}
	return pool, nil
}

// kept is how many sessions the steps of a run leave to each other; more are never open at once.
const kept = 64

// signIn gets the password and makes sure that the server takes it, before hours of reading.
func (a *app) signIn(ctx context.Context, f *signInFlags, opts imap.Options) (*imap.Target, error) {
	password, warning, err := secret.From(ctx, secret.Options{
		File: f.passwordFile, Env: f.passwordEnv, Prompt: fmt.Sprintf("Password for %s on %s: ", printable(opts.User), opts.Host),
	})
	if err != nil {
		return nil, err
	}
	if warning != "" {
		a.ui.warn(warning)
	}
	if opts.Plaintext && !opts.ImplicitTLS && opts.RootCAs == nil {
		a.ui.warn("--plaintext: mail and password may travel in the clear, and no certificate is verified")
	}
	opts.Password = func(context.Context) (migrate.Secret, error) { return migrate.Secret(password.Reveal()), nil }
	opts.Keep, opts.Version = kept, version()
	target := imap.New(opts)
	return target, knock(ctx, target)
}

// An unreachable server is tried a few times before anything was done, and not again where that took long: a typing error shows soon.
const (
	knocks    = 3
	longKnock = 10 * time.Second
)

// knock signs in and out again. A server that asks to wait is waited for later, by the engine.
func knock(ctx context.Context, target migrate.Target) error {
	began := time.Now()
	for try := 1; ; try++ {
		session, err := target.Dial(ctx)
		if err == nil {
			_ = session.Close() // it has shown what it should
			return nil
		}
		var problem *migrate.TargetError
		if !errors.As(err, &problem) {
			return err
		}
		switch {
		case problem.Kind == migrate.Busy || problem.Kind == migrate.Crowded:
			return nil
		case problem.Kind != migrate.Broken:
			return err
		case problem.Hint != "" && time.Since(began) > longKnock:
			return err
		case try == knocks || time.Since(began) > longKnock:
			return hinted(err, "check host, port and network; nothing was done yet")
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
