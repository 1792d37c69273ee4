package pop3

import (
	"strings"
	"testing"
)

func headerOf(t *testing.T, text string, chunk int) header {
	t.Helper()
	var w headerWriter
	for len(text) > 0 {
		n := min(chunk, len(text))
		if got, err := w.Write([]byte(text[:n])); got != n || err != nil {
			t.Fatalf("Write: got %d, %v", got, err)
		}
		text = text[n:]
	}
	h, err := w.header()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TOP and RETR tell the same of one message: whatever body follows, however the bytes come, and whatever servers write into it.
func TestHeaderIsTheSame(t *testing.T) {
	t.Parallel()
	const head = "Received: from a by b; Mon, 2 Jan 2006 15:04:05 +0000\r\nMessage-ID: <1@x>\r\nSubject: s\r\n"
	want := headerOf(t, head, 1000)
	if want.messageID != "<1@x>" || !want.trace || want.date.Year() != 2006 {
		t.Errorf("got %+v, want what the fields say", want)
	}
	for _, text := range []string{
		head + "\r\n", head + "\r\nbody\r\n\r\nSubject: no\r\n", "Status: RO\r\n" + head + "\r\n", head + "X-UIDL: 7\r\n\r\nx", head + "\r\n\r\n",
	} {
		for _, chunk := range []int{1, 2, 3, 7, 1000} {
			if got := headerOf(t, text, chunk); got != want {
				t.Errorf("%q by %d: got %+v, want %+v", text, chunk, got, want)
			}
		}
	}
	if other := headerOf(t, strings.Replace(head, "<1@x>", "<2@x>", 1), 9); other.digest == want.digest {
		t.Error("another Message-ID: got the same digest")
	}
}

func TestHeaderOfNone(t *testing.T) {
	t.Parallel()
	want := headerOf(t, "", 1)
	for _, text := range []string{"\r\nbody\r\n\r\n", "\nbody", "\r\n"} {
		for _, chunk := range []int{1, 100} {
			if got := headerOf(t, text, chunk); got != want {
				t.Errorf("%q by %d: got %+v, want that of nothing", text, chunk, got)
			}
		}
	}
	var w headerWriter
	for range 100 {
		_, _ = w.Write([]byte(strings.Repeat("x", 64<<10)))
	}
	if len(w.buf) != headerMax {
		t.Errorf("an endless header: got %d bytes kept, want %d", len(w.buf), headerMax)
	}
}
