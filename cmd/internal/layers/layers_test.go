package layers

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rules say which of our packages a package may import, beside those below itself. The first that fits a package is its
// rule. A pattern that ends with "/..." stands for a package and all below it.
var rules = []struct {
	of  string
	may []string
}{
	{"dedupe/...", nil},
	{"examples", nil},
	{"state/...", []string{"dedupe"}},
	{"migrate/mutf7", nil},
	{"migrate/mend", nil},
	{"migrate/mapi/...", []string{"migrate/mapi/..."}},
	{"migrate", []string{"state", "dedupe", "migrate/mend"}},
	{"migrate/migratetest/...", []string{"migrate", "state", "dedupe"}},
	// A profile is made of mbox files and Maildirs; otherwise a source doesn't know another.
	{"migrate/source/thunderbird/...", []string{"migrate", "dedupe", "migrate/mutf7", "migrate/source/mbox/...", "migrate/source/maildir/..."}},
	// What was fetched from a POP3 server is kept in a Maildir.
	{"migrate/source/pop3/...", []string{"migrate", "dedupe", "migrate/source/maildir"}},
	// The files of Outlook hold MAPI items, which another package makes mail of.
	{"migrate/source/outlook", []string{"migrate", "migrate/mutf7", "migrate/mapi"}},
	{"migrate/source/pst", []string{"migrate", "migrate/mapi", "migrate/source/outlook", "migrate/source/pst/..."}},
	{"migrate/source/pst/...", []string{"migrate/source/pst/..."}},
	{"migrate/source/msg", []string{"migrate", "migrate/mapi/...", "migrate/source/outlook"}},
	// Package source tells which kind a place is of.
	{"migrate/source", []string{"migrate", "dedupe", "migrate/source/..."}},
	{"migrate/source/*", []string{"migrate", "dedupe", "migrate/mutf7"}},
	{"migrate/target/imap/imaptest", []string{"migrate", "migrate/migratetest"}}, // servers, and lines to them
	{"migrate/target/*", []string{"migrate", "dedupe", "migrate/mutf7"}},
	{"migrate/batch/...", []string{"migrate", "migrate/source/...", "migrate/target/...", "state"}},
	{"examples/library", []string{"migrate", "migrate/source", "migrate/target/...", "state"}}, // programs that use the packages
	{"examples/bench", nil}, // it builds the program and runs it, as a user would
	{"cmd/...", []string{"cmd/internal/...", "migrate/...", "state", "dedupe", "examples"}},
}

// homes say where a package from elsewhere may be imported.
var homes = []struct {
	foreign string
	at      []string
}{
	{"modernc.org/sqlite/...", []string{"state/..."}},
	{"database/sql/...", []string{"state/..."}},
	{"github.com/emersion/go-imap/...", []string{"migrate/target/imap/...", "examples/bench"}}, // which measures it
	{"github.com/knadh/go-pop3/...", []string{"migrate/source/pop3"}},
	{"github.com/schollz/progressbar/...", []string{"cmd/internal/progress"}},
	{"github.com/spf13/cobra/...", []string{"cmd/..."}},
	{"filippo.io/age/...", []string{"cmd/internal/secret"}},
	{"github.com/zalando/go-keyring/...", []string{"cmd/internal/secret"}},
	{"go.yaml.in/yaml/...", []string{"migrate/batch"}},
	{"testing/...", []string{"migrate/migratetest/...", "migrate/target/imap/imaptest/..."}}, // they help tests
}

// matches reports whether a pattern fits a path. "a/*" is what lies below a.
func matches(pattern, path string) bool {
	if root, ok := strings.CutSuffix(pattern, "/..."); ok {
		return path == root || strings.HasPrefix(path, root+"/")
	}
	if root, ok := strings.CutSuffix(pattern, "/*"); ok {
		return strings.HasPrefix(path, root+"/")
	}
	return path == pattern
}

func matchesAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, path) })
}

// kind is the part of a path that makes a unit: a source with all its packages, a target with all of its.
func kind(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) > 2 && parts[0] == "migrate" && (parts[1] == "source" || parts[1] == "target") {
		return strings.Join(parts[:3], "/") + "/..."
	}
	return path + "/..."
}

