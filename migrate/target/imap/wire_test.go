package imap

import (
	"strings"
	"testing"
	"time"

	goimap "github.com/emersion/go-imap/v2"
)

func TestParseResponse(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]response{
		"* OK [CAPABILITY IMAP4rev1 ID] ready": {tag: "*", kind: "OK", code: "CAPABILITY", arg: "IMAP4rev1 ID", text: "ready"},
		"U7 ok [appenduid 38505 3955] done":    {tag: "U7", kind: "OK", code: "APPENDUID", arg: "38505 3955", text: "done"},
		"U7 NO":                                {tag: "U7", kind: "NO"},
		"U7 NO [broken text":                   {tag: "U7", kind: "NO", text: "[broken text"},
		"+ go ahead":                           {tag: "+", text: "go ahead"},
		"+":                                    {tag: "+"},
		"+OK POP3 ready":                       {tag: "+", text: "POP3 ready"},
		"* 12 EXISTS":                          {tag: "*", kind: "12", text: "EXISTS"},
		"":                                     {},
	} {
		if got := parseResponse(line); got != want {
			t.Errorf("parseResponse(%q): got %+v, want %+v", line, got, want)
		}
	}
}

func TestLiteralSize(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int64{
		"* 1 FETCH (BODY[] {310}\r\n": 310, "x {0}\n": 0, "x {12+}\r\n": 12, "x ~{5}\r\n": 5,
		"x {}\r\n": -1, "x {-1}\r\n": -1, "x {1} y\r\n": -1, "{99999999999999999999}\r\n": -1, "\r\n": -1, "}\r\n": -1,
	} {
		got, ok := literalSize([]byte(line))
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("literalSize(%q): got %d, want %d", line, got, want)
		}
	}
}

func TestUTF7(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"INBOX": "INBOX", "R&D": "R&-D", "Entwürfe": "Entw&APw-rfe", "日本語": "&ZeVnLIqe-", "&": "&-", "ä&ö": "&AOQ-&-&APY-",
		"🎉": "&2DzfiQ-", "~peter/mail/台北": "~peter/mail/&U,BTFw-",
	} {
		got := encodeUTF7(name)
		if got != want || !validUTF7(got) {
			t.Errorf("encodeUTF7(%q): got %q, valid %v, want %q", name, got, validUTF7(got), want)
		}
	}
	for _, bad := range []string{"R&D", "&", "x&AOQ", "&AOQ-&APY-", "&AGE-", "&2Dw-", "&AOR-", "\xff", "&====-", "&AO\n-"} {
		if validUTF7(bad) {
			t.Errorf("validUTF7(%q): got true, want false", bad)
		}
	}
}

func TestValidListLine(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		`(\HasNoChildren) "/" INBOX`: true, `() NIL "a b"`: true, `(\Sent \X) "." "INBOX.Sent"`: true, `() "/" {5}`: true,
		`() "/" "quo\"te"`: true, `() "\\" "back\\slash"`: true, `() "/" "&ZeVnLIqe-"`: true, `() "/" "caffè"`: true,
		`() "/" "R&D"`: false, `() "" x`: false, `() "/"`: false, ``: false, `() "/" R&D`: false,
	} {
		if got := validListLine(line); got != want {
			t.Errorf("validListLine(%q): got %v, want %v", line, got, want)
		}
	}
}

func TestInternalDate(t *testing.T) {
	t.Parallel()
	for want, date := range map[string]time.Time{
		" 3-Feb-2011 04:05:06 +0130": time.Date(2011, 2, 3, 4, 5, 6, 0, time.FixedZone("", 5400)),
		" 1-Jan-1970 00:00:00 +0000": time.Date(1931, 2, 3, 4, 5, 6, 0, time.UTC),
		" 1-Jan-2106 00:00:00 +0000": time.Date(9999, 2, 3, 4, 5, 6, 0, time.UTC),
		" 2-Feb-2011 08:05:06 +0000": time.Date(2011, 2, 3, 4, 5, 6, 0, time.FixedZone("", 20*3600)),
		"31-Dec-1999 23:59:59 -0800": time.Date(1999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -8*3600)),
		" 1-Jan-1970 00:30:00 +0000": time.Date(1969, 12, 31, 23, 30, 0, 0, time.FixedZone("", -3600)),
	} {
		if got := internalDate(date); got != want {
			t.Errorf("internalDate(%v): got %q, want %q", date, got, want)
		}
	}
}

