package mapi

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	mimeparts "mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"os/exec"
	"strings"
	"sync"
	"testing"

	gomessage "github.com/emersion/go-message"
	"golang.org/x/text/encoding/htmlindex"
)

// piece is a leaf of a message as a mail program sees it.
type piece struct {
	header    textproto.MIMEHeader
	mediaType string
	params    map[string]string
	path      string // the multiparts around it: "mixed/alternative"
	text      string // decoded, text in UTF-8
}

func (p piece) fileName() string {
	_, params, _ := mime.ParseMediaType(p.header.Get("Content-Disposition"))
	return params["filename"]
}

// checkMessage holds what is true of every message that is made.
func checkMessage(t testing.TB, text string) []piece {
	t.Helper()
	checkLines(t, text, false)
	return checkStructure(t, text)
}

func checkLines(t testing.TB, text string, eightBit bool) {
	t.Helper()
	if rest := strings.ReplaceAll(text, "\r\n", ""); strings.ContainsAny(rest, "\r\n\x00") || !strings.HasSuffix(text, "\r\n") {
		t.Errorf("got a line end other than CRLF, or a NUL, in %.2000q", text)
	}
	for line := range strings.SplitSeq(text, "\r\n") {
		if len(line) > hardLine || !eightBit && !isASCII(line) {
			t.Errorf("got line %.1100q: too long, or not ASCII", line)
		}
	}
}

func checkStructure(t testing.TB, text string) []piece {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in %.2000q", err, text)
	}
	for _, name := range []string{"From", "Date", "Message-Id", "Mime-Version", "Content-Type"} {
		if len(m.Header[name]) != 1 {
			t.Errorf("got %d fields %s, want 1, in %.3000q", len(m.Header[name]), name, text)
		}
	}
	checkGoMessage(t, text)
	pieces := walk(t, textproto.MIMEHeader(m.Header), m.Body, "", map[string]bool{})
	return pieces
}

// walk takes an entity apart.
func walk(t testing.TB, h textproto.MIMEHeader, r io.Reader, path string, boundaries map[string]bool) []piece {
	t.Helper()
	mediaType, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		t.Fatalf("Content-Type %q: %v", h.Get("Content-Type"), err)
	}
	how := h.Get("Content-Transfer-Encoding")
	if kind, ok := strings.CutPrefix(mediaType, "multipart/"); ok {
		if how != "" && how != as8bit && how != as7bit || boundaries[params["boundary"]] {
			t.Errorf("multipart: encoding %q, boundary %q", how, params["boundary"])
		}
		boundaries[params["boundary"]] = true
		return walkParts(t, mimeparts.NewReader(r, params["boundary"]), path+kind+"/", boundaries)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if mediaType == mediaMessage {
		if how != "" && how != as8bit && how != as7bit {
			t.Errorf("message/rfc822 in %s", how)
		}
		if h.Get("Content-Disposition") != "" && strings.Contains(h.Get("Content-Type"), "name=") {
			return []piece{{h, mediaType, params, path, string(body)}} // a file, as it was found
		}
		m, err := mail.ReadMessage(bytes.NewReader(body))
		if err != nil {
			t.Fatalf("embedded: %v in %q", err, body)
		}
		return append([]piece{{
			header:    h,
			mediaType: mediaType,
			params:    params,
			path:      path,
		}}, walk(t, textproto.MIMEHeader(m.Header), m.Body, path+"message/", boundaries)...)
	}
	return []piece{{h, mediaType, params, path, decodeBody(t, body, how, mediaType, params["charset"])}}
}

func walkParts(t testing.TB, parts *mimeparts.Reader, path string, boundaries map[string]bool) []piece {
	t.Helper()
	var all []piece
	n := 0
	for ; ; n++ {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, walk(t, p.Header, p, path, boundaries)...)
	}
	if n < 2 {
		t.Errorf("%s: got %d parts, want several", path, n)
	}
	return all
}

func decodeBody(t testing.TB, body []byte, how, mediaType, charset string) string {
	t.Helper()
	var r io.Reader = bytes.NewReader(body)
	switch how {
	case asBase64:
		r = base64.NewDecoder(base64.StdEncoding, r)
	case asQuoted:
		r = quotedprintable.NewReader(r)
	case as7bit:
		if !isASCII(string(body)) {
			t.Errorf("got 8-bit text in 7bit: %q", body)
		}
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", how, err)
	}
	if charset == "" || !strings.HasPrefix(mediaType, "text/") {
		return string(data)
	}
	enc, err := htmlindex.Get(charset)
	if err != nil {
		t.Fatalf("charset %q: %v", charset, err)
	}
	text, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checkGoMessage reads the message by another library.
func checkGoMessage(t testing.TB, text string) {
	t.Helper()
	e, err := gomessage.Read(strings.NewReader(text))
	if err != nil && !gomessage.IsUnknownCharset(err) {
		t.Fatalf("go-message: %v", err)
	}
	err = e.Walk(func(_ []int, part *gomessage.Entity, err error) error {
		if err != nil && !gomessage.IsUnknownCharset(err) {
			return err
		}
		if part.MultipartReader() == nil {
			_, err = io.Copy(io.Discard, part.Body)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatalf("go-message: %v in %.2000q", err, text)
	}
}

// reader of messages in Python, which lists what is wrong with one: a line with a length and the bytes go in, a line comes out.
const pythonScript = `
import sys, email, email.policy
def faults(data):
    m = email.message_from_bytes(data, policy=email.policy.strict)
    for p in m.walk():
        for k in p.keys():
            v = p[k]
            if getattr(v, "defects", None): return "%s: %r" % (k, v.defects)
        if p.defects: return repr(p.defects)
        if not p.is_multipart(): p.get_content()
    return ""
for line in sys.stdin.buffer:
    data = sys.stdin.buffer.read(int(line))
    try: answer = faults(data)
    except Exception as e: answer = repr(e)
    print(answer.replace("\\n", " "), flush=True)
`

type pythonReader struct {
	mu  sync.Mutex
	in  io.Writer
	out *bufio.Reader
}

var startPython = sync.OnceValue(func() *pythonReader {
	exe, err := exec.LookPath("python3")
	if err != nil {
		return nil
	}
	cmd := exec.Command(exe, "-c", pythonScript) // it ends with the test, when its input does
	in, inErr := cmd.StdinPipe()
	out, outErr := cmd.StdoutPipe()
	if errors.Join(inErr, outErr, cmd.Start()) != nil {
		return nil
	}
	return &pythonReader{in: in, out: bufio.NewReader(out)}
})

// python reads the message by Python's email package, if that is there.
func python(t testing.TB, text string) {
	t.Helper()
	p := startPython()
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := fmt.Fprintf(p.in, "%d\n%s", len(text), text); err != nil {
		t.Fatal(err)
	}
	answer, err := p.out.ReadString('\n')
	if err != nil || answer != "\n" {
		t.Errorf("python: %v: %s in %.3000q", err, answer, text)
	}
}
