package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// build makes the program as a user would have it.
func build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "unpop")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "unpop/cmd/unpop").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w: %s", err, tail(out))
	}
	return binary, nil
}

// account is what "unpop migrate --json" ends with, as far as it matters here.
type account struct {
	Uploaded      int64   `json:"uploaded"`
	Verified      int64   `json:"verified"`
	UploadSeconds float64 `json:"upload_seconds"`
}

// migrating runs "unpop migrate" with so many connections; 0 leaves that to it.
func migrating(binary string, connections int) func(context.Context, *job) (timing, error) {
	return func(ctx context.Context, j *job) (timing, error) {
		passwordFile := filepath.Join(j.dir, "password")
		if err := os.WriteFile(passwordFile, []byte(password+"\n"), 0o600); err != nil {
			return timing{}, err
		}
		args := []string{
			"migrate", "--json", "--plaintext", "--to", "imap://" + j.user + "@" + j.addr, "--password-file", passwordFile,
			"--state", filepath.Join(j.dir, "ledger.db"),
		}
		if connections > 0 {
			args = append(args, "--connections", strconv.Itoa(connections))
		}
		command := exec.CommandContext(ctx, binary, append(args, "mbox:"+j.store)...)
		var out, messages bytes.Buffer
		command.Stdout, command.Stderr = &out, &messages
		start := time.Now()
		if err := command.Run(); err != nil {
			return timing{}, fmt.Errorf("%w: %s", err, tail(messages.Bytes()))
		}
		return readAccount(out.Bytes(), j.n, time.Since(start))
	}
}

// readAccount takes the duration of the upload from the last line of the output, and holds the program to its job.
func readAccount(out []byte, n int, whole time.Duration) (timing, error) {
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	var a account
	if err := json.Unmarshal(lines[len(lines)-1], &a); err != nil {
		return timing{}, fmt.Errorf("unpop: account: %w", err)
	}
	if a.Uploaded != int64(n) || a.Verified != int64(n) {
		return timing{}, fmt.Errorf("unpop: uploaded %d and verified %d of %d messages", a.Uploaded, a.Verified, n)
	}
	return timing{upload: time.Duration(a.UploadSeconds * float64(time.Second)), whole: whole}, nil
}
