package progress

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/rivo/uniseg"
)

// Count writes a number with commas between the thousands: "12,403".
func Count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// byteUnits are the decimal units that hosters and disks count in.
var byteUnits = []string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}

// Bytes writes an amount of bytes in decimal units, with two or three digits: "1.2 GB", "480 MB", "12 B".
func Bytes(n int64) string {
	if n < 0 {
		return "-" + Bytes(-max(n, -maxBytes))
	}
	value, unit := float64(n), 0
	for value >= 999.5 && unit < len(byteUnits)-1 {
		value /= 1000
		unit++
	}
	if unit > 0 && value < 9.95 {
		return fmt.Sprintf("%.1f %s", value, byteUnits[unit])
	}
	return fmt.Sprintf("%.0f %s", value, byteUnits[unit])
}

// maxBytes keeps the sign change of the least int64 from overflowing.
const maxBytes = 1<<63 - 1

// Duration writes a time as one says it: "45 s", "4 min", "2 h 10 min", "3 days". Use [Clock] for a time that was measured.
func Duration(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < 59500*time.Millisecond:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 59*time.Minute+30*time.Second:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 24*time.Hour:
		return hours(d)
	default:
		return days(d)
	}
}

func hours(d time.Duration) string {
	minutes := int(d.Round(time.Minute).Minutes())
	if minutes%60 == 0 {
		return fmt.Sprintf("%d h", minutes/60)
	}
	return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
}

func days(d time.Duration) string {
	n := (d + 12*time.Hour) / (24 * time.Hour)
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

// Clock writes a time that was measured: "0:03", "1:03:20".
func Clock(d time.Duration) string {
	seconds := int64(max(d, 0).Round(time.Second).Seconds())
	if seconds < 3600 {
		return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
}

// width is how many columns a text takes on a terminal.
func width(s string) int { return uniseg.StringWidth(s) }

// shorten cuts a text in its middle, between characters as the user sees them, so that it takes at most limit columns.
// The end of a folder's name tells more than its middle.
func shorten(s string, limit int) string {
	if width(s) <= limit {
		return s
	}
	if limit < 1 {
		return ""
	}
	tail := lastColumns(s, limit/2)
	return firstColumns(s, limit-1-width(tail)) + "…" + tail
}

func firstColumns(s string, limit int) string {
	end, columns := 0, 0
	for g := uniseg.NewGraphemes(s); g.Next(); {
		columns += g.Width()
		if columns > limit {
			break
		}
		_, end = g.Positions()
	}
	return s[:end]
}

func lastColumns(s string, limit int) string {
	start, over := 0, width(s)-limit
	for g := uniseg.NewGraphemes(s); over > 0 && g.Next(); {
		over -= g.Width()
		_, start = g.Positions()
	}
	return s[start:]
}

// printable takes out what would move the cursor, change colours or turn the direction of writing: names of folders and
// words of servers are not ours.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r == unicode.ReplacementChar || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029':
			return '?'
		default:
			return r
		}
	}, s)
}
