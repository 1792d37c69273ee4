package cli

import (
	"os"
	"testing"
)

// oneMessage is the smallest mbox that there is.
const oneMessage = "From a@example.org Mon Jan  1 10:00:00 2024\nFrom: a@example.org\nSubject: s\n\ntext\n"

// writeFile writes a file and returns its place.
func writeFile(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
