package mapi

import (
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// TestNotes: an appointment or a contact keeps its text whatever form it has.
func TestNotes(t *testing.T) {
	t.Parallel()
	cyrillic, _ := charmap.Windows1251.NewEncoder().String("<p>Зал\r\n<b>5</b></p><br>a &lt; b")
	for name, c := range map[string]struct {
		p    properties
		want string
	}{
		"plain beside HTML that travelled": {
			properties{idBody: "Room 5", idHTML: []byte("<p>Room 5</p>"), idTransportHeaders: "Content-Type: text/html\r\n"}, `DESCRIPTION:Room 5`,
		},
		"HTML": {
			properties{idHTML: []byte("<html><head><title>T</title><style>p {x}</style></head><body><!-- c -->\r\n<p>Grüße,&nbsp;A\r\n&amp; B</p><p>&nbsp;</p>" +
				"<div>1 < 2<br/>3</div></body>")}, "DESCRIPTION:Grüße\\,\u00a0A & B\\n\\n1 < 2\\n3",
		},
		"HTML in a code page": {properties{idInternetCodepage: 1251, idHTML: []byte(cyrillic)}, `DESCRIPTION:Зал 5\n\na < b`},
		"HTML in RTF": {
			properties{idRTFCompressed: mela(`{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}Bring cake{\*\htmltag72 </p>}\htmlrtf\par\htmlrtf0}`)}, `DESCRIPTION:Bring cake`,
		},
		"rich text": {properties{idRTFCompressed: mela(`{\rtf1\ansi Bring \b cake\b0\par}`)}, `DESCRIPTION:Bring cake`},
	} {
		c.p[idMessageClass] = "IPM.Appointment"
		if got := calendarOf(t, object(c.p).with(named{nameStart: sent})); lacks(got, c.want) != nil {
			t.Errorf("%s: got\n%s\nwant %s", name, got, c.want)
		}
	}
}
