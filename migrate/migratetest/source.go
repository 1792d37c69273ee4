package migratetest

import (
	"context"
	"io"
	"maps"
	"path"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"unpop/migrate"
)

// maxCopies bounds how many copies of each part the slower checks open.
const maxCopies = 50

// TestSource holds a kind of source to the contract of [migrate.Source]. open is called for each check and gives the same
// source each time, with at least one readable copy in it. Use [Unchanged] beside it where the source is made of files.
func TestSource(t *testing.T, open func(t testing.TB) migrate.Source) {
	t.Helper()
	checks := []struct {
		name  string
		check func(*testing.T, migrate.Source)
	}{
		{"Parts", checkParts},
		{"Copies", checkCopies},
		{"OpenTwice", checkOpenTwice},
		{"OpenTogether", checkOpenTogether},
		{"Break", checkBreak},
		{"Cancel", checkCancel},
		{"Unknown", checkUnknown},
		{"Describe", checkDescribe},
	}
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.check(t, use(t, open)) })
	}
	t.Run("SameInEachRun", func(t *testing.T) { checkSameRuns(t, use(t, open), use(t, open)) })
}

// use opens a source for the time of a test.
func use(t *testing.T, open func(t testing.TB) migrate.Source) migrate.Source {
	t.Helper()
	src := open(t)
	t.Cleanup(func() {
		if err := src.Close(); err != nil {
			t.Errorf("Close: got %v, want nil", err)
		}
	})
	return src
}

// A place is where a copy is.
type place struct{ part, ref string }

// listing is what a source tells in one run.
type listing struct {
	parts  []migrate.PartInfo
	copies map[string][]migrate.Copy
}

// list reads a source as the engine does.
func list(t *testing.T, src migrate.Source) listing {
	t.Helper()
	l := listing{copies: map[string][]migrate.Copy{}}
	for part, err := range src.Parts(t.Context()) {
		if part == nil {
			t.Fatalf("Parts: got error %v, want parts", err)
		}
		info := part.Info()
		l.parts = append(l.parts, info)
		if err != nil {
			continue
		}
		for c, err := range part.Copies(t.Context()) {
			if c == nil {
				t.Fatalf("part %q: got error %v, want copies", info.Name, err)
			}
			l.copies[info.Name] = append(l.copies[info.Name], *c)
		}
	}
	if len(l.places(1)) == 0 {
		t.Fatal("got no copies, want a source with some")
	}
	return l
}

// places names up to n copies of each part, in order.
func (l listing) places(n int) []place {
	var all []place
	for _, name := range slices.Sorted(maps.Keys(l.copies)) {
		for _, c := range l.copies[name][:min(n, len(l.copies[name]))] {
			all = append(all, place{name, c.Ref})
		}
	}
	return all
}

func checkParts(t *testing.T, src migrate.Source) {
	seen := map[string]bool{}
	for _, info := range list(t, src).parts {
		name := info.Name
		if seen[name] {
			t.Errorf("part %q: got it twice, want each name once", name)
		}
		seen[name] = true
		if name == "" || path.IsAbs(name) || path.Clean(name) != name || strings.HasPrefix(name, "../") || strings.Contains(name, "\x00") {
			t.Errorf("part %q: got that name, want a relative path with slashes", name)
		}
		if info.Bytes < 0 {
			t.Errorf("part %q: got %d bytes, want none or more", name, info.Bytes)
		}
		if slices.Contains(info.Folder.Path, "") {
			t.Errorf("part %q: got folder %q, want no empty names", name, info.Folder.Path)
		}
	}
}

func checkCopies(t *testing.T, src migrate.Source) {
	for part, copies := range list(t, src).copies {
		seen := map[string]bool{}
		for _, c := range copies {
			if c.Ref == "" || seen[c.Ref] {
				t.Errorf("part %q: got ref %q empty or twice, want each once", part, c.Ref)
			}
			seen[c.Ref] = true
			if c.Size < 0 {
				t.Errorf("part %q ref %q: got size %d, want none or more", part, c.Ref, c.Size)
			}
			if len(c.Folder.Path) == 0 || slices.Contains(c.Folder.Path, "") {
				t.Errorf("part %q ref %q: got folder %q, want names", part, c.Ref, c.Folder.Path)
			}
		}
	}
}

// checkSameRuns lists a source twice, and once more as a later run would.
func checkSameRuns(t *testing.T, src, again migrate.Source) {
	first := list(t, src)
	for _, other := range []listing{list(t, src), list(t, again)} {
		if !reflect.DeepEqual(first, other) {
			t.Errorf("listing: got %+v, want the same as before: %+v", other, first)
		}
	}
	for _, p := range first.places(maxCopies) {
		if one, other := read(t, src, p), read(t, again, p); one != other {
			t.Errorf("%v: got %q in another run, want %q", p, other, one)
		}
	}
}

