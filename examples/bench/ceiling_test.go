package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var announced = regexp.MustCompile(`\{(\d+)\+\}\r\n$`)

// TestCommands reads the ceiling's bytes as a server would.
func TestCommands(t *testing.T) {
	t.Parallel()
	for _, folders := range []int{1, 2} {
		j := &job{corpus: newCorpus("3k"), n: 451, folders: folders}
		messages, total := 0, int64(0)
		for folder := range folders {
			for k, command := range j.commands(folder) {
				var text bytes.Buffer
				if _, err := command.WriteTo(&text); err != nil {
					t.Fatal(err)
				}
				if lead := fmt.Sprintf("t%d APPEND %s \" ", k, folderName(folder)); !strings.HasPrefix(text.String(), lead) && !strings.HasPrefix(text.String(), strings.TrimSuffix(lead, " ")) {
					t.Errorf("got %.40q, want %q", text.String(), lead)
				}
				n, size := literals(t, bufio.NewReader(&text))
				messages, total = messages+n, total+size
				if n > batchMessages {
					t.Errorf("got %d messages in a command, want %d at most", n, batchMessages)
				}
			}
		}
		if messages != j.n || total != j.corpus.bytes(j.n) {
			t.Errorf("%d folders: got %d messages of %d bytes, want %d of %d", folders, messages, total, j.n, j.corpus.bytes(j.n))
		}
	}
}

// literals counts those of a command.
func literals(t *testing.T, r *bufio.Reader) (n int, total int64) {
	t.Helper()
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if line == "\r\n" {
			return n, total
		}
		m := announced.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("got %q, want a literal", line)
		}
		size, _ := strconv.ParseInt(m[1], 10, 64)
		if _, err := io.CopyN(io.Discard, r, size); err != nil {
			t.Fatal(err)
		}
		n, total = n+1, total+size
	}
}

// says makes a client whose server has said something already.
func says(t *testing.T, text string) *client {
	t.Helper()
	near, far := net.Pipe()
	t.Cleanup(func() { _, _ = near.Close(), far.Close() })
	go func() { _, _ = io.Copy(io.Discard, far) }()
	return &client{conn: near, r: bufio.NewReader(strings.NewReader(text))}
}

func TestClient(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want int
		ok   bool
	}{
		{"* STATUS x (MESSAGES 12)\r\n1 OK done\r\n", 12, true},
		{"* OK Waiting for authentication process to respond..\r\n* STATUS \"a b\" (MESSAGES 0)\r\n1 OK done\r\n", 0, true},
		{"1 NO [NONEXISTENT] gone\r\n", 0, false},
		{"1 OK done\r\n", 0, false},
		{"* BYE bye\r\n", 0, false},
		{"* STATUS x (MESS", 0, false},
	} {
		got, err := says(t, c.text).messages("x")
		if got != c.want || (err == nil) != c.ok {
			t.Errorf("%q: got %d and %v, want %d, all right: %v", c.text, got, err, c.want, c.ok)
		}
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"* 2 EXISTS\r\nt0 OK [APPENDUID 1 1:2] done\r\n* 3 EXISTS\r\nt1 OK done\r\n": true,
		"t0 OK done\r\nt1 NO [OVERQUOTA] full\r\n":                                   false,
		"t0 OK done\r\n":                false,
		"t0 OK done\r\nt1 BAD what\r\n": false,
	} {
		if err := says(t, text).answers(2); (err == nil) != ok {
			t.Errorf("%q: got %v, want all right: %v", text, err, ok)
		}
	}
}
