package pop3

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	gopop3 "github.com/knadh/go-pop3"
)

// wired is a gate whose other end says something.
func wired(t *testing.T, says string) *gate {
	t.Helper()
	here, there := net.Pipe()
	t.Cleanup(func() { _, _ = here.Close(), there.Close() })
	go func() {
		_, _ = there.Write([]byte(says))
		_, _ = there.Read(make([]byte, 1))
	}()
	return newGate(here, 300*time.Millisecond)
}

// go-pop3 reads no further than its answer, so that what comes behind it is still there.
func TestGateGivesOneLine(t *testing.T) {
	t.Parallel()
	g := wired(t, "+OK hello <1@x>\r\n+OK two messages\r\n+ok 7\r\nnext\r\n")
	c, err := gopop3.New(gopop3.Opt{Dialer: handover{g}}).NewConn()
	if err != nil || g.status != "+OK hello <1@x>" || timestamp(g.status) != "<1@x>" {
		t.Fatalf("got %q, %v, want the greeting as it was", g.status, err)
	}
	for _, want := range []string{"two messages", "7"} {
		g.begin()
		if got, err := c.ReadOne(); err != nil || string(got) != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	if rest, err := g.br.ReadString('\n'); err != nil || rest != "next\r\n" {
		t.Errorf("got %q, %v left, want the line behind the answers", rest, err)
	}
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{
		"+OK": "+OK", "+ok": "+OK", "+OKfoo": "+OK foo", "+OK  a": "+OK a", "-err [AUTH] no": "-ERR [AUTH] no", "-ERR": "-ERR",
		"": "(empty line)", "+ challenge": "+ challenge", "* OK": "* OK", "+": "+",
	} {
		if got := canonical(status); got != want {
			t.Errorf("%q: got %q, want %q", status, got, want)
		}
	}
}

func TestGateEnds(t *testing.T) {
	t.Parallel()
	for says, want := range map[string]string{
		"":                               "nothing came for 300ms",
		"+OK wel":                        "nothing came for 300ms",
		strings.Repeat("x", 9000) + "\n": errLongLine.Error(),
		strings.Repeat("x", 100_000):     errLongLine.Error(),
		"what?\r\n":                      `neither +OK nor -ERR: "what?"`,
	} {
		g := wired(t, says)
		ok, err := g.answer()
		if ok || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: got %v, %v, want %s", says, ok, err, want)
		}
		if _, again := g.Write([]byte("NOOP\r\n")); again == nil || g.broken == nil {
			t.Errorf("%.20q: got %v, %v, want the gate closed", says, again, g.broken)
		}
	}
}

func TestGateListingIsBounded(t *testing.T) {
	t.Parallel()
	g := wired(t, "1 a\r\n")
	g.first, g.bytes = false, listingMax-2
	if _, err := g.next(); !errors.Is(err, errLongListing) {
		t.Errorf("got %v, want %v", err, errLongListing)
	}
}

func TestCapabilities(t *testing.T) {
	t.Parallel()
	c := parseCapabilities("TOP\r\nuidl\r\n\r\nSASL plain XOAUTH2\r\nLOGIN-DELAY 300 USER\r\nPIPELINING\r\nIMPLEMENTATION x STLS\r\n")
	if !c.known || !c.top || !c.uidl || !c.pipelining || c.stls || c.user || !c.sasl["PLAIN"] || !c.sasl["XOAUTH2"] || c.delay != 5*time.Minute {
		t.Errorf("got %+v", c)
	}
	for text, want := range map[string]time.Duration{"LOGIN-DELAY": 0, "LOGIN-DELAY x": 0, "LOGIN-DELAY -5": 0, "LOGIN-DELAY 99999999": time.Hour} {
		if got := parseCapabilities(text).delay; got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

func TestRefusalsHideWhatTheServerRepeats(t *testing.T) {
	t.Parallel()
	e := refused("-ERR [AUTH] no such password: hunter2 for anna", 0, "hunter2", "")
	if e.Code != "AUTH" || strings.Contains(e.Error(), "hunter2") || !strings.Contains(e.Error(), "for anna") {
		t.Errorf("got %v", e)
	}
	for status, want := range map[string][2]string{
		"-ERR": {"", "refused without a reason"}, "-ERR [in-use] x": {"IN-USE", "x"}, "-ERR [broken": {"", "[broken"}, "-ERR text [AUTH]": {"", "text [AUTH]"},
	} {
		if code, text := parseRefusal(status); code != want[0] || text != want[1] {
			t.Errorf("%q: got %q %q, want %q", status, code, text, want)
		}
	}
}