func TestCutSet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		set        goimap.UIDSet
		head, rest string
	}{
		{goimap.UIDSet{{Start: 1, Stop: 3}}, "1:3", ""},
		{goimap.UIDSet{{Start: 1, Stop: 9}}, "1:4", "5:9"},
		{goimap.UIDSet{{Start: 1, Stop: 2}, {Start: 5, Stop: 9}, {Start: 20, Stop: 20}}, "1:2,5:6", "7:9,20"},
		{goimap.UIDSet{{Start: 1, Stop: 4}, {Start: 7, Stop: 7}}, "1:4", "7"},
		{goimap.UIDSet{{Start: 1, Stop: 1<<32 - 1}}, "1:4", "5:4294967295"},
	} {
		head, rest := cutSet(c.set, 4)
		if head.String() != c.head || rest.String() != c.rest {
			t.Errorf("cutSet(%v): got %v and %v, want %v and %v", c.set, head, rest, c.head, c.rest)
		}
	}
}

func TestUnfold(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		" <a@b>\r\n\r\n": "<a@b>", "\r\n <a@b>\r\n\r\n": "<a@b>", " <a@\r\n\tb>\r\n": "<a@\tb>",
		" <a@b>\r\nMessage-ID: <c@d>\r\n": "<a@b>", "": "", " x": "x",
	} {
		if got := unfold(value); got != want {
			t.Errorf("unfold(%q): got %q, want %q", value, got, want)
		}
	}
}

func TestServerName(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]string{
		`("name" "Dovecot")`: "Dovecot", `("name" "Cyrus IMAPD" "version" "3.6.1" "vendor" NIL)`: "Cyrus IMAPD 3.6.1", "NIL": "", `("na`: "",
	} {
		if got := serverName(list); got != want {
			t.Errorf("serverName(%s): got %q, want %q", list, got, want)
		}
	}
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	var p throttle
	for range 12 {
		p.heed(isThrottled("Success [THROTTLED]"))
	}
	if time.Duration(p) != throttleMost {
		t.Errorf("throttle: got %v, want %v", time.Duration(p), throttleMost)
	}
	for range 30 {
		p.heed(isThrottled("Success"))
	}
	if p != 0 {
		t.Errorf("throttle: got %v after many calm answers, want 0", time.Duration(p))
	}
}

// FuzzUTF7 holds that what we write go-imap takes, and that quoting never lets a name out of its quotes.
func FuzzUTF7(f *testing.F) {
	f.Add("Entwürfe & Co")
	f.Add("a\uef0ab\uef22")
	f.Fuzz(func(t *testing.T, name string) {
		if checkName(name) != nil || strings.ContainsFunc(name, isMark) {
			return
		}
		encoded := encodeName(name, false)
		inner := strings.NewReplacer(`\\`, "", `\"`, "").Replace(encoded[1 : len(encoded)-1])
		if !validListLine(`() "/" `+encoded) || strings.Contains(inner, `"`) {
			t.Errorf("encodeName(%q): got %s, which does not read back", name, encoded)
		}
	})
}

func TestCommandNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"T17 SELECT \"x\"\r\n": 17, "T1 NOOP\r\n": 1, "(FLAGS)\r\n": 0, "": 0, "T": 0, "Tx y": 0, "U3 APPEND": 0, "T99999999999999999999 x": 0,
	} {
		if got := commandNumber([]byte(text)); got != want {
			t.Errorf("commandNumber(%q): got %d, want %d", text, got, want)
		}
	}
}
