package dedupe

import (
	"strings"
	"testing"
)

// usualDates are all kinds of dates that usualDate reads, and some that it must leave alone.
var usualDates = []string{
	"Mon, 06 Jan 2014 08:00:00 +0000", "6 Jan 2014 08:00:00 +0100", "Tue, 31 Dec 1999 23:59:60 -0730", "Sat, 1 Feb 2020 00:00:00 -0000",
	"Mon, 06 Jan 2014 08:00:00 +0000 (UTC)", "Mon, 06 Jan 2014 08:00:00 -0800 (PST)", "Fri, 31 Feb 2014 08:00:00 +0000", "Mon, 6 May 1969 08:00:00 +0000",
	"Mon, 06 Jan 2014 25:00:00 +0000", "Mon, 06 Jan 2014 08:61:00 +0000", "Mon, 06 Jan 2014 08:00:00 +1500", "Mon, 06 Jan 2014 08:00:00 +0060",
	"Mon, 06 Jan 2014 08:00:00 +00000", "Mon, 00 Jan 2014 08:00:00 +0000", "Mon, 06 Jan 0000 08:00:00 +0000", "Met, 06 Jan 2014 08:00:00 +0000",
	"Mon, 06 JAN 2014 08:00:00 +0000", "Mon, 06 Jan 2014 8:00:00 +0000", "Mon, 06 Jan 2014 08:00 +0000", "Mon, 06 Jan 2014 08:00:00 GMT",
	"Mon, 06 Jan 14 08:00:00 +0000", "Mon, 06 Jan 2014 08:00:00 +0000 (a (b))", "Mon, 06 Jan 2014 08:00:00 +0000 ()", "Mon,06 Jan 2014 08:00:00 +0000",
	"Mon, 06 Jan 20140 08:00:00 +0000", "Mon, 106 Jan 2014 08:00:00 +0000", "Mon, 06 Jan 2014 08:00:00 + 100", "Mon, 06 Jan 2014 08:00:00.5 +0100", "",
}

func TestUsualDate(t *testing.T) {
	t.Parallel()
	read := 0
	for _, text := range usualDates {
		d, ok := usualDate(text)
		if !ok {
			continue
		}
		read++
		if got, want := d.time(), unusualDate(text); !got.Equal(want) || got.Format("-0700") != want.Format("-0700") {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
	if read < 10 {
		t.Errorf("got %d dates read the short way, want most", read)
	}
}

// FuzzUsualDate: the short way gives what the long one gives, or leaves it alone.
func FuzzUsualDate(f *testing.F) {
	for _, text := range usualDates {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.TrimSpace(text)
		d, ok := usualDate(text)
		if !ok {
			return
		}
		if got, want := d.time(), unusualDate(text); !got.Equal(want) || got.Format("-0700") != want.Format("-0700") {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	})
}
