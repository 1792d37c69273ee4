package secret

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func write(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "pass")
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestFromFile(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"hunter2": "hunter2", "hunter2\n": "hunter2", "hunter2\r\n": "hunter2", "hunter2\nsecond line\n": "hunter2",
		" spaces count \n": " spaces count ", "\ufeffperché\r\n": "perché", strings.Repeat("x", longest): strings.Repeat("x", longest),
	} {
		v, warning, err := From(t.Context(), Options{File: write(t, text, 0o600)})
		if err != nil || v.Reveal() != want || warning != "" {
			t.Errorf("file of %d bytes: got %d bytes, warning %q, %v; want %d bytes", len(text), len(v.Reveal()), warning, err, len(want))
		}
	}
}

func TestFromBadFile(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "empty", "\n": "empty", "\r\nhunter2": "empty", "a\x00hunter2": "NUL", "hunter2\rx\n": "line end",
		strings.Repeat("hunter2", longest): "longer than",
	} {
		_, _, err := From(t.Context(), Options{File: write(t, text, 0o600)})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("file of %d bytes: got %v, want %q and nothing of the file", len(text), err, want)
		}
	}
	for _, name := range []string{filepath.Join(t.TempDir(), "missing"), t.TempDir()} {
		if _, _, err := From(t.Context(), Options{File: name}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want an error that names %s", err, name)
		}
	}
}

func TestFromFileThatOthersRead(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no permission bits")
	}
	for mode, warns := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: true, 0o604: true, 0o644: true} {
		_, warning, err := From(t.Context(), Options{File: write(t, "hunter2", mode)})
		if err != nil || (warning != "") != warns || strings.Contains(warning, "hunter2") {
			t.Errorf("mode %04o: got warning %q, %v; want one: %v", mode, warning, err, warns)
		}
	}
}

func TestFromEnv(t *testing.T) {
	t.Setenv("UNPOP_TEST_PASSWORD", "hunter2")
	t.Setenv("UNPOP_TEST_EMPTY", "")
	t.Setenv("UNPOP_TEST_LINES", "hunter2\nLOGOUT")
	v, _, err := From(t.Context(), Options{Env: "UNPOP_TEST_PASSWORD"})
	if err != nil || v.Reveal() != "hunter2" {
		t.Errorf("got %q, %v; want the value", v.Reveal(), err)
	}
	for name, want := range map[string]string{"UNPOP_TEST_EMPTY": "empty", "UNPOP_TEST_MISSING": "not set", "UNPOP_TEST_LINES": "line end"} {
		_, _, err := From(t.Context(), Options{Env: name})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}

func TestFromBoth(t *testing.T) {
	t.Parallel()
	if _, _, err := From(t.Context(), Options{File: "a", Env: "b"}); err == nil {
		t.Error("got no error for two places at once")
	}
}

func TestNoTerminalNamesTheWaysOut(t *testing.T) {
	t.Parallel()
	file, err := os.Open(write(t, "hunter2\n", 0o600))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	_, err = prompt(t.Context(), file, os.Stderr, "Password: ")
	if err == nil || !strings.Contains(err.Error(), "--password-file") || !strings.Contains(err.Error(), "--password-env") {
		t.Errorf("got %v, want both flags named", err)
	}
}