// fault says what is wrong with an import of one of our packages by another, and is empty where nothing is.
func fault(pkg, imported string) string {
	for _, rule := range rules {
		if !matches(rule.of, pkg) {
			continue
		}
		if matchesAny(rule.may, imported) || pkg != "migrate" && matches(kind(pkg), imported) {
			return ""
		}
		return fmt.Sprintf("%s imports %s; it may import %v", pkg, imported, rule.may)
	}
	return pkg + ": no rule; add the package to the layers"
}

// foreignFault is the same for a package from elsewhere.
func foreignFault(pkg, imported string) string {
	for _, home := range homes {
		if matches(home.foreign, imported) && !matchesAny(home.at, pkg) {
			return fmt.Sprintf("%s imports %s; only %v may", pkg, imported, home.at)
		}
	}
	return ""
}

func goList(t *testing.T, args ...string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

func TestImportsGoDown(t *testing.T) {
	t.Parallel()
	module := goList(t, "-m")[0]
	ours := func(path string) (string, bool) { return strings.CutPrefix(path, module+"/") }
	for _, line := range goList(t, "-e", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, module+"/...") {
		paths := strings.Fields(line)
		pkg, _ := ours(paths[0])
		for _, path := range paths[1:] {
			problem := foreignFault(pkg, path)
			if imported, ok := ours(path); ok {
				problem = fault(pkg, imported)
			}
			if problem != "" {
				t.Error(problem)
			}
		}
	}
}

func TestProgramHoldsNoTestCode(t *testing.T) {
	t.Parallel()
	module := goList(t, "-m")[0]
	for _, path := range goList(t, "-e", "-deps", module+"/cmd/unpop") {
		if matches("testing/...", path) || strings.HasSuffix(path, "/migratetest") || strings.HasSuffix(path, "/imaptest") {
			t.Errorf("the program depends on %s", path)
		}
	}
}

// TestRulesNotice holds that the table refuses what it is there to refuse.
func TestRulesNotice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pkg, imported string
		allowed       bool
	}{
		{"dedupe", "state", false},
		{"state", "dedupe", true},
		{"state", "migrate", false},
		{"migrate", "state", true},
		{"migrate", "migrate/source/mbox", false},
		{"migrate", "migrate/target/imap", false},
		{"migrate/source/mbox", "migrate", true},
		{"migrate/source/mbox", "migrate/source/maildir", false},
		{"migrate/source/mbox", "migrate/target/imap", false},
		{"migrate/source/thunderbird", "migrate/source/mbox", true},
		{"migrate/source/thunderbird", "migrate/source/pst", false},
		{"migrate/source/pst/ltp", "migrate/source/pst/ndb", true},
		{"migrate/source/pst/ltp", "migrate/mapi", false},
		{"migrate/source/pst", "migrate/mapi", true},
		{"migrate/source/mbox", "migrate/mapi", false},
		{"migrate/mapi", "migrate", false},
		{"migrate/source", "migrate/source/pst", true},
		{"migrate/source/pst", "migrate/source", false},
		{"migrate/target/imap", "migrate/source/mbox", false},
		{"migrate/batch", "migrate/target/imap", true},
		{"migrate/batch", "cmd/internal/cli", false},
		{"examples", "cmd/internal/cli", false},
		{"cmd/unpop", "cmd/internal/cli", true},
		{"newcomer", "migrate", false},
	} {
		if got := fault(c.pkg, c.imported); (got == "") != c.allowed {
			t.Errorf("%s imports %s: got %q, want it allowed: %v", c.pkg, c.imported, got, c.allowed)
		}
	}
	if foreignFault("migrate", "modernc.org/sqlite") == "" || foreignFault("state", "modernc.org/sqlite") != "" {
		t.Error("the SQLite driver belongs to state, and only there")
	}
	if foreignFault("migrate/target/imap/wire", "github.com/emersion/go-imap/v2") != "" || foreignFault("cmd/unpop", "testing") == "" {
		t.Error("homes: got a wrong answer")
	}
}
