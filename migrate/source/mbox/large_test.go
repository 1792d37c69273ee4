package mbox

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"unpop/migrate"
	"unpop/migrate/migratetest"
)

// Messages smaller and larger than the window, with lines that look like separators where the window ends.
func TestSplitLarge(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	hostile := []string{"From now on\n", ">From a\n", "\nFrom Anna\nA: b\n", "\n\n", "From: x\n", "\nFrom - the\nA: b\nC: d\n", strings.Repeat(">", 300) + "From x\n"}
	var want []string
	for i := range 60 {
		var body strings.Builder
		size := random.IntN(20_000)
		if i%8 == 0 {
			size = windowSize/2 + random.IntN(2*windowSize)
		}
		for body.Len() < size {
			body.WriteString(strings.Repeat("x", random.IntN(400)) + "\n")
			if random.IntN(4) == 0 {
				body.WriteString(hostile[random.IntN(len(hostile))])
			}
		}
		want = append(want, mail(body.String()))
	}
	// What is nested too deep is left as it is, so it comes back with one more.
	mbox := strings.ReplaceAll(writeRd(want), strings.Repeat(">", 301)+"From x\n", strings.Repeat(">", 300)+"From x\n")
	equalLarge(t, split(t, mbox), want)
	crlf := split(t, strings.ReplaceAll(mbox, "\n", "\r\n"))
	for i := range crlf {
		crlf[i] = strings.ReplaceAll(crlf[i], "\r\n", "\n")
	}
	equalLarge(t, crlf, want)
}

// equalLarge is equal with less to print.
func equalLarge(t *testing.T, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("messages: got %d, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			at := 0
			for at < min(len(got[i]), len(want[i])) && got[i][at] == want[i][at] {
				at++
			}
			t.Fatalf("message %d: got %d bytes, want %d; they differ from byte %d on", i, len(got[i]), len(want[i]), at)
		}
	}
}

// One separator after each number of bytes around the size of the window.
func TestWindowEdge(t *testing.T) {
	t.Parallel()
	second := "\nFrom b@example.com Mon Jan  1 10:00:00 2024\n" + mail("2\n")
	for shift := -80; shift <= 80; shift += 3 {
		first := mail("")
		first += strings.Repeat("y", windowSize+shift-len(from1)-len(first)) + "\n"
		got := split(t, from1+first+second)
		equalLarge(t, got, []string{first, mail("2\n")})
	}
}

// A header that is larger than the window, and one that is larger than what is read to find its end.
func TestLargeHeaders(t *testing.T) {
	t.Parallel()
	for _, size := range []int{lookahead, maxHeader, 2 * windowSize} {
		first := "X: " + strings.Repeat("z", 70) + "\n"
		first = strings.Repeat(first, size/len(first)+1) + "\n>From q\n"
		want := strings.Replace(first, "\n>From", "\nFrom", 1)
		path := write(t, from1+first+"\n"+from1+mail("2\n"))
		all, _ := copies(t, path)
		if len(all) != 2 || all[0].Flaw != "" {
			t.Fatalf("header of %d bytes: got %+v, want two messages without flaw", size, all)
		}
		if got := readRef(t, path, all[0].Ref); got != want {
			t.Errorf("header of %d bytes: got %d bytes, want %d", size, len(got), len(want))
		}
	}
}

// The rule is found in the beginning of a file and holds for all of it.
func TestRuleFromSample(t *testing.T) {
	t.Parallel()
	filler := strings.Repeat(strings.Repeat("w", 99)+"\n", 1000)
	var mbox strings.Builder
	n := 2 * sampleSize / len(filler)
	for i := range n {
		fmt.Fprintf(&mbox, "From a Mon Jan  1 10:00:%02d 2024\n%s%s", i%60, mail(""), filler)
	}
	all, part := copies(t, write(t, mbox.String()))
	if len(all) != n || len(part.Remarks()) != 1 {
		t.Errorf("got %d messages, %q, want %d and one remark", len(all), part.Remarks(), n)
	}
	for i, c := range all {
		if c.Received.Second() != i%60 {
			t.Fatalf("message %d: got %v, want second %d", i, c.Received, i%60)
		}
	}
}

// The memory for listing a file does not depend on what is in it.
func TestMemory(t *testing.T) {
	if migratetest.Racing {
		t.Skip("one goroutine, and what is measured is another memory")
	}
	mails := map[string]string{
		"one line":      from1 + "X: y\n\n" + strings.Repeat("z", 16<<20),
		"many messages": strings.Repeat(from1+mail("1\n")+"\n", 100_000),
		"From_ lines":   from1 + mail(strings.Repeat("From x\n", 2<<20)),
		"header":        from1 + strings.Repeat("A: b\n", 3<<20),
	}
	for name, mbox := range mails {
		part := NewPart(write(t, mbox), migrate.PartInfo{})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for _, err := range part.Copies(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
		}
		runtime.ReadMemStats(&after)
		// Three windows, and 500 bytes for each copy handed out, which don't stay.
		messages := uint64(strings.Count(mbox, from1))
		if got, most := after.TotalAlloc-before.TotalAlloc, 4*windowSize+messages*500; got > most {
			t.Errorf("%s: got %d bytes allocated, want at most %d", name, got, most)
		}
	}
}
