package report

import (
	"fmt"
	"io"
	"time"

	"unpop/cmd/internal/progress"
)

// Entry is an account's line on the index page of many.
type Entry struct {
	Target  string
	Name    string // what a batch calls it; empty: nothing
	Person  bool   // a batch can do no more without a person
	File    string // the account's page, relative to the index
	Level   Level
	Reason  string // why an account is not complete, where the last run said it
	Checked time.Time
	Figures
}

// Figures are what the index adds up.
type Figures struct{ Seen, Stored, Pending, Rejected, Bytes int64 }

// Entry makes the account's line.
func (a *Account) Entry(file string) Entry {
	t := a.Totals
	e := Entry{
		Target: a.Target, Name: a.Turn.Name, Person: a.Turn.NeedsPerson, File: file, Level: a.level(), Checked: a.History.Check.At,
		Figures: Figures{t.Seen, t.Stored, t.Pending + a.undecided(), t.Rejected(), t.Bytes},
	}
	if a.Turn.Reason != "" && e.Level != Good {
		e.Reason = a.Turn.Reason
	} else if runs := a.History.Runs; len(runs) > 0 && e.Level != Good {
		if last := runs[len(runs)-1]; last.Outcome != "done" {
			e.Reason = last.Went()
		}
	}
	return e
}

// titles are the levels as people read them.
var titles = map[Level]string{Good: "complete", Part: "see report", Open: "not finished", Lost: "mail missing"}

// State is the level in words.
func (e Entry) State() string {
	if e.Person && e.Level == Open {
		return "needs a person"
	}
	return titles[e.Level]
}

// Index is the page that leads to those of many accounts.
type Index struct {
	Options
	Entries []Entry
}

// WriteHTML writes the page.
func (x *Index) WriteHTML(w io.Writer) error { return execute(w, "index", x) }

// Total counts the accounts.
func (x *Index) Total() int { return len(x.Entries) }

func (x *Index) at(level Level) (n int64) {
	for _, e := range x.Entries {
		if e.Level == level {
			n++
		}
	}
	return n
}

// Level is that of the accounts together: that of the worst.
func (x *Index) Level() Level {
	for _, level := range []Level{Lost, Open, Part} {
		if x.at(level) > 0 {
			return level
		}
	}
	return Good
}

// Sentence says how the accounts stand.
func (x *Index) Sentence() string {
	good, all := x.at(Good), int64(len(x.Entries))
	if good == all {
		return fmt.Sprintf("All %s are complete.", count(all, "account"))
	}
	return fmt.Sprintf("%s of %s complete.", progress.Count(good), verb(all, "account is", "accounts are"))
}

// States says how many accounts stand otherwise.
func (x *Index) States() []string {
	var texts []string
	for _, s := range []struct {
		level     Level
		one, many string
	}{
		{Open, "is not finished", "are not finished"},
		{Part, "is done but for some mail: see its report", "are done but for some mail: see their reports"},
		{Lost, "lacks mail that had arrived", "lack mail that had arrived"},
	} {
		if n := x.at(s.level); n > 0 {
			texts = append(texts, verb(n, "account "+s.one, "accounts "+s.many)+".")
		}
	}
	return texts
}

// Sum adds the accounts up; nil where there is but one.
func (x *Index) Sum() *Figures {
	if len(x.Entries) < 2 {
		return nil
	}
	sum := &Figures{}
	for _, e := range x.Entries {
		sum.Seen += e.Seen
		sum.Stored += e.Stored
		sum.Pending += e.Pending
		sum.Rejected += e.Rejected
		sum.Bytes += e.Bytes
	}
	return sum
}
