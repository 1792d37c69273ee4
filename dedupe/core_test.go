package dedupe

import (
	"strings"
	"testing"
)

// alternatives is a mail of two forms within a mixed one, beside an attachment.
func alternatives(text, html, file string) string {
	return strings.ReplaceAll("Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: multipart/alternative; boundary=a\n\n"+
		"--a\nContent-Type: text/plain\n\n"+text+"\n--a\nContent-Type: text/html\n\n"+html+"\n--a--\n--m\nContent-Type: text/csv\n\n"+file+"\n--m--\n", "\n", "\r\n")
}

func coreOf(t *testing.T, message string) Digest {
	t.Helper()
	d, err := Core(strings.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCore(t *testing.T) {
	t.Parallel()
	base := coreOf(t, alternatives("one", "<b>one</b>", "1,2"))
	only := strings.ReplaceAll("Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/html\n\n<b>one</b>\n"+
		"--m\nContent-Type: text/csv\n\n1,2\n--m--\n", "\n", "\r\n")
	for name, c := range map[string]struct {
		message string
		same    bool
	}{
		"other text":       {alternatives("uno", "<b>one</b>", "1,2"), true},
		"other HTML":       {alternatives("one", "<b>uno</b>", "1,2"), false},
		"other attachment": {alternatives("one", "<b>one</b>", "1,3"), false},
		"no text at all":   {only, true},
	} {
		if got := coreOf(t, c.message); (got == base) != c.same {
			t.Errorf("%s: got the same core: %v, want %v", name, got == base, c.same)
		}
	}
	whole, err := Content(strings.NewReader(only))
	if err != nil || whole == base {
		t.Errorf("Content: got %v and %v, want none that is a Core", whole, err)
	}
}

// TestCoreOfNested: alternatives in an attached message count by themselves, and those in an alternative go with it.
func TestCoreOfNested(t *testing.T) {
	t.Parallel()
	forwarded := func(inner, outer string) string {
		return strings.ReplaceAll("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: text/plain\n\n"+outer+
			"\n--o\nContent-Type: message/rfc822\n\n", "\n", "\r\n") + inner + "\r\n--o--\r\n"
	}
	base := coreOf(t, forwarded(alternatives("one", "<b>one</b>", "1,2"), "see below"))
	if coreOf(t, forwarded(alternatives("uno", "<b>one</b>", "1,2"), "see below")) != base {
		t.Error("other text in the attached message: got another core, want the same")
	}
	if coreOf(t, forwarded(alternatives("one", "<b>one</b>", "1,2"), "see above")) == base {
		t.Error("other text before the attached message: got the same core, want another: it is no alternative")
	}
}
