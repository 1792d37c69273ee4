package progress

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
)

var update = flag.Bool("update", false, "write the golden files anew")

func locale(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

var (
	monochrome = styleFor(locale(map[string]string{"NO_COLOR": "1", "LANG": "it_IT.UTF-8"}))
	ascii      = styleFor(locale(map[string]string{"NO_COLOR": "1", "LC_ALL": "C", "LANG": "it_IT.UTF-8"}))
)

// scenes are what a person may see.
func scenes() map[string]snapshot {
	upload := snapshot{
		step: migrate.StepUpload, messages: 5210, totalMessages: 12403, bytes: 480e6, totalBytes: 1.15e9,
		bytesPerSec: 3.2e6, messagesPerSec: 34, left: 4 * time.Minute, leftKnown: true, place: "Clienti/ACME S.p.A.",
	}
	early, waiting, over, deep := upload, upload, upload, upload
	early.messages, early.bytes, early.bytesPerSec, early.messagesPerSec, early.leftKnown = 0, 0, 0, 0, false
	waiting.notice, waiting.bytesPerSec = "server asks to wait 4 min", 0
	over.messages, over.bytes, over.leftKnown = 12410, 1.2e9, false
	deep.place = "Archivio/Anni passati/Università/Tesi di laurea/日本語の資料/Corrispondenza con il relatore"
	return map[string]snapshot{
		"0 start":   {place: "connecting to imap.example.it"},
		"1 scan":    {step: migrate.StepScan, messages: 12403, bytes: 1.2e9, bytesPerSec: 310e6, place: "Local Folders/Clienti/ACME"},
		"2 plan":    {step: migrate.StepPlan, messages: 6000, totalMessages: 12403, messagesPerSec: 52000},
		"3 early":   early,
		"4 upload":  upload,
		"5 waiting": waiting,
		"6 deep":    deep,
		"7 over":    over,
		"8 hostile": {step: migrate.StepScan, messages: 1, place: "\x1b]0;owned\x07\r\nFolder\x1b[2J"},
	}
}

func TestFrames(t *testing.T) {
	t.Parallel()
	for _, columns := range []int{40, 80, 120} {
		var b strings.Builder
		for i := range 9 {
			for name, s := range scenes() {
				if strings.HasPrefix(name, fmt.Sprint(i)) {
					fmt.Fprintf(&b, "%s\n%s|\n", name, monochrome.frame(&s, columns))
				}
			}
		}
		golden(t, fmt.Sprintf("frames%d.txt", columns), b.String())
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// TestFramesFit holds that no frame is wider than its terminal and none moves the cursor, whatever the names and counts.
func TestFramesFit(t *testing.T) {
	t.Parallel()
	for name, s := range scenes() {
		for columns := 1; columns < 200; columns++ {
			for _, st := range []style{monochrome, ascii} {
				line := st.frame(&s, columns)
				if got, limit := width(line), max(columns, leastColumns)-1; got > limit {
					t.Errorf("%s at %d columns: got %d columns: %q", name, columns, got, line)
				}
				if strings.ContainsAny(line, "\r\n\x1b\x07") {
					t.Errorf("%s at %d columns: control characters in %q", name, columns, line)
				}
			}
		}
	}
}

func TestFrameKeepsWhatMatters(t *testing.T) {
	t.Parallel()
	s := scenes()["4 upload"]
	for columns, wants := range map[int][]string{
		40:  {"41%", "5,210/12,403", "4 min left"},
		80:  {"41%", "5,210/12,403", "4 min left", "3.2 MB/s", "480 MB", "…"},
		120: {"41%", "5,210/12,403", "4 min left", "3.2 MB/s", "480 MB", "Clienti/ACME S.p.A.", "█", "░"},
	} {
		line := monochrome.frame(&s, columns)
		for _, want := range wants {
			if !strings.Contains(line, want) {
				t.Errorf("at %d columns: got %q, want %q in it", columns, line, want)
			}
		}
	}
}

func TestNarrowFrameKeepsTheNotice(t *testing.T) {
	t.Parallel()
	s := scenes()["5 waiting"]
	if line := monochrome.frame(&s, 40); !strings.HasSuffix(line, s.notice) {
		t.Errorf("got %q, want %q at its end", line, s.notice)
	}
}

func TestFrameColour(t *testing.T) {
	t.Parallel()
	s := scenes()["5 waiting"]
	colored := styleFor(locale(map[string]string{"LANG": "C.utf8"})).frame(&s, 80)
	if !strings.Contains(colored, "\x1b[33mserver asks to wait 4 min\x1b[0m") {
		t.Errorf("got %q, want the notice in yellow", colored)
	}
	if got, want := unpainted(colored), monochrome.frame(&s, 80); got != want {
		t.Errorf("without colours: got %q, want %q", got, want)
	}
	if line := ascii.frame(&s, 80); strings.ContainsAny(line, "█░") || !strings.Contains(line, "[===") {
		t.Errorf("got %q, want a bar of ASCII in a C locale", line)
	}
}
