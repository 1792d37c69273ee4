package migrate

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"unpop/state"
)

// What Cyrus 3.6.1, Courier 5.0.13 and Dovecot 2.3.19.1 gave back for what they were given.
func TestAlterations(t *testing.T) {
	t.Parallel()
	const head = "Subject: x\r\n\r\n"
	for _, test := range []struct {
		server     int // position in alterations
		sent, kept string
	}{
		{0, head + "a\rb\x00\xff", head + "a\rb\x00\xff"},
		{1, "A: \xe9\xff\r\nB: \xe9\r\n\r\n\xe9\r\n", "A: XX\r\nB: X\r\n\r\n\xe9\r\n"},
		{1, "\r\n\xe9\r\n", "\r\n\xe9\r\n"},
		{1, "\xe9", "X"},
		{2, head + "hi\rthere\r\n", head + "hithere\r\n"},
		{2, head + "hi", head + "hi\r\n"},
		{2, head + "hi\r\r\nx\r", head + "hi\r\nx\r\n"},
		{2, head, head},
		{3, head + "a\r\r\nb\r\n", head + "a\r\nb\r\n"},
		{3, head + "a\r\r\r\nb\r\n", head + "a\r\r\nb\r\n"},
		{3, head + "a\r\rb\r", head + "a\r\rb"},
		{3, head + "a\x00\r\x00\r\r\nb", head + "a\x80\r\x80\r\nb"},
		{3, head + "a\r\r\n\r\r\n\r\nb\r\r\n", head + "a\r\n\r\n\r\nb\r\n"},
	} {
		for _, from := range []io.Reader{strings.NewReader(test.sent), iotest.OneByteReader(strings.NewReader(test.sent))} {
			got, err := io.ReadAll(alterations[test.server](from))
			if err != nil || string(got) != test.kept {
				t.Errorf("alteration %d of %q: got %q, %v, want %q", test.server, test.sent, got, err, test.kept)
			}
		}
	}
}

func TestAlterationsKeepWhatIsNotOdd(t *testing.T) {
	t.Parallel()
	message := []byte("Subject: x\r\n\r\n" + strings.Repeat("perch\xc3\xa9\r\n", 20_000))
	for i, alter := range alterations {
		got, err := io.ReadAll(alter(bytes.NewReader(message)))
		if err != nil || !bytes.Equal(got, message) {
			t.Errorf("alteration %d: got %d other bytes, %v, want the %d that were sent", i, len(got), err, len(message))
		}
	}
}

func TestAlterationsPassErrors(t *testing.T) {
	t.Parallel()
	for i, alter := range alterations {
		got, err := io.ReadAll(alter(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("text")))))
		if err != iotest.ErrTimeout || string(got) != "t" {
			t.Errorf("alteration %d: got %q, %v, want the reader's error and what came before it", i, got, err)
		}
	}
}

func TestMayHide(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		msg  state.Message
		want bool
	}{
		{state.Message{HasID: true, MessageID: "<a@b>"}, false},
		{state.Message{HasID: true, MessageID: "<\xe9@b>"}, true},
		{state.Message{HasID: true, MessageID: "<a\x00@b>"}, true},
		{state.Message{HasID: true, MessageID: "<a@b>", Repair: 1}, true},
		{state.Message{}, true},
	} {
		if got := mayHide(test.msg); got != test.want {
			t.Errorf("%+v: got %v, want %v", test.msg, got, test.want)
		}
	}
}
