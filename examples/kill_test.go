package examples_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"unpop/examples"
	"unpop/migrate/target/imap/imaptest"
)

// oldMail is how many messages lie in the archive that is added to Anna's mail, so that there is time to kill.
const oldMail = 1500

// TestAnnaKilled kills the program with SIGKILL at random moments, ten times, and lets it end then.
func TestAnnaKilled(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("takes a while, and needs SIGKILL")
	}
	t.Parallel()
	server, dir := imaptest.Dovecot(t, imaptest.DovecotOptions{}), t.TempDir()
	run := killable(t, server, dir)
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	killed := 0
	for i := range 10 {
		latest := 700 * time.Millisecond // long before the end
		if i >= 4 {
			latest = 4 * time.Second
		}
		if err := run.kill(time.Duration(random.Int64N(int64(latest))) + 20*time.Millisecond); err != nil {
			killed++
		}
	}
	if killed < 3 {
		t.Errorf("seed %d: killed %d times, want the test to kill", seed, killed)
	}
	first := run.toTheEnd()
	if first["seen"] != examples.Copies+oldMail || first["uploaded"]+first["present"] != float64(len(examples.Expected)+oldMail) {
		t.Errorf("seed %d: got %v, want %d copies and %d messages", seed, first, examples.Copies+oldMail, len(examples.Expected)+oldMail)
	}
	checkArchive(t, server)
	again := run.toTheEnd()
	if again["uploaded"] != 0 || again["bytes_uploaded"] != 0 || again["verified"] != float64(len(examples.Expected)+oldMail) {
		t.Errorf("seed %d: further run: got %v, want nothing sent", seed, again)
	}
	t.Logf("killed %d of 10 times; last run sent %v of %d messages", killed, first["uploaded"], len(examples.Expected)+oldMail)
}

// program is the command line of a migration.
type program struct {
	t    *testing.T
	args []string
}

// killable builds the program and lays out Anna's mail and an old archive.
func killable(t *testing.T, server *imaptest.Server, dir string) *program {
	t.Helper()
	binary := filepath.Join(dir, "unpop")
	if out, err := exec.Command("go", "build", "-o", binary, "unpop/cmd/unpop").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	if err := examples.Unpack(dir); err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(dir, "Vecchio archivio.mbox")
	for name, content := range map[string]string{archive: oldMbox(), filepath.Join(dir, "ca.pem"): string(server.CertPEM), filepath.Join(dir, "password"): imaptest.Password} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{
		binary, "migrate", "--to", server.Options(imaptest.User).String(), "--tls-ca", filepath.Join(dir, "ca.pem"),
		"--password-file", filepath.Join(dir, "password"), "--state", filepath.Join(dir, "ledger.db"), "--json", archive,
	}
	return &program{t, append(args, examples.Sources(dir)...)}
}

// oldMbox is an archive with messages of every kind that makes a doubt hard: without Message-ID, of equal size, of some size.
func oldMbox() string {
	var text strings.Builder
	for i := range oldMail {
		id := fmt.Sprintf("Message-ID: <old%d@test>\n", i)
		if i%3 == 0 {
			id = ""
		}
		body := strings.Repeat("Vecchie storie. ", 4)
		if i%50 == 0 {
			body = strings.Repeat("Una storia lunga.\n", 8000)
		}
		fmt.Fprintf(&text, "From - Mon Jan  6 08:00:00 2014\n%sDate: Mon, 06 Jan 2014 08:00:00 +0000\nFrom: <zia@example.it>\nSubject: old %04d\n\n%s\n\n", id, i, body)
	}
	return text.String()
}

// kill runs the program for a while and kills it; nil says that it had ended before.
func (p *program) kill(after time.Duration) error {
	p.t.Helper()
	command := exec.Command(p.args[0], p.args[1:]...)
	if err := command.Start(); err != nil {
		p.t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = command.Process.Kill() })
	defer timer.Stop()
	return command.Wait()
}

// toTheEnd runs the program and returns its account.
func (p *program) toTheEnd() map[string]float64 {
	p.t.Helper()
	var stderr strings.Builder
	command := exec.Command(p.args[0], p.args[1:]...)
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		p.t.Fatalf("%v\n%s\n%s", err, out, stderr.String())
	}
	fields, err := lastLine(string(out))
	if err != nil {
		p.t.Fatalf("%v in %q", err, out)
	}
	return fields
}

// lastLine reads the JSON object of the last line.
func lastLine(out string) (map[string]float64, error) {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var all map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &all); err != nil {
		return nil, err
	}
	numbers := map[string]float64{}
	for name, value := range all {
		if n, ok := value.(float64); ok {
			numbers[name] = n
		}
	}
	if len(numbers) == 0 {
		return nil, errors.New("no numbers")
	}
	return numbers, nil
}

// checkArchive holds the account to Anna's mail and the archive, each message once.
func checkArchive(t *testing.T, server *imaptest.Server) {
	t.Helper()
	seen := map[string]int{}
	for _, m := range server.Dump(t, imaptest.User)["Vecchio archivio"] {
		_, rest, _ := strings.Cut(string(m.Body), "Subject: ")
		subject, _, _ := strings.Cut(rest, "\r\n")
		seen[subject]++
	}
	for i := range oldMail {
		if name := fmt.Sprintf("old %04d", i); seen[name] != 1 {
			t.Errorf("%s arrived %d times", name, seen[name])
		}
	}
	if len(seen) != oldMail {
		t.Errorf("archive has %d subjects, want %d", len(seen), oldMail)
	}
	compareBut(t, server, "Vecchio archivio")
}
