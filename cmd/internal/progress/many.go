package progress

import (
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"unpop/migrate"
)

// Many is how far a batch of accounts is at a moment.
type Many struct {
	Accounts        int // all of them
	Over            int // that had their turn
	Attention       int // of these, that need a person
	Messages, Bytes int64
	At              []One  // that are worked on
	Notice          string // why none is
}

// One is an account that is worked on.
type One struct {
	Name     string
	Began    time.Time
	Progress *migrate.Progress
}

// manyEvery is how often a batch is looked at: it has more to draw than a single account.
const manyEvery = 200 * time.Millisecond

// manySnapshot is a batch at a moment, with what follows from it.
type manySnapshot struct {
	Many
	time                        time.Time
	messagesPerSec, bytesPerSec float64
	left                        time.Duration
	leftKnown                   bool
}

// A manyRenderer writes batches in one format. It is called from one goroutine at a time.
type manyRenderer interface {
	tick(s *manySnapshot)
	// tell writes a line of its own: the text for people, the object for programs.
	tell(text string, object any)
	close(s *manySnapshot)
}

// ManyDisplay shows a batch until it is stopped. Its methods may be called by several goroutines at once.
type ManyDisplay struct {
	mu       sync.Mutex
	look     func() Many
	renderer manyRenderer
	rate     Rate
	began    time.Time
	first    int // accounts that were over when it began
	quit     chan struct{}
	done     sync.WaitGroup
	once     sync.Once
}

// StartMany shows a batch on w until [ManyDisplay.Stop]: the accounts that are worked on and a line for the whole on a terminal, lines in a
// log, JSON lines for a program. look is asked some times a second. Errors of w are ignored. While it runs nothing else may write to w; use
// [ManyDisplay.Tell].
func StartMany(w io.Writer, look func() Many, opts Options) *ManyDisplay {
	d := &ManyDisplay{look: look, renderer: newManyRenderer(w, opts), began: time.Now(), quit: make(chan struct{})}
	d.first = look().Over
	d.done.Go(d.run)
	return d
}

// Tell writes a line of its own without disturbing the progress: the text, or the object where the format is JSON.
func (d *ManyDisplay) Tell(text string, object any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.renderer.tell(text, object)
}

// Stop takes away what moves. The writer is free when it returns. It may be called again.
func (d *ManyDisplay) Stop() {
	d.once.Do(func() {
		close(d.quit)
		d.done.Wait()
		d.mu.Lock()
		defer d.mu.Unlock()
		d.renderer.close(d.snapshot(time.Now()))
	})
}

func (d *ManyDisplay) run() {
	ticker := time.NewTicker(manyEvery)
	defer ticker.Stop()
	for {
		select {
		case <-d.quit:
			return
		case now := <-ticker.C:
			d.mu.Lock()
			d.renderer.tick(d.snapshot(now))
			d.mu.Unlock()
		}
	}
}

// snapshot reads the counts, and estimates from the accounts so far how long the others take.
func (d *ManyDisplay) snapshot(now time.Time) *manySnapshot {
	const evidence, sample = 5 * time.Second, 5
	s := &manySnapshot{Many: d.look(), time: now}
	d.rate.Observe(now, s.Messages, s.Bytes)
	s.messagesPerSec, s.bytesPerSec = d.rate.Messages(), d.rate.Bytes()
	passed, over := now.Sub(d.began), s.Over-d.first
	if passed >= evidence && over >= sample && s.Over < s.Accounts {
		s.left, s.leftKnown = time.Duration(float64(passed)/float64(over)*float64(s.Accounts-s.Over)), true
	}
	return s
}

func newManyRenderer(w io.Writer, opts Options) manyRenderer {
	if opts.Format == JSON {
		return &manyJSON{w: w, every: every(opts.Every, time.Second)}
	}
	if opts.Format == Auto {
		if console := openConsole(w); console != nil {
			return &manyTerminal{terminal: console, rows: rowsOf(w)}
		}
	}
	return &manyPlain{w: w, every: every(opts.Every, 30*time.Second)}
}

// rowsOf tells how many lines a terminal has.
func rowsOf(w io.Writer) func() int {
	return func() int {
		file, ok := w.(*os.File)
		if !ok {
			return 24
		}
		_, rows, err := term.GetSize(int(file.Fd()))
		if err != nil || rows <= 0 {
			return 24
		}
		return rows
	}
}