// read returns the bytes of a copy, or the error in words, which must be the same each time too.
func read(t *testing.T, src migrate.Source, p place) string {
	t.Helper()
	r, err := src.Open(t.Context(), p.part, p.ref)
	if err != nil {
		return "error: " + err.Error()
	}
	data, err := io.ReadAll(r)
	if closing := r.Close(); closing != nil {
		t.Errorf("%v: Close: got %v, want nil", p, closing)
	}
	if err != nil {
		return "error: " + err.Error()
	}
	return string(data)
}

func checkOpenTwice(t *testing.T, src migrate.Source) {
	readable := 0
	for _, p := range list(t, src).places(maxCopies) {
		first, again := read(t, src, p), read(t, src, p)
		if first != again {
			t.Errorf("%v: got %q when opened again, want %q", p, again, first)
		}
		if !strings.HasPrefix(first, "error: ") {
			readable++
		}
	}
	if readable == 0 {
		t.Error("got no readable copy, want some")
	}
}

func checkOpenTogether(t *testing.T, src migrate.Source) {
	places := list(t, src).places(maxCopies)
	want := make([]string, len(places))
	for i, p := range places {
		want[i] = read(t, src, p)
	}
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := range places {
				at := (i + worker*len(places)/4) % len(places)
				if got := read(t, src, places[at]); got != want[at] {
					t.Errorf("%v: got %q beside other readers, want %q", places[at], got, want[at])
				}
			}
		})
	}
	group.Go(func() {
		for part, err := range src.Parts(t.Context()) {
			if part == nil {
				t.Errorf("Parts beside readers: got %v, want parts", err)
			}
		}
	})
	group.Wait()
}

// checkBreak leaves the iterations early, many times, and looks for goroutines that stayed.
func checkBreak(t *testing.T, src migrate.Source) {
	before := runtime.NumGoroutine()
	for range 20 {
		for part, err := range src.Parts(t.Context()) {
			if err != nil {
				continue
			}
			for range part.Copies(t.Context()) {
				break
			}
			break
		}
	}
	deadline := time.Now().Add(3 * time.Second)
	for runtime.NumGoroutine() > before+2 && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	if after := runtime.NumGoroutine(); after > before+2 {
		t.Errorf("goroutines: got %d after leaving the iterations, want about %d", after, before)
	}
}

// checkCancel expects a cancelled context to end each iteration and Open.
func checkCancel(t *testing.T, src migrate.Source) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	start := time.Now()
	for part, err := range src.Parts(ctx) {
		if part == nil && err == nil {
			t.Error("Parts: got neither part nor error")
		}
	}
	for part, err := range src.Parts(t.Context()) {
		if err == nil {
			drain(t, ctx, part)
		}
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("cancelled context: got an end after %v, want it at once", took)
	}
}

// drain expects a part to end with the context's error, or without having anything to tell.
func drain(t *testing.T, ctx context.Context, part migrate.Part) {
	t.Helper()
	start, copies := time.Now(), 0
	var last error
	for c, err := range part.Copies(ctx) {
		last = err
		if c != nil {
			copies++
		}
	}
	if copies > 1 || (copies == 1 && last == nil) {
		t.Errorf("part %q, cancelled: got %d copies and error %v, want an error", part.Info().Name, copies, last)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("part %q, cancelled: got the end after %v, want it within a second", part.Info().Name, took)
	}
}

func checkUnknown(t *testing.T, src migrate.Source) {
	l := list(t, src)
	known := l.places(1)[0]
	cases := []place{
		{known.part, ""},
		{known.part, "no such ref"},
		{known.part, "../" + known.ref},
		{known.part, "-1"},
		{known.part, strings.Repeat("9", 40)},
		{known.part, "\x00"},
		{"no such part", known.ref},
		{"", known.ref},
		{"../" + known.part, known.ref},
		{"/" + known.part, known.ref},
		{known.part + "/x", known.ref},
		{"\x00", known.ref},
	}
	for _, p := range cases {
		r, err := src.Open(t.Context(), p.part, p.ref)
		if err == nil {
			_ = r.Close()
			t.Errorf("Open(%q, %q): got a reader, want an error", p.part, p.ref)
		}
	}
}

func checkDescribe(t *testing.T, src migrate.Source) {
	d, ok := src.(migrate.Describer)
	if !ok {
		t.Skip("not a Describer")
	}
	if text := d.Describe(); text == "" || strings.ContainsAny(text, "\r\n") {
		t.Errorf("Describe: got %q, want one line", text)
	}
}
