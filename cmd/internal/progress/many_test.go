package progress

import (
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"unpop/migrate"
)

func workingAt(name string, step migrate.Step, done, total int64, place string) One {
	p := new(migrate.Progress)
	p.Begin(step, total, total*2000)
	p.Done(done, done*2000)
	p.SetPlace(place)
	return One{Name: name, Progress: p}
}

func someMany() Many {
	return Many{
		Accounts: 400, Over: 123, Attention: 2, Messages: 12403, Bytes: 1_200_000_000,
		At: []One{
			workingAt("anna@example.it", migrate.StepUpload, 310, 690, "Clienti/\x1b[2JACME"),
			workingAt("a.very.long.name.of.somebody@department.example.it", migrate.StepScan, 1200, 0, "Local Folders/Inbox"),
			{Name: "new@example.it", Progress: new(migrate.Progress)},
		},
	}
}

func TestManyFramesFit(t *testing.T) {
	t.Parallel()
	for _, columns := range []int{20, 40, 60, 80, 132, 200} {
		for _, rows := range []int{4, 24} {
			c := &manyTerminal{terminal: &terminal{style: styleFor(func(string) string { return "" })}, rows: func() int { return rows }}
			s := &manySnapshot{Many: someMany(), time: time.Now(), messagesPerSec: 310, left: 2 * time.Hour, leftKnown: true}
			lines := c.frames(s, columns)
			if len(lines) >= rows {
				t.Errorf("%d rows: got %d lines, want them to leave room", rows, len(lines))
			}
			for _, line := range lines {
				if got := width(unpainted(line)); got > max(columns, leastColumns)-1 {
					t.Errorf("%d columns: got %d in %q", columns, got, line)
				}
				if strings.Contains(line, "[2J") && strings.Contains(line, "\x1b[2J") {
					t.Errorf("a folder's name moves the cursor: %q", line)
				}
			}
			if !strings.Contains(lines[len(lines)-1], "123 of 400 accounts") {
				t.Errorf("got %q last, want the whole", lines[len(lines)-1])
			}
		}
	}
}

func TestManyTerminalWipesWhatItDrew(t *testing.T) {
	t.Parallel()
	var out page
	columns := 100
	c := &manyTerminal{
		terminal: &terminal{w: &out, size: func() int { return columns }, restore: func() {}}, rows: func() int { return 24 },
	}
	s := &manySnapshot{Many: someMany(), time: time.Now()}
	c.tick(s)
	if strings.Contains(out.String(), "\x1b[J") {
		t.Errorf("the first drawing wipes something: %q", out.String())
	}
	c.tell("anna\x07 done", nil)
	if got := out.String(); !strings.Contains(got, "\r\x1b[3A\x1b[Janna? done\n") {
		t.Errorf("got %q, want the line in place of four lines, and them below it", got)
	}
	columns = 50 // narrower: what was drawn takes more rows
	before := len(out.String())
	c.close(s)
	if got := out.String()[before:]; !strings.Contains(got, "A\x1b[J") || strings.HasPrefix(got, "\r\x1b[3A") {
		t.Errorf("got %q, want more than four rows wiped", got)
	}
}

func TestManyPlainAndJSON(t *testing.T) {
	t.Parallel()
	for _, format := range []Format{Plain, JSON} {
		synctest.Test(t, func(t *testing.T) {
			var out page
			var more atomic.Int64
			d := StartMany(&out, func() Many {
				m := someMany()
				m.Over += int(more.Load())
				return m
			}, Options{Format: format})
			time.Sleep(70 * time.Second)
			d.Tell("bob done", map[string]string{"account": "bob"})
			more.Store(10)
			time.Sleep(40 * time.Second)
			d.Stop()
			d.Stop()
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if format == Plain {
				want := []string{"123 of 400 accounts  2 need a person  12,403 sent  1.2 GB", "bob done", "133 of 400 accounts"}
				for i, w := range want {
					if len(lines) != len(want) || !strings.HasPrefix(lines[i], w) {
						t.Fatalf("got %q, want %q", lines, want)
					}
				}
				return
			}
			if len(lines) < 100 {
				t.Errorf("got %d lines in 110 s, want one a second", len(lines))
			}
			for _, line := range lines {
				var v struct {
					Account string
					Over    int
					Working []struct{ Name, Step string }
				}
				if err := json.Unmarshal([]byte(line), &v); err != nil {
					t.Fatalf("%s: %v", line, err)
				}
				if v.Account == "" && (v.Over < 123 || len(v.Working) != 3 || v.Working[0].Step != "upload") {
					t.Errorf("got %s", line)
				}
			}
		})
	}
}

func TestManyTellsTimeLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var over atomic.Int64
		over.Store(100)
		d := StartMany(&page{}, func() Many { return Many{Accounts: 200, Over: int(over.Load())} }, Options{Format: Plain})
		defer d.Stop()
		look := func() *manySnapshot {
			d.mu.Lock()
			defer d.mu.Unlock()
			return d.snapshot(time.Now())
		}
		if s := look(); s.leftKnown {
			t.Errorf("got %v left before anything was done", s.left)
		}
		time.Sleep(50 * time.Second)
		over.Store(150)
		if s := look(); !s.leftKnown || s.left.Round(time.Second) != 50*time.Second {
			t.Errorf("got %v, %v, want 50 s for as many again", s.left, s.leftKnown)
		}
	})
}
