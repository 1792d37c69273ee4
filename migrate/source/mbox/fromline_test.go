package mbox

import (
	"strings"
	"testing"
	"time"
)

func TestParseFromLine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		line, sender, date string // no date: none; no date and sender "!": no From_ line
	}{
		{"From a@example.com Mon Jan  2 15:04:05 2006", "a@example.com", "2006-01-02T15:04:05Z"},
		{"From a@example.com  Mon Jan 12 15:04:05 2006\r\n", "a@example.com", "2006-01-12T15:04:05Z"},
		{"From a at example.com  Mon Jan 12 15:04:05 2006\n", "a at example.com", "2006-01-12T15:04:05Z"},
		{"From Anna Rossi <a@example.com> Mon Jan 12 15:04:05 2006", "Anna Rossi <a@example.com>", "2006-01-12T15:04:05Z"},
		{"From jbenn|ngho|| @end|ng |rom m@c@com  Fri May  1 15:04:05 2026", "jbenn|ngho|| @end|ng |rom m@c@com", "2026-05-01T15:04:05Z"},
		{"From Mon Jan 12 15:04:05 2006 Tue Jan 13 15:04:05 2006", "Mon Jan 12 15:04:05 2006", "2006-01-13T15:04:05Z"},
		{"From 1628@xxx Tue Mar 19 09:13:51 +0000 2019", "1628@xxx", "2019-03-19T09:13:51Z"},
		{"From a Mon Jan  5 08:50:15 +0100 2004", "a", "2004-01-05T07:50:15Z"},
		{"From a Mon Jan  5 08:50:15 2004 -0430", "a", "2004-01-05T13:20:15Z"},
		{"From a Sat Sep  1 20:58 EDT 2001", "a", "2001-09-02T00:58:00Z"},
		{"From a Sat Sep  1 20:58 MET 2001", "a", "2001-09-01T19:58:00Z"},
		{"From a Tue Jul  7 20:33:03 1998 WETDST", "a", "1998-07-07T19:33:03Z"},
		{"From a Tue Jul  7 20:33:03 1998 XYZT", "a", "1998-07-07T20:33:03Z"},
		{"From a Tue Jul  7 20:33 98", "a", "1998-07-07T20:33:00Z"},
		{"From a Tue, 7 Jul 98 20:33:03 PST remote from ahost", "a", "1998-07-08T04:33:03Z"},
		{"From a Tue, 07 Jul 1998 20:33:03 +0200 (CEST)", "a", "1998-07-07T18:33:03Z"},
		{"From a 2011-07-08T12:08:34Z", "a", "2011-07-08T12:08:34Z"},
		{"From a 2011-07-08T12:08:34+02:00", "a", "2011-07-08T10:08:34Z"},
		{"From a 2011-07-08 12:08:34 +0200", "a", "2011-07-08T10:08:34Z"},
		{"From MAILER-DAEMON Fri Jul 08 2011 12:08:34 GMT+0200 (Central European Summer Time)", "MAILER-DAEMON", "2011-07-08T10:08:34Z"},
		{"From MAILER-DAEMON Fri Jul 08 2011 12:08:34 GMT+0000 (GMT Standard Time)", "MAILER-DAEMON", "2011-07-08T12:08:34Z"},
		{"From a@b Fri, 8 Jul 2011 12:08:34 +0200 (Central European Summer Time)", "a@b", "2011-07-08T10:08:34Z"},
		{"From a@b 8 Jul 2011 12:08:34 +0200", "a@b", ""},
		{"From a@b ven lug  8 12:08:34 2011", "a@b", ""},
		{"From - Fri Aug 24 11:55:47 2018", "", "2018-08-24T11:55:47Z"},
		{"From - ven ago 24 11:55:47 2018", "", ""},
		{"From ???@??? Fri Mar 10 09:04:22 1995", "???@???", "1995-03-10T09:04:22Z"},
		{"From  Mon Jan  2 15:04:05 2006", "", "2006-01-02T15:04:05Z"},
		{"From nobody Mon Sep 17 00:00:00 2001", "nobody", "2001-09-17T00:00:00Z"},
		{"From mboxrd@z Thu Jan  1 00:00:00 1970", "mboxrd@z", "1970-01-01T00:00:00Z"},
		{"From", "", ""},
		{"From ", "", ""},
		{"From -", "", ""},
		{"From - \r\n", "", ""},
		{"From 1844347792267117879@xxx", "1844347792267117879@xxx", ""},
		{"From: a@example.com", "!", ""},
		{"Fromage", "!", ""},
		{"from a@example.com Mon Jan  2 15:04:05 2006", "!", ""},
		{"From now on", "!", ""},
		{"From a@example.com to b@example.com", "!", ""},
		{"From - the desk of", "!", ""},
		{"From Anna at 12:08:34", "!", ""},
		{"From a Fri Jul 08 2011 12:08:34 GMT+0200 (as I said) it was", "!", ""},
		{"From -x Mon", "!", ""},
		{"From Monday 12 Jan 2024 at 10:30 on", "!", ""},
		{"From a Mon Jan 32 15:04:05 2006", "!", ""},
		{"From a Mon Jan  2 25:04:05 2006", "!", ""},
		{"From a Mon Jan  2 15:04:05", "!", ""},
		{"From a Mon Jan  2 15:04:05 2006 it was", "!", ""},
		{"From a 2011-99-08T12:08:34Z", "!", ""},
		{"From " + strings.Repeat("0", 40) + " Mon Sep 17 00:00:00 2001", "!", ""},
		{"From " + strings.Repeat("a", 64) + " Mon Sep 17 00:00:00 2001", "!", ""},
		{"", "!", ""},
	}
	for _, tt := range tests {
		sender, date, ok := ParseFromLine([]byte(tt.line))
		text := ""
		if !date.IsZero() {
			text = date.Format(time.RFC3339)
		}
		want := tt.sender != "!"
		if ok != want || (ok && (sender != tt.sender || text != tt.date)) {
			t.Errorf("%q: got %q, %q, %v, want %q, %q, %v", tt.line, sender, text, ok, tt.sender, tt.date, want)
		}
	}
}

// FuzzFromLine: what is read from a line can be written again and is read alike.
func FuzzFromLine(f *testing.F) {
	f.Add([]byte("From a at b  Mon Jan  2 15:04:05 2006"))
	f.Add([]byte("From - Mon, 2 Jan 06 15:04 +0100 (CET) remote from x"))
	f.Add([]byte("From x 2006-01-02T15:04:05Z"))
	f.Add([]byte("From x@y"))
	f.Fuzz(func(t *testing.T, line []byte) {
		sender, date, ok := ParseFromLine(line)
		if !ok {
			if sender != "" || !date.IsZero() {
				t.Fatalf("%q: got %q, %v beside not ok, want nothing", line, sender, date)
			}
			return
		}
		if !strings.HasPrefix(string(line), "From") || !strings.Contains(string(line), sender) {
			t.Fatalf("%q: got sender %q, want a part of a line that begins with From", line, sender)
		}
		if date.IsZero() || sender == "" || sender == "-" || strings.HasPrefix(sender, "- ") || strings.HasPrefix(sender, "-\t") {
			return
		}
		again := "From " + sender + " " + date.Format("Mon Jan _2 15:04:05 2006")
		sender2, date2, ok := ParseFromLine([]byte(again))
		if !ok || sender2 != sender || !date2.Equal(date) {
			t.Fatalf("%q as %q: got %q, %v, %v, want %q, %v", line, again, sender2, date2, ok, sender, date)
		}
	})
}
