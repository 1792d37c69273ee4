package pst

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
)

// exported runs pffexport on a data file and returns where it wrote the items.
func exported(t *testing.T, file string) string {
	t.Helper()
	program, err := exec.LookPath("pffexport")
	if err != nil {
		t.Skip(err)
	}
	out := filepath.Join(t.TempDir(), "out")
	args := []string{"-q", "-t", out, file}
	if strings.Contains(file, "CP932") {
		args = append([]string{"-c", "windows-932"}, args...)
	}
	_ = exec.CommandContext(t.Context(), program, args...).Run() // it fails where it finds nothing
	return out + ".export"
}

// bag counts texts.
type bag map[string]int

func (b bag) add(text string) {
	if text = strings.Join(strings.Fields(text), " "); text != "" {
		b[text]++
	}
}

var tags = regexp.MustCompile(`(?s)<[^>]*>`)

// addText counts a text without control characters and without tags.
func (b bag) addText(text string) {
	b.add(strings.Map(func(r rune) rune {
		if r < ' ' && !strings.ContainsRune("\t\r\n", r) {
			return -1
		}
		return r
	}, tags.ReplaceAllString(text, " ")))
}

// addAddress counts an address; for one of X.500 there is no telling what it should have become.
func (b bag) addAddress(address string) {
	if !strings.HasPrefix(strings.ToUpper(address), "/O=") {
		b.add(address)
	}
}

// without lists what of b is not in other.
func (b bag) without(other bag) []string {
	var missing []string
	for _, text := range slices.Sorted(maps.Keys(b)) {
		if n := b[text] - other[text]; n > 0 {
			missing = append(missing, fmt.Sprintf("%d of %q", n, text))
		}
	}
	return missing
}

// content is what two programs found in the messages of a file.
type content struct{ subjects, senders, recipients, texts, names, sums bag }

func newContent() content { return content{bag{}, bag{}, bag{}, bag{}, bag{}, bag{}} }

// pffContent reads what pffexport wrote, of mail alone.
func pffContent(t *testing.T, dir string) content {
	t.Helper()
	c := newContent()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil || e.IsDir() || !inMail(path):
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch in := filepath.Base(filepath.Dir(path)); {
		case in == "Attachments":
			_, name, _ := strings.Cut(e.Name(), "_")
			c.names.add(name)
			c.sums.add(fmt.Sprintf("%x %d", sha256.Sum256(data), len(data)))
		case e.Name() == "OutlookHeaders.txt":
			c.subjects.add(line(data, "Subject:"))
			if sender := line(data, "Sent representing email address:"); sender != "" {
				c.senders.addAddress(sender)
			} else {
				c.senders.addAddress(line(data, "Sender email address:"))
			}
		case e.Name() == "Message.txt":
			c.texts.addText(string(data))
		case e.Name() == "Recipients.txt":
			for block := range strings.SplitSeq(string(data), "\n\n") {
				c.recipients.addAddress(line([]byte(block), "Email address:"))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// inMail reports whether a path lies in a message or meeting, and not in an appointment, a contact or the like.
func inMail(path string) bool {
	for name := range strings.SplitSeq(filepath.ToSlash(path), "/") {
		for _, other := range []string{"Appointment0", "Contact0", "Task0", "Note0", "Activity0", "DistributionList0"} {
			if strings.HasPrefix(name, other) {
				return false
			}
		}
	}
	return true
}

func line(data []byte, field string) string {
	for text := range strings.SplitSeq(string(data), "\n") {
		if value, ok := strings.CutPrefix(text, field); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// ourContent reads the same from our messages.
func ourContent(t *testing.T, s *Source) content {
	t.Helper()
	c := newContent()
	for part := range s.Parts(t.Context()) {
		for copied, err := range part.Copies(t.Context()) {
			if err != nil {
				t.Errorf("%v", err)
				continue
			}
			text, err := read(t, s, part.Info().Name, copied.Ref)
			if err != nil {
				t.Errorf("%v", err)
				continue
			}
			e, err := message.Read(strings.NewReader(text))
			if err == nil {
				err = c.take(e)
			}
			if err != nil {
				t.Errorf("%s: %v", copied.Ref, err)
			}
		}
	}
	return c
}

var addresses = regexp.MustCompile(`[^\s<>,;"]+@[^\s<>,;"]+`)

// take adds a message and those in it.
func (c content) take(e *message.Entity) error {
	h := mail.Header{Header: e.Header}
	if subject, err := h.Subject(); err == nil {
		c.subjects.add(subject)
	}
	for _, field := range []string{"From", "To", "Cc", "Bcc"} {
		text, _ := h.Text(field)
		for _, address := range addresses.FindAllString(strings.ReplaceAll(text, `"`, ""), -1) { // also those that no reader takes
			if field == "From" {
				c.senders.add(address)
			} else {
				c.recipients.add(address)
			}
		}
	}
	return c.takeParts(e)
}

func (c content) takeParts(e *message.Entity) error {
	kind, _, _ := e.Header.ContentType()
	if kind == "message/rfc822" {
		inner, err := message.Read(e.Body)
		if err != nil {
			return err
		}
		return c.take(inner)
	}
	if parts := e.MultipartReader(); parts != nil {
		for {
			p, err := parts.NextPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := c.takeParts(p); err != nil {
				return err
			}
		}
	}
	a := mail.AttachmentHeader{Header: e.Header}
	if name, err := a.Filename(); err == nil {
		c.names.add(name)
	}
	data, err := io.ReadAll(e.Body)
	if strings.HasPrefix(kind, "text/") { // HTML alone where the header says that it was sent so
		c.texts.addText(string(data))
	}
	c.sums.add(fmt.Sprintf("%x %d", sha256.Sum256(data), len(data)))
	return err
}

// explained is, by file, what pffexport has and we have not: what it calls an attachment is the message itself, which was signed; a text is
// followed by rubbish, at which it stops.
var explained = map[string]map[string]string{
	"TEST.pst": {"names": "Attachment.txt", "attachments": "a1420c290d953deeaec59d2b64a494a59dee72a0eb3fbb3541f3ef108f44b39b 4696"},
	"search.pst": {"texts": "This is an evaluation copy of Aspose.Email for Java View EULA Online: " +
		"http://www.aspose.com/corporate/purchase/end-user-license-agreement.aspx ------------------------------"},
}

// All that pffexport finds in mail, we have: subjects, senders, recipients, texts, attachments by name and by content.
func TestCorporaContent(t *testing.T) {
	t.Parallel()
	for _, file := range corpora(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			theirs, ours := pffContent(t, exported(t, file)), ourContent(t, open(t, file))
			for what, pair := range map[string][2]bag{
				"subjects": {theirs.subjects, ours.subjects}, "senders": {theirs.senders, ours.senders},
				"recipients": {theirs.recipients, ours.recipients}, "texts": {theirs.texts, ours.texts}, "names": {theirs.names, ours.names}, "attachments": {theirs.sums, ours.sums},
			} {
				delete(pair[0], explained[filepath.Base(file)][what])
				if missing := pair[0].without(pair[1]); len(missing) > 0 {
					t.Errorf("%s: missing %s", what, strings.Join(missing, ", "))
				}
			}
		})
	}
}
