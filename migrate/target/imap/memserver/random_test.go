package memserver_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"unpop/migrate/target/imap/memserver"
)

// TestRandomBatches sends commands that are pipelined at random, in pieces of random sizes. All are answered, in their order, and
// every message is stored in its place.
func TestRandomBatches(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 7))
			c := signIn(t, withOptions(t, memserver.Options{}))
			var said strings.Builder
			var want, bodies []string
			for i := range 1 + random.IntN(12) {
				text, answer, messages := randomCommand(random, i, len(bodies))
				said.WriteString(text)
				want, bodies = append(want, answer), append(bodies, messages...)
			}
			go inPieces(c.conn, said.String(), random)
			for _, w := range want {
				if line, err := c.in.ReadString('\n'); line != w {
					t.Fatalf("got %q and %v, want %q", line, err, w)
				}
			}
			c.asks("SELECT INBOX", fmt.Sprintf("* %d EXISTS", len(bodies)))
			for i, body := range bodies {
				c.asks(fmt.Sprintf("UID FETCH %d BODY.PEEK[]", i+1), fmt.Sprintf("BODY[] {%d}\r\n%s)\r\n", len(body), body))
			}
		})
	}
}

// randomCommand is an APPEND of a few messages, or a NOOP, with its answer.
func randomCommand(random *rand.Rand, n, stored int) (text, answer string, bodies []string) {
	if random.IntN(5) == 0 {
		return fmt.Sprintf("n%d NOOP\r\n", n), fmt.Sprintf("n%d OK NOOP completed\r\n", n), nil
	}
	text = fmt.Sprintf("x%d APPEND INBOX", n)
	for range 1 + random.IntN(5) {
		body := "Subject: x\r\n\r\n" + strings.Repeat("y APPEND INBOX {3}\r\n", random.IntN(300)) + strings.Repeat("z", random.IntN(9))
		bodies = append(bodies, body)
		text += []string{"", " (\\Seen)", " ()", " (a b)"}[random.IntN(4)] + []string{"", ` "01-Jan-2001 01:01:01 +0000"`}[random.IntN(2)]
		text += fmt.Sprintf(" {%d+}\r\n%s", len(body), body)
	}
	uids := fmt.Sprint(stored + 1)
	if len(bodies) > 1 {
		uids += fmt.Sprintf(":%d", stored+len(bodies))
	}
	return text + "\r\n", fmt.Sprintf("x%d OK [APPENDUID 1 %s] APPEND completed\r\n", n, uids), bodies
}

func inPieces(w io.Writer, text string, random *rand.Rand) {
	for text != "" {
		n := min(len(text), 1+random.IntN(1<<random.IntN(14)))
		if _, err := io.WriteString(w, text[:n]); err != nil {
			return
		}
		text = text[n:]
	}
}
