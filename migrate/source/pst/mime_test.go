package pst

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // for the charsets of mail

	"unpop/migrate/mapi"
	"unpop/migrate/migratetest"
)

// mimeMessage is a message of the corpora.
type mimeMessage struct {
	name     string
	text     []byte
	original map[string]bool // fields that it or a message in it got from the header that travelled, in lower case
}

// originals notes the names of the fields that travelled.
func originals(m mapi.Message, fields map[string]bool) {
	for line := range strings.SplitSeq(mapi.Text(m, 0x007D, 0), "\n") {
		if name, _, ok := strings.Cut(line, ":"); ok {
			fields[strings.ToLower(strings.TrimSpace(name))] = true
		}
	}
	for a, err := range m.Attachments() {
		if err == nil {
			if inner, err := a.Message(); err == nil {
				originals(inner, fields)
			}
		}
	}
}

// everyMessage calls visit for each message of the corpora, converted.
func everyMessage(t *testing.T, visit func(t *testing.T, m mimeMessage)) {
	t.Helper()
	for _, file := range corpora(t) {
		s := open(t, file)
		for part, err := range s.Parts(t.Context()) {
			if err != nil {
				t.Errorf("%s: %v", file, err)
				continue
			}
			for c, err := range part.Copies(t.Context()) {
				if err != nil {
					t.Errorf("%s: %v", file, err)
					continue
				}
				text, err := read(t, s, part.Info().Name, c.Ref)
				if err != nil {
					t.Errorf("%s: %v", file, err)
					continue
				}
				m := mimeMessage{part.Info().Name + "/" + c.Ref, []byte(text), map[string]bool{"message-id": true}} // an odd id is kept
				_, folder, _ := strings.Cut(part.Info().Name, "/")
				if item, _, err := s.files[0].find(folder, c.Ref); err == nil {
					originals(item, m.original)
				}
				visit(t, m)
			}
		}
	}
}

var boundaryParam = regexp.MustCompile(`(?i)boundary="?([^";\r\n]+)`)

// faults says what is wrong with a message's form.
func faults(text []byte) []string {
	var all []string
	note := func(yes bool, what string) {
		if yes {
			all = append(all, what)
		}
	}
	header, body, ok := bytes.Cut(text, []byte("\r\n\r\n"))
	note(!ok, "no end of the header")
	note(bytes.IndexByte(text, 0) >= 0, "a NUL")
	bare := bytes.ReplaceAll(text, []byte("\r\n"), nil)
	note(bytes.ContainsAny(bare, "\r\n"), "a line end that is not CRLF")
	for line := range bytes.SplitSeq(text, []byte("\r\n")) {
		if len(line) > 998 {
			note(true, "a line of more than 998 octets")
			break
		}
	}
	for _, c := range header {
		if c >= 0x80 {
			note(true, "8-bit text in the header")
			break
		}
	}
	for _, field := range []string{"From", "Date", "Message-ID", "MIME-Version", "Content-Type"} {
		n := len(regexp.MustCompile(`(?im)^`+field+`:`).FindAll(header, -1))
		note(n != 1, fmt.Sprintf("%d fields %s", n, field))
	}
	note(bytes.Contains(header, []byte("MAILER-DAEMON")) && bytes.Contains(header, []byte("\nFrom: \"MAILER-DAEMON")), "an invented sender")
	note(regexp.MustCompile(`(?im)^From:[^\n]*<?/o=`).Match(header), "an X.500 name for an address")
	seen := map[string]bool{}
	for _, m := range boundaryParam.FindAllSubmatch(text, -1) {
		note(seen[string(m[1])], "a boundary used twice")
		seen[string(m[1])] = true
	}
	_ = body
	return all
}

