package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"unpop/migrate/batch"
	"unpop/migrate/target/imap"
	"unpop/state"
)

// ledgerExt ends the name of a ledger.
const ledgerExt = ".db"

// ledgerFor returns the place of a target's ledger where the user names none.
func ledgerFor(target imap.Options) (string, error) {
	dir, err := ledgerDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, ledgerName(target)), nil
}

func ledgerDir() (string, error) { return ledgerDirOn(runtime.GOOS, os.Getenv, os.UserHomeDir) }

// ledgerDirOn is where ledgers are kept on an operating system: the XDG state directory on Unix, macOS too, and the local
// application data on Windows.
func ledgerDirOn(system string, getenv func(string) string, home func() (string, error)) (string, error) {
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) { // relative ones are to be ignored, says XDG
		return filepath.Join(dir, "unpop"), nil
	}
	if dir := getenv("LOCALAPPDATA"); system == "windows" && dir != "" {
		return filepath.Join(dir, "unpop"), nil
	}
	dir, err := home()
	if err != nil {
		return "", hinted(fmt.Errorf("ledger: no place for it: %w", err), "name a file with --state FILE")
	}
	if system == "windows" {
		return filepath.Join(dir, "AppData", "Local", "unpop"), nil
	}
	return filepath.Join(dir, ".local", "state", "unpop"), nil
}

// longestName leaves room for what is put behind a ledger's name; most file systems take 255 bytes.
const longestName = 180

// ledgerName makes a file name of a target: anna@imap.example.it_993.db.
func ledgerName(target imap.Options) string {
	return shortName(safe(target.User)+"@"+safe(target.Host)+"_"+strconv.Itoa(target.Port)) + ledgerExt
}

// shortName cuts a name that is too long, so that different names stay different.
func shortName(name string) string {
	if len(name) > longestName {
		sum := sha256.Sum256([]byte(name))
		name = name[:longestName] + "~" + hex.EncodeToString(sum[:8])
	}
	return name
}

// safe escapes what some file system doesn't take in a name, so that different names stay different.
func safe(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.+@", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// quarantineFor is the file beside a ledger that keeps the messages which the server refused.
func quarantineFor(ledger string) string {
	return strings.TrimSuffix(ledger, ledgerExt) + ".quarantine.mbox"
}

// onlyLedger finds the ledger where the user names neither it nor the target, and there is only one.
// The flag is that for the target.
func onlyLedger(accountFlag string) (string, error) {
	dir, err := ledgerDir()
	if err != nil {
		return "", err
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("ledger: %w", err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ledgerExt) {
			names = append(names, e.Name())
		}
	}
	switch len(names) {
	case 0:
		return "", hinted(fmt.Errorf("ledger: there is none in %s yet", dir), "unpop migrate begins one; or name one with --state FILE")
	case 1:
		return filepath.Join(dir, names[0]), nil
	default:
		return "", &failure{
			err: fmt.Errorf("ledger: there are %d in %s", len(names), dir), status: exitUsage,
			hint: "say which with " + accountFlag + " URL or --state FILE",
		}
	}
}

// openLedger opens a ledger for writing.
func openLedger(ctx context.Context, path string) (*state.Ledger, error) {
	ledger, err := state.Open(ctx, path)
	var file *fs.PathError
	if errors.As(err, &file) {
		return nil, hinted(err, "the ledger has to be a file that may be written: name one with --state FILE")
	}
	return ledger, err
}

// keptIn is the file that keeps what an account's server refused: a batch has one for each account.
func keptIn(ledger, target string) string {
	if own := batch.QuarantineFile(quarantineDir(ledger), target); own != "" {
		if _, err := os.Stat(own); err == nil {
			return own
		}
	}
	return quarantineFor(ledger)
}
