package progress

import (
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"unpop/migrate"
)

// Format is how a run is shown.
type Format int

// The formats. Auto takes the moving line where the writer is a terminal that can draw it, plain lines elsewhere.
const (
	Auto Format = iota
	Plain
	JSON
)

// Options say how a run is shown. The zero value is what a person wants.
type Options struct {
	Format Format
	// Every is the time between plain lines (10 s if zero) or JSON lines (1 s if zero). The terminal has its own pace.
	Every time.Duration
	// Resume goes on after another display of the same run was stopped, which has shown the step that is under way.
	Resume bool
}

const (
	// lookEvery is how often the counts are read, so that a step's last ones are not missed.
	lookEvery = 10 * time.Millisecond
	// drawEvery is how often a renderer may draw.
	drawEvery = 100 * time.Millisecond
)

// A renderer writes snapshots in one format. A display calls it from one goroutine at a time.
type renderer interface {
	// tick is called ten times a second.
	tick(s *snapshot)
	// begin and end are called when a step begins and when it has ended.
	begin(s *snapshot)
	end(s *snapshot)
	// say writes a line of its own beside the progress.
	say(now time.Time, line string)
	// close takes away what should not stay.
	close()
}

// A Display shows a run until it is stopped. Its methods may be called by several goroutines at once.
type Display struct {
	mu       sync.Mutex
	watch    watch
	renderer renderer
	quit     chan struct{}
	done     sync.WaitGroup
	once     sync.Once
}

// Start shows the run that p counts on w until [Display.Stop]. Errors of w are ignored: a run goes on when nobody looks.
// While it runs nothing else may write to w; use [Display.Print].
func Start(w io.Writer, p *migrate.Progress, opts Options) *Display {
	d := &Display{
		watch:    watch{progress: p},
		renderer: newRenderer(w, opts),
		quit:     make(chan struct{}),
	}
	if opts.Resume {
		d.watch.told = p.Step()
	}
	d.done.Go(d.run)
	return d
}

// Print writes a line of its own without disturbing the progress.
func (d *Display) Print(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.renderer.say(time.Now(), line)
}

// Stop shows the last counts and takes the moving line away. The writer is free when it returns. It may be called again.
func (d *Display) Stop() {
	d.once.Do(func() {
		close(d.quit)
		d.done.Wait()
		d.mu.Lock()
		defer d.mu.Unlock()
		d.look(time.Now())
		if last := d.watch.measured(time.Now()); last.step != 0 && last.step != d.watch.told {
			d.renderer.end(&last)
		}
		d.renderer.close()
	})
}

func (d *Display) run() {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	var drawn time.Time
	for {
		select {
		case <-d.quit:
			return
		case now := <-ticker.C:
			d.mu.Lock()
			d.look(now)
			if now.Sub(drawn) >= drawEvery {
				drawn = now
				if s := d.watch.measured(now); s.step == 0 || s.step != d.watch.told {
					d.renderer.tick(&s)
				}
			}
			d.mu.Unlock()
		}
	}
}

// look reads the counts and tells the renderer of steps that ended and began.
func (d *Display) look(now time.Time) {
	before := d.watch.current.step
	ended := d.watch.look(now)
	if ended != nil {
		d.renderer.end(ended)
	}
	if current := d.watch.current; (ended != nil || current.step != before) && current.step != d.watch.told {
		d.renderer.begin(&current)
	}
}

func newRenderer(w io.Writer, opts Options) renderer {
	switch opts.Format {
	case JSON:
		return &jsonLines{w: w, every: every(opts.Every, time.Second)}
	case Plain:
		return &plain{w: w, every: every(opts.Every, 10*time.Second)}
	default:
		if console := openConsole(w); console != nil {
			return console
		}
		return &plain{w: w, every: every(opts.Every, 10*time.Second)}
	}
}

// openConsole returns the renderer for a terminal; nil where w is none, or one that can't go back in a line.
func openConsole(w io.Writer) *terminal {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	restore, ok := enableEscapes(file)
	if !ok {
		return nil
	}
	size := func() int {
		columns, _, err := term.GetSize(int(file.Fd()))
		if err != nil || columns <= 0 {
			return 80
		}
		return columns
	}
	return &terminal{w: file, size: size, style: styleFor(os.Getenv), restore: restore}
}

func every(set, usual time.Duration) time.Duration {
	if set > 0 {
		return set
	}
	return usual
}