// walkParts lists the leaves of a message, and what is wrong with its structure.
func walkParts(e *message.Entity, depth int, leaf func(kind string, e *message.Entity) error) error {
	kind, _, err := e.Header.ContentType()
	if err != nil {
		return fmt.Errorf("content type: %w", err)
	}
	if depth > 40 {
		return errors.New("too deep")
	}
	if kind == "message/rfc822" {
		inner, err := message.Read(e.Body)
		if err != nil {
			return fmt.Errorf("message in a message: %w", err)
		}
		return walkParts(inner, depth+1, leaf)
	}
	parts := e.MultipartReader()
	if parts == nil {
		return leaf(kind, e)
	}
	n := 0
	for {
		p, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
		n++
		if err := walkParts(p, depth+1, leaf); err != nil {
			return err
		}
	}
	if n == 0 || n == 1 && kind != "multipart/signed" {
		return fmt.Errorf("%s with %d parts", kind, n)
	}
	return nil
}

// Every message of every file has the form that RFC 5322 and MIME ask for, and other programs' readers agree.
func TestCorporaMIME(t *testing.T) {
	t.Parallel()
	n := 0
	everyMessage(t, func(t *testing.T, converted mimeMessage) {
		n++
		name, text := converted.name, converted.text
		for _, fault := range faults(text) {
			t.Errorf("%s: %s", name, fault)
		}
		m, err := mail.ReadMessage(bytes.NewReader(text))
		if err != nil {
			t.Errorf("%s: net/mail: %v", name, err)
			return
		}
		if _, err := m.Header.Date(); err != nil && !converted.original["date"] {
			t.Errorf("%s: date %q: %v", name, m.Header.Get("Date"), err)
		}
		for _, field := range []string{"From", "To", "Cc", "Bcc", "Reply-To"} {
			if value := m.Header.Get(field); value != "" && !converted.original[strings.ToLower(field)] {
				parser := mail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: message.CharsetReader}}
				if _, err := parser.ParseList(value); err != nil && !strings.HasSuffix(value, ":;") {
					t.Errorf("%s: %s %q: %v", name, field, value, err)
				}
			}
		}
		e, err := message.Read(bytes.NewReader(text))
		if err == nil {
			err = walkParts(e, 0, func(_ string, e *message.Entity) error { _, err := io.Copy(io.Discard, e.Body); return err })
		}
		if err != nil {
			t.Errorf("%s: go-message: %v", name, err)
		}
	})
	t.Logf("%d messages", n)
}

// pythonDefects prints what Python's parser finds wrong with each of the files named on its standard input.
const pythonDefects = `
import sys, json, email, email.policy
for name in sys.stdin.read().splitlines():
    with open(name, "rb") as f:
        m = email.message_from_binary_file(f, policy=email.policy.default)
    bad = []
    for part in m.walk():
        bad += [["", repr(d)] for d in part.defects]
        for field, value in part.items():
            bad += [[field, repr(d)] for d in getattr(value, "defects", ())]
        if not part.is_multipart():
            try:
                part.get_content() if part.get_content_maintype() == "text" else part.get_payload(decode=True)
            except Exception as e:
                bad.append(["content", repr(e)])
    print(json.dumps({"Name": name, "Bad": bad}))
`

// Python's parser finds no defect in any message.
func TestCorporaPython(t *testing.T) {
	t.Parallel()
	if migratetest.Racing {
		t.Skip("one goroutine, and the same one as in TestCorporaMIME")
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	var files []string
	messages := map[string]mimeMessage{}
	everyMessage(t, func(t *testing.T, m mimeMessage) {
		file := filepath.Join(dir, fmt.Sprintf("%d.eml", len(files)))
		if err := os.WriteFile(file, m.text, 0o600); err != nil {
			t.Fatal(err)
		}
		files, messages[file] = append(files, file), m
	})
	run := exec.CommandContext(t.Context(), python, "-c", pythonDefects)
	run.Stdin = strings.NewReader(strings.Join(files, "\n"))
	out, err := run.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, line := range lines {
		var result struct {
			Name string
			Bad  [][2]string
		}
		if err := json.Unmarshal([]byte(line), &result); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		for _, bad := range result.Bad {
			if m := messages[result.Name]; !m.original[strings.ToLower(bad[0])] {
				t.Errorf("%s: %s: %s", m.name, bad[0], bad[1])
			}
		}
	}
	if len(lines) != len(files) {
		t.Errorf("got %d answers, want %d", len(lines), len(files))
	}
}
