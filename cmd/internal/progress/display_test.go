package progress

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"unpop/migrate"
)

// page is a writer that a display and a test may use at once.
type page struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (p *page) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.Write(b)
}

func (p *page) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.String()
}

// play is a short run: a scan of 25 s, a plan, and an upload that is asked to wait. Nothing in it happens at the very
// instant of a look, so that it looks the same each time.
func play(p *migrate.Progress) {
	time.Sleep(lookEvery / 2)
	p.Begin(migrate.StepScan, 0, 0)
	p.SetPlace("Local Folders/Clienti")
	work(p, 25, 100, 2000)
	p.Duplicates.Add(40)
	time.Sleep(50 * time.Millisecond)
	p.Begin(migrate.StepPlan, 2500, 0)
	work(p, 1, 2500, 0)
	p.Duplicates.Add(60)
	time.Sleep(50 * time.Millisecond)
	p.Begin(migrate.StepUpload, 1000, 2_000_000)
	p.SetPlace("Clienti/\x1b[2JACME")
	work(p, 12, 50, 2000)
	p.SetNotice("server asks to wait 4 min")
	time.Sleep(4 * time.Minute)
	p.SetNotice("")
	p.Rejected.Add(1)
	work(p, 5, 50, 2000)
}

func work(p *migrate.Progress, seconds, messages int, size int64) {
	for range seconds {
		p.Done(int64(messages), int64(messages)*size)
		time.Sleep(time.Second)
	}
}

func show(t *testing.T, opts Options) string {
	t.Helper()
	var out page
	synctest.Test(t, func(t *testing.T) {
		var p migrate.Progress
		d := Start(&out, &p, opts)
		play(&p)
		d.Print("a word\x1b[31m\rbetween")
		d.Stop()
		d.Stop()
	})
	return out.String()
}

func TestPlain(t *testing.T) {
	t.Parallel()
	got := show(t, Options{})
	golden(t, "plain.txt", got)
	for _, r := range got {
		if r != '\n' && unicode.IsControl(r) {
			t.Errorf("got control character %q, want whole lines only", r)
		}
	}
}

func TestPlainEvery(t *testing.T) {
	t.Parallel()
	often := strings.Count(show(t, Options{Format: Plain, Every: time.Second}), "\n")
	usual := strings.Count(show(t, Options{Format: Plain}), "\n")
	if often < 5*usual {
		t.Errorf("got %d lines at one a second and %d at one in ten, want many more", often, usual)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var last, before record
	lines := strings.Split(strings.TrimSpace(show(t, Options{Format: JSON})), "\n")
	steps := map[string]int{}
	for _, line := range lines {
		if strings.Contains(line, `"text"`) {
			continue
		}
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.DisallowUnknownFields()
		before, last = last, record{}
		if err := decoder.Decode(&last); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		steps[last.Step]++
		if last.Step == before.Step && last.Time.Before(before.Time) {
			t.Errorf("got %v after %v", last.Time, before.Time)
		}
	}
	if steps["scan"] < 25 || steps["scan"] > 30 || steps["upload"] < 250 {
		t.Errorf("got %v lines a step, want about one a second", steps)
	}
	if last.Messages != 850 || last.TotalMessages != 1000 || last.Bytes != 1_700_000 || last.Rejected != 1 || last.Duplicates != 100 {
		t.Errorf("last line: got %+v", last)
	}
}

func TestJSONUnknownIsNull(t *testing.T) {
	t.Parallel()
	first, _, _ := strings.Cut(show(t, Options{Format: JSON}), "\n")
	for _, want := range []string{`"step":"scan"`, `"eta_seconds":null`, `"mailbox":"Local Folders/Clienti"`, `"total_messages":0`} {
		if !strings.Contains(first, want) {
			t.Errorf("got %s, want %s in it", first, want)
		}
	}
}

// screen returns what the renderer for a terminal of 80 columns writes.
func screen(t *testing.T, run func(*Display, *migrate.Progress, *terminal)) string {
	t.Helper()
	var out page
	synctest.Test(t, func(t *testing.T) {
		var p migrate.Progress
		console := &terminal{w: &out, size: func() int { return 80 }, style: monochrome, restore: func() {}}
		d := &Display{watch: watch{progress: &p}, renderer: console, quit: make(chan struct{})}
		d.done.Go(d.run)
		run(d, &p, console)
		d.Stop()
	})
	return out.String()
}

func TestTerminalLeavesOneLineAStep(t *testing.T) {
	t.Parallel()
	out := screen(t, func(d *Display, p *migrate.Progress, _ *terminal) {
		play(p)
		d.Print("a word between")
	})
	golden(t, "screen.txt", stays(out))
	if !strings.HasSuffix(out, "\n") {
		t.Errorf("got %q at the end, want nothing behind the last line", out[max(0, len(out)-80):])
	}
	if strings.Contains(out, "\x1b[2JACME") {
		t.Error("a folder's name may clear the screen")
	}
}

// stays is what a terminal shows in the end: in each line, what was written after the last erasing.
func stays(out string) string {
	var b strings.Builder
	for line := range strings.Lines(out) {
		b.WriteString(line[strings.LastIndex(line, "\x1b[K")+len("\x1b[K"):])
	}
	return strings.ReplaceAll(b.String(), "\r", "")
}

func TestTerminalDrawsAtMostTenTimesASecond(t *testing.T) {
	t.Parallel()
	out := screen(t, func(_ *Display, p *migrate.Progress, _ *terminal) {
		p.Begin(migrate.StepScan, 0, 0)
		for range 10_000 {
			p.Done(1, 1)
			time.Sleep(time.Millisecond)
		}
	})
	if n := strings.Count(out, "\r"); n > 103 {
		t.Errorf("got %d frames in 10 s, want at most 10 a second", n)
	}
}

func TestTerminalErasesALineThatWasBroken(t *testing.T) {
	t.Parallel()
	console := &terminal{shown: strings.Repeat("x", 79), columns: 80}
	for columns, want := range map[int]string{
		80: "\r\x1b[K", 120: "\r\x1b[K", 79: "\r\x1b[K", 40: "\r\x1b[A\x1b[J", 26: "\r\x1b[A\x1b[A\x1b[A\x1b[J",
	} {
		if got := console.erased(columns); got != want {
			t.Errorf("to %d columns: got %q, want %q", columns, got, want)
		}
	}
}

func TestStepBegunAgainIsNotTakenForATear(t *testing.T) {
	t.Parallel()
	var p migrate.Progress
	w := watch{progress: &p}
	p.Begin(migrate.StepUpload, 10, 10)
	p.Done(8, 8)
	w.look(midnight)
	p.Begin(migrate.StepUpload, 4, 4)
	for i := range 2 {
		if ended := w.look(midnight); ended != nil || w.current.messages != 8 {
			t.Errorf("look %d: got %+v, want the fall not believed yet", i, w.current)
		}
	}
	if ended := w.look(midnight); ended == nil || ended.messages != 8 || w.current.totalMessages != 4 {
		t.Errorf("got %+v ended and %+v, want the first round ended with 8", ended, w.current)
	}
}

func TestAPipeOrAFileIsNoTerminal(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	for _, out := range []*os.File{file, w} {
		if console := openConsole(out); console != nil {
			t.Errorf("%s: taken for a terminal", out.Name())
		}
	}
}
