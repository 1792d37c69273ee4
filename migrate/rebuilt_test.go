package migrate_test

import (
	"strings"
	"testing"

	"unpop/migrate/source/pst/psttest"
)

// Outlook keeps the HTML of a mail and makes the text beside it anew.
const (
	travelled = "Received: from a by b; Sat, 03 Jan 2015 04:05:06 +0000\nMessage-ID: <both@test>\nDate: Fri, 02 Jan 2015 03:04:05 +0000\n" +
		"From: a@example.org\nTo: b@example.org\nSubject: both\nMIME-Version: 1.0\n"
	twoForms = "Content-Type: multipart/alternative; boundary=x\n"
	html     = "<html><body><p>Cena alle <b>otto</b></p></body></html>\n"
)

func asSent(text, html string) string {
	return travelled + twoForms + "\n--x\nContent-Type: text/plain; charset=utf-8\n\n" + text + "\n--x\nContent-Type: text/html; charset=utf-8\n\n" + html + "\n--x--\n"
}

// asOutlook is a PST that holds a mail with a text of Outlook's own.
func (k *kit) asOutlook(name, text, html string) {
	k.t.Helper()
	file := &psttest.File{Folders: []*psttest.Folder{{Name: "Posta in arrivo", Messages: []*psttest.Message{{Properties: []psttest.Property{
		psttest.Text(0x001A, "IPM.Note"), psttest.Int32(0x0E07, 0), psttest.Text(0x007D, strings.ReplaceAll(travelled+twoForms+"\n", "\n", "\r\n")),
		psttest.Text(0x1000, text), psttest.Binary(0x1013, []byte(html)), psttest.Int32(0x3FDE, 65001),
	}}}}}}
	image, err := file.Image()
	if err != nil {
		k.t.Fatal(err)
	}
	k.file(name, string(image.Bytes()))
}

// TestRebuiltIsItsOriginal: a mail that Outlook keeps in other words beside the same HTML is the one that another program kept, in one
// run and over two, whichever comes first; with other HTML it is another message.
func TestRebuiltIsItsOriginal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		html  string
		first []string // sources of the first run
		want  int
	}{
		{"at once", html, []string{"pc", "o.pst"}, 1},
		{"Outlook first", html, []string{"o.pst"}, 1},
		{"Outlook last", html, []string{"pc"}, 1},
		{"another", strings.Replace(html, "otto", "nove", 1), []string{"pc", "o.pst"}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := inMemory(t)
			k.mbox("pc/Inbox", asSent("Cena alle otto", html))
			k.asOutlook("o.pst", "Cena alle *otto*\r\n", c.html)
			all := k.specs
			k.specs = nil
			for _, spec := range all {
				for _, name := range c.first {
					if strings.HasSuffix(spec, name) {
						k.specs = append(k.specs, spec)
					}
				}
			}
			k.run()
			k.specs = all
			k.run()
			if r := k.run(); r.Uploaded != 0 {
				t.Errorf("once more: got %+v, want nothing sent", r.Tally)
			}
			held := 0
			for _, subjects := range k.subjects() {
				held += len(subjects)
			}
			if held != c.want {
				t.Errorf("got %d messages, %v, want %d", held, k.subjects(), c.want)
			}
			if c.name == "at once" && !strings.Contains(string(k.one("INBOX").Body), "boundary=x") {
				t.Errorf("got %s, want the bytes that travelled", k.one("INBOX").Body)
			}
		})
	}
}
