package progress

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/schollz/progressbar/v3"
)

const (
	leastColumns = 40 // a narrower terminal gets as much
	leastBar     = 8
	mostBar      = 30
	leastPlace   = 8
	mostPlace    = 40
)

// A style is how a terminal is drawn on.
type style struct {
	color bool
	theme progressbar.Theme
}

// styleFor asks the environment: no colour where NO_COLOR is set (https://no-color.org), no block characters where the
// locale is not UTF-8.
func styleFor(getenv func(string) string) style {
	s := style{color: getenv("NO_COLOR") == "", theme: progressbar.Theme{Saucer: "█", SaucerPadding: "░"}}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		locale := strings.ToUpper(getenv(name))
		if locale == "" {
			continue
		}
		if !strings.Contains(locale, "UTF-8") && !strings.Contains(locale, "UTF8") {
			s.theme = progressbar.Theme{Saucer: "=", SaucerHead: ">", SaucerPadding: " ", BarStart: "[", BarEnd: "]"}
		}
		break
	}
	return s
}

// frame is the moving line for a terminal of that many columns. It leaves the last column free, for consoles that go to
// the next line as soon as it is written.
func (st style) frame(s *snapshot, columns int) string {
	room := max(columns, leastColumns) - 1
	fraction, known := s.fraction()
	head := stepName(s)
	if known {
		head = fmt.Sprintf("%s%4d%%", head, int(fraction*100))
	}
	texts, tail := facts(s)
	texts = fit(s, texts, tail, room-width(head))
	room -= width(head) + columnsOf(texts)
	bar, placeRoom := 0, room
	if known {
		bar, placeRoom = share(room, reserved(s, tail), min(width(tail), mostPlace))
	}
	line := st.paint(bold, head)
	if bar > 0 {
		line = st.paint(bold, stepName(s)) + st.bar(fraction, bar)
	}
	for _, text := range texts {
		line += "  " + text
	}
	if placeRoom-2 >= min(leastPlace, width(tail)) && tail != "" {
		line += "  " + st.paint(tone(s), shorten(tail, min(placeRoom-2, mostPlace)))
	}
	return line
}

// facts are the fields behind the bar, the most important one first, and the place or the notice, which may be shortened.
func facts(s *snapshot) (texts []string, tail string) {
	if s.notice != "" {
		return []string{ofTotal(s), sized(s.bytes)}, printable(s.notice)
	}
	return []string{ofTotal(s), timeLeft(s), speed(s), sized(s.bytes)}, printable(s.place)
}

// fit leaves out what has no room, least important first, and puts the rest in reading order: counts, bytes, rate, time left.
// A notice comes before everything; the time left comes before the place.
func fit(s *snapshot, texts []string, tail string, room int) []string {
	reserve := [2]int{0, reserved(s, tail)} // for the first two and for the rest
	if s.notice != "" {
		reserve[0] = reserve[1]
	}
	var kept []string
	for i, text := range texts {
		if text == "" || width(text)+2+reserve[min(i/2, 1)] > room {
			continue
		}
		room -= width(text) + 2
		kept = append(kept, text)
	}
	if len(kept) > 1 {
		slices.Reverse(kept[1:])
	}
	return kept
}

// reserved is the least room for the place or the notice, with the space before it.
func reserved(s *snapshot, tail string) int {
	switch {
	case tail == "":
		return 0
	case s.notice != "":
		return min(width(tail), mostPlace) + 2
	default:
		return min(width(tail), leastPlace) + 2
	}
}

func columnsOf(texts []string) int {
	n := 0
	for _, text := range texts {
		n += width(text) + 2
	}
	return n
}

// share divides the free columns between the bar and the place: first the least of both, then the place, then the bar.
func share(room, least, place int) (bar, placeRoom int) {
	const around = 3 // a space and two brackets
	if place > 0 {
		place += 2
	}
	free := room - least - leastBar - around
	if free < 0 {
		return 0, room
	}
	more := min(place-least, free)
	return min(leastBar+free-more, mostBar), least + more
}

// bar draws percentage and bar.
func (st style) bar(fraction float64, columns int) string {
	const whole = 10000
	b := progressbar.NewOptions64(whole,
		progressbar.OptionSetWriter(io.Discard),
		progressbar.OptionSetWidth(columns),
		progressbar.OptionSetTheme(st.theme),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionSetRenderBlankState(true),
	)
	_ = b.Set64(int64(fraction * whole))
	percent, drawing, _ := strings.Cut(strings.Trim(b.String(), "\r\n"), "%")
	return st.paint(bold, percent+"%") + " " + st.paint(green, strings.TrimSpace(drawing))
}

// The colours, as parameters of SGR (ECMA-48 section 8.3.117).
const (
	bold   = "1"
	dim    = "2"
	green  = "32"
	yellow = "33"
)

func tone(s *snapshot) string {
	if s.notice != "" {
		return yellow
	}
	return dim
}

func (st style) paint(color, text string) string {
	if !st.color || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}
