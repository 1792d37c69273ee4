package report

import (
	"fmt"
	"math"
	"strconv"

	"unpop/cmd/internal/progress"
	"unpop/state"
)

// Chart is a drawing of the mail by years: what the sources hold, and of that, as a narrower bar in front, what is on the server.
type Chart struct {
	Width, Height float64
	Bars          []Bar
	Grid          []Rule
	Base          float64 // y of the axis
	Gaps          []Bar   // years of which something is in the sources and nothing on the server
	Sums          state.Year
	Left          int64  // messages that are not on the server
	Summary       string // for who can't see it
}

// Bar is one year.
type Bar struct {
	state.Year
	Label                  string // empty: there is no room for it
	Name                   string
	X, W, InnerX, InnerW   float64
	Top, H, InnerTop, InnH float64
	Middle                 float64
	Left                   int64 // messages that are not on the server
	Empty                  bool  // nothing at all is of that year
}

// Rule is a line across the chart.
type Rule struct {
	Y    float64
	Text string
}

const (
	chartWidth  = 720
	chartHeight = 240
	chartLeft   = 46
	chartTop    = 14
	chartBase   = 206
	firstYear   = 1985 // mail before it is counted together: it is a wrong date, mostly
	mostBars    = 60
)

// newChart draws the years. It returns nil where there is nothing to draw.
func newChart(years []state.Year, now int) *Chart {
	bars := consecutive(years, now)
	if len(bars) == 0 {
		return nil
	}
	c := &Chart{Width: chartWidth, Height: chartHeight, Base: chartBase, Bars: bars}
	most := int64(0)
	for i := range bars {
		b := &bars[i]
		most = max(most, b.Copies, b.Messages)
		c.Sums.Copies += b.Copies
		c.Sums.Messages += b.Messages
		c.Sums.Stored += b.Stored
		b.Left = max(0, b.Messages-b.Stored)
		c.Left += b.Left
	}
	c.place(c.grid(most))
	c.findGaps()
	c.Summary = c.inWords()
	return c
}

// consecutive makes a bar of each year, also of those between without mail: a gap should be seen. Years that can't be true are
// put together at the ends, as is mail without a date.
func consecutive(years []state.Year, now int) []Bar {
	var none, early, late Bar
	within := map[int]state.Year{}
	first, last := math.MaxInt, 0
	for _, y := range years {
		switch {
		case y.Year == 0:
			none.add(y)
		case y.Year < firstYear:
			early.add(y)
		case y.Year > now:
			late.add(y)
		default:
			within[y.Year] = y
			first, last = min(first, y.Year), max(last, y.Year)
		}
	}
	var bars []Bar
	bars = early.appendTo(bars, "before "+strconv.Itoa(firstYear), "earlier")
	for year := first; year <= last; year++ {
		y := within[year]
		y.Year = year
		name := strconv.Itoa(year)
		bars = append(bars, Bar{Year: y, Name: name, Label: name, Empty: y.Copies+y.Messages == 0})
	}
	bars = late.appendTo(bars, "after "+strconv.Itoa(now), "later")
	return none.appendTo(bars, "without a date", "undated")
}

func (b *Bar) add(y state.Year) {
	b.Copies += y.Copies
	b.Messages += y.Messages
	b.Stored += y.Stored
}

func (b Bar) appendTo(bars []Bar, name, label string) []Bar {
	if b.Copies+b.Messages == 0 {
		return bars
	}
	b.Name, b.Label = name, label
	return append(bars, b)
}

// grid rules the chart at round numbers and returns the number at its top.
func (c *Chart) grid(most int64) float64 {
	step := roundStep(float64(max(most, 1)) / 4)
	top := math.Ceil(float64(max(most, 1))/step) * step
	for v := step; v <= top+step/2; v += step {
		c.Grid = append(c.Grid, Rule{Y: scaled(v, top), Text: progress.Count(int64(v))})
	}
	return top
}

// roundStep is the next of 1, 2, 5, 10, 20, 50, …
func roundStep(v float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(max(v, 1))))
	for _, m := range []float64{1, 2, 5, 10} {
		if unit*m >= v {
			return unit * m
		}
	}
	return unit * 10
}

func scaled(v, top float64) float64 { return chartBase - v/top*(chartBase-chartTop) }

// place gives the bars their room, and as many of them a label as there is room for.
func (c *Chart) place(top float64) {
	slot := math.Min((chartWidth-chartLeft-4)/float64(len(c.Bars)), 84)
	every := int(math.Ceil(36 / slot))
	for i := range c.Bars {
		b := &c.Bars[i]
		b.X, b.W = chartLeft+slot*(float64(i)+0.14), slot*0.72
		b.InnerX, b.InnerW = b.X+b.W*0.2, b.W*0.6
		b.Middle = b.X + b.W/2
		b.Top, b.InnerTop = tall(b.Copies, top), tall(b.Stored, top)
		b.H, b.InnH = chartBase-b.Top, chartBase-b.InnerTop
		if (len(c.Bars)-1-i)%every != 0 {
			b.Label = ""
		}
	}
}

// findGaps finds the years that the server has nothing of, though messages are of them, or where there is no plan yet copies. A copy
// whose message is filed under another year's date is no gap.
func (c *Chart) findGaps() {
	for _, b := range c.Bars {
		if b.Stored == 0 && (b.Messages > 0 || c.Sums.Messages == 0 && b.Copies > 0) {
			c.Gaps = append(c.Gaps, b)
		}
	}
}

// tall is where a bar of that height begins. The smallest is still seen.
func tall(n int64, top float64) float64 {
	if n == 0 {
		return chartBase
	}
	return math.Min(scaled(float64(n), top), chartBase-1.5)
}

// inWords says what the chart shows.
func (c *Chart) inWords() string {
	switch {
	case len(c.Gaps) > 0:
		return fmt.Sprintf("Nothing of %s is on the server, though the sources have mail of that time.", yearNames(c.Gaps))
	case c.Left > 0:
		return fmt.Sprintf("Every year that the sources have mail of is on the server; %s there yet.", verb(c.Left, "message is not", "messages are not"))
	default:
		return "Every year that the sources have mail of is on the server, and of each year every message."
	}
}

func yearNames(bars []Bar) string {
	const most = 6
	text := ""
	for i, b := range bars {
		switch {
		case i == most:
			return text + fmt.Sprintf(" and %d more years", len(bars)-most)
		case i > 0:
			text += ", "
		}
		text += b.Name
	}
	return text
}
