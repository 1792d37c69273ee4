package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdExpand fills in the variables of the script in files: expand accounts.csv
func cmdExpand(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
}

// cmdLetters writes an mbox with so many messages: letters mail/user1/Inbox 5
func cmdLetters(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "From a@example.org Mon Jan  1 10:00:00 2024\nReceived: from a by b; Mon, 01 Jan 2024 10:00:00 +0000\n"+
			"Message-ID: <%d.%s@test>\nDate: Mon, 01 Jan 2024 10:00:00 +0000\nFrom: a@example.org\nSubject: letter %d\n\ntext %[1]d\n\n", i, filepath.Base(filepath.Dir(args[0])), i)
	}
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[0])), 0o700))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text.String()), 0o600))
}
