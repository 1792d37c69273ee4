package examples_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"unpop/migrate/target/imap/imaptest"
)

func TestProbe(t *testing.T) {
	for name, s := range map[string]*imaptest.Server{"cyrus": imaptest.Cyrus(t), "courier": imaptest.Courier(t)} {
		c, _ := net.Dial("tcp", s.Addr.String())
		r := bufio.NewReader(c)
		l, _ := r.ReadString('\n')
		fmt.Print(name, " ", l)
		n := 0
		cmd := func(text, lit string) {
			n++
			tag := fmt.Sprintf("t%d", n)
			if lit != "" {
				fmt.Fprintf(c, "%s %s {%d}\r\n", tag, text, len(lit))
			} else {
				fmt.Fprintf(c, "%s %s\r\n", tag, text)
			}
			c.SetDeadline(time.Now().Add(5 * time.Second))
			for {
				l, err := r.ReadString('\n')
				if err != nil { fmt.Println("ERR", err); return }
				if l[0] == '+' && lit != "" {
					fmt.Fprintf(c, "%s\r\n", lit)
					continue
				}
				if len(l) > 300 { l = l[:300] }
				fmt.Printf("%s | %-30.60s | %q\n", name, text, l)
				if strings.HasPrefix(l, tag) {
					return
				}
			}
		}
		pre := ""
		if name == "courier" { pre = "INBOX." }
		cmd("CAPABILITY", "")
		cmd(`LOGIN "anna@example.org" "s3cret pass\"word\\"`, "")
		cmd("CAPABILITY", "")
		cmd(`ID NIL`, "")
		cmd("NAMESPACE", "")
		cmd(`LIST "" ""`, "")
		cmd(`LIST "" "*"`, "")
		cmd("GETQUOTAROOT INBOX", "")
		cmd("CREATE "+pre+"odd", "")
		cmd("CREATE "+pre+"odd", "")
		cmd("SELECT "+pre+"odd", "")
		cmd("SELECT "+pre+"nosuch", "")
		cmd("STATUS "+pre+"nosuch (MESSAGES)", "")
		for _, bad := range []string{`"` + pre + `a\"b"`, `"` + pre + `a\\b"`, `"` + pre + `a%b"`, `"` + pre + `a*b"`, `"` + pre + `a:b"`, `"` + pre + `a/b"`, `"` + pre + `a.b"`, `"` + pre + `a;b"`, `"` + pre + `~a"`, `"` + pre + ` a"`, `"` + pre + `a "`, `"` + pre + `a..b"`, `"` + pre + `a//b"`,`"` + pre + strings.Repeat("x", 300) + `"`, `"` + pre + `a\"b"`, `"`+pre+`&AGE-"`, `"`+pre+`a!b"`, `"`+pre+`a?b#$'()+,;<=>@[]^_{|}~"`} {
			cmd("STATUS "+bad+" (MESSAGES)", "")
			cmd("CREATE "+bad, "")
		}
		cmd("SELECT "+pre+"odd", "")
		H := "Message-ID: <x@y>\r\nDate: Fri, 02 Jan 2015 03:04:05 +0000\r\nSubject: t\r\n"
		for _, m := range []string{H + "\r\nhi\rthere\r\n", H + "\r\nh\x00i\r\n", H + "X: \xe9\xff\r\n\r\nhi\r\n", H + "\r\nhi", H + "oops\r\n\r\nhi\r\n", "just text\r\n", H, "\r\n", ">From x\r\n" + H + "\r\nhi\r\n", H + "\r\nhi\r\r\nx\r", H + "\r\n" + strings.Repeat("x", 15000) + "\r\n", "A: " + strings.Repeat("y", 15000) + "\r\n" + H + "\r\nhi\r\n"} {
			cmd("APPEND "+pre+`odd "02-Jan-2015 03:04:05 +0000"`, m)
			cmd("FETCH * (UID RFC822.SIZE BODY.PEEK[])", "")
			fmt.Println("   sent", len(m))
		}
		cmd("APPEND "+pre+`odd ($Forwarded $x-Y a:b a/b a.b a'b à) "02-Jan-2015 03:04:05 +0000"`, H+"\r\nhi\r\n")
		cmd("APPEND "+pre+`odd ($Forwarded $x-Y a:b a/b a.b a'b "$label1") "02-Jan-2015 03:04:05 +0000"`, H+"\r\nhi\r\n")
		for _, k := range []string{"$x-Y", "a:b", "a/b", "a.b", "a'b", "a,b", "a[b", "a]b", "a~b", "a`b", "a|b", "a+b", "a=b", "a&b", "a;b", "a<b", "a>b", "a?b", "a@b", "a^b", "a_b", "a#b", "a!b", strings.Repeat("k", 200)} {
			cmd("APPEND "+pre+"odd ("+k+")", H+"\r\nhi\r\n")
		}
		cmd("FETCH * (FLAGS)", "")
		cmd("SELECT "+pre+"odd", "")
		cmd(`APPEND `+pre+`odd "31-Dec-1969 23:00:00 +0000"`, H+"\r\nhi\r\n")
		cmd(`APPEND `+pre+`odd " 1-Jan-1970 00:00:00 +0000"`, H+"\r\nhi\r\n")
		cmd(`APPEND `+pre+`odd " 1-Feb-1975 00:00:00 +0000"`, H+"\r\nhi\r\n")
		cmd("FETCH * (INTERNALDATE)", "")
		cmd(`APPEND `+pre+`odd "01-Feb-2105 00:00:00 +0000"`, H+"\r\nhi\r\n")
		cmd("FETCH * (INTERNALDATE)", "")
	}
}
