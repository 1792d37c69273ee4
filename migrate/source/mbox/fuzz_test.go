package mbox

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// spans splits data by the rule that look finds, and returns where the messages are, From_ lines included,
// and the bytes between that are no message's.
func spans(tb testing.TB, data []byte) (how rule, found []message, skipped int64) {
	tb.Helper()
	never := func() error { return nil }
	how, err := look(bytes.NewReader(data), int64(len(data)), never)
	if err != nil {
		tb.Fatal(err)
	}
	s := newSplitter(bytes.NewReader(data), int64(len(data)), how, never)
	for {
		m, ok := s.message()
		if !ok {
			break
		}
		found = append(found, m)
	}
	if s.err != nil {
		tb.Fatal(s.err)
	}
	return how, found, s.skipped
}

// splitBytes is split without a file.
func splitBytes(tb testing.TB, data []byte) []string {
	tb.Helper()
	how, found, _ := spans(tb, data)
	var messages []string
	for _, m := range found {
		r := newUnquoter(bytes.NewReader(data[m.start:m.end]), io.NopCloser(nil), m.end-m.start, how)
		text, err := io.ReadAll(r)
		if err != nil {
			tb.Fatal(err)
		}
		messages = append(messages, string(text))
	}
	return messages
}

// writeRd writes messages as mboxrd says: each line of the body that is ">", ">>", … and "From " gets one more ">",
// and each message a blank line.
func writeRd(messages []string) string {
	var b strings.Builder
	for _, m := range messages {
		b.WriteString(from1)
		header, body := m, ""
		if strings.HasPrefix(m, "\n") {
			header, body = "\n", m[1:]
		} else if i := strings.Index(m, "\n\n"); i >= 0 {
			header, body = m[:i+2], m[i+2:]
		}
		b.WriteString(header)
		for line := range strings.SplitAfterSeq(body, "\n") {
			if strings.HasPrefix(strings.TrimLeft(line, ">"), "From ") {
				b.WriteByte('>')
			}
			b.WriteString(line)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	lines := []string{"text", "", "From x", ">From x", ">>>From Mon Jan  1 10:00:00 2024", "From - ", "From ", "> quoted", "Subject: x", "\x00", "é", "From a@b.c Mon Jan  1 10:00:00 2024"}
	for range 200 {
		var want []string
		for i := range 1 + random.IntN(9) {
			var body strings.Builder
			for range random.IntN(40) {
				body.WriteString(lines[random.IntN(len(lines))] + "\n")
			}
			want = append(want, mail(fmt.Sprintf("%d\n", i)+body.String()))
		}
		if got := split(t, writeRd(want)); !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
}

// FuzzSplit: every byte of a file is in a message, in its From_ line, in the blank line after it or among those skipped;
// and messages that are written again and split again are the same.
func FuzzSplit(f *testing.F) {
	one := from1 + mail("1\n>From x\n") + "\n"
	for _, seed := range []string{
		one + one, "\xef\xbb\xbf\r\n" + one, strings.ReplaceAll(one+one, "\n", "\r\n"), strings.ReplaceAll(one+one, "\n", "\r"),
		one + "\x00\x00\x00" + one + "\x00", "garbage\n\n" + one, from1 + "Content-Length: 4\n\n1\n2\n\n" + one,
		"From \n\nFrom \n\n", "From - \nA: b\n\nx\nFrom - \nA: b\n\nx\n", from1,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		how, found, skipped := spans(t, data)
		checkCover(t, data, how, found, skipped)
		checkAgain(t, data)
	})
}

func checkCover(t *testing.T, data []byte, how rule, found []message, skipped int64) {
	t.Helper()
	sum, last := skipped, int64(0)
	for i, m := range found {
		if m.from < last || m.start < m.from || m.end < m.start || m.end > int64(len(data)) {
			t.Fatalf("%q: got message %d at %d, %d to %d, want it after %d", data, i, m.from, m.start, m.end, last)
		}
		if !bytes.HasPrefix(data[m.from:], fromPrefix) {
			t.Fatalf("%q: got message %d at %d, want a From_ line there", data, i, m.from)
		}
		start, err := ref{m.from, m.end - m.from, how}.locate(onDisk{bytes.NewReader(data)}, int64(len(data)))
		if err != nil || start != m.start {
			t.Fatalf("%q: got message %d at %d, %v when opened, want %d", data, i, start, err, m.start)
		}
		text, back, err := ref{m.from, m.end - m.from, how}.whole(bytes.NewReader(data))
		if err != nil || !bytes.Equal(text, data[m.start:m.end]) {
			t.Fatalf("%q: got %q, %v for message %d in one go", data, text, err, i)
		}
		back.Close()
		last = m.end
		sum += m.end - m.from
		rest := data[m.end:]
		if line, after, whole := how.line(rest); whole && len(line) == 0 {
			next := m.end + int64(len(rest)-len(after))
			if i+1 < len(found) && found[i+1].from < next {
				continue
			}
			if i+1 == len(found) || found[i+1].from == next || data[next] == 0 {
				sum += next - m.end // the blank line
			}
		}
	}
	if sum != int64(len(data)) {
		t.Fatalf("%q: got %d bytes in %+v and %d skipped, want %d", data, sum, found, skipped, len(data))
	}
}

// checkAgain writes the messages of a file into another one. A message that the rules of mbox can't carry as it is
// (without a header, or with CR for a line end) is left out.
func checkAgain(t *testing.T, data []byte) {
	t.Helper()
	var want []string
	for _, m := range splitBytes(t, data) {
		header, _, ok := strings.Cut(m, "\n\n")
		if ok && isHeaderLine([]byte(header)) && !strings.Contains(m, "\r") && !strings.Contains(header, "From ") &&
			!strings.Contains(header, "ontent") && strings.HasSuffix(m, "\n") && !strings.ContainsAny(m, "\x00") &&
			!strings.Contains(m, "\nFrom\n") { // which nobody quotes
			want = append(want, m)
		}
	}
	if got := splitBytes(t, []byte(writeRd(want))); !slices.Equal(got, want) {
		t.Fatalf("%q: got %q from %q, want %q", data, got, writeRd(want), want)
	}
}
