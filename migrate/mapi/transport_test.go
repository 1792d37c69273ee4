package mapi

import (
	"slices"
	"strings"
	"testing"
)

// transportTests are headers as stores keep them.
var transportTests = []struct {
	name, in string
	want     []string
	kind     string
	dropped  int
}{
	{
		"in order, folded as it was", "Received: from a\r\n\tby b; Mon\r\nX-B: 1\r\nX-A: 2\r\n\r\n",
		[]string{"Received: from a\r\n\tby b; Mon\r\n", "X-B: 1\r\n", "X-A: 2\r\n"},
		"", 0,
	},
	{
		"structure goes", "MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=\"x\"\r\nContent-Transfer-Encoding: binary\r\nContent-Language: de\r\nX-MS-TNEF-Correlator: y\r\nX: z\r\n",
		[]string{"Content-Language: de\r\n", "X: z\r\n"},
		`multipart/mixed; boundary="x"`, 0,
	},
	{
		"Microsoft's first line",
		"Microsoft Mail Internet Headers Version 2.0\r\nX: y\r\n\r\n",
		[]string{"X: y\r\n"},
		"",
		0,
	},
	{"an mbox line", "From a@b Mon Jan 1 00:00:00 2001\nX: y\n", []string{"X: y\r\n"}, "", 0},
	{
		"cut at the first empty line",
		"X: y\r\n\r\nThis is text: of a bounce\r\n",
		[]string{"X: y\r\n"},
		"",
		0,
	},
	{"empty lines before", "\r\n \r\nX: y\r\n", []string{"X: y\r\n"}, "", 0},
	{
		"a line that is no field, with what continues it",
		"X: y\r\nrubbish\r\n more\r\nZ: 1\r\n",
		[]string{"X: y\r\n", "Z: 1\r\n"},
		"",
		1,
	},
	{"a continuation without text", "X: y\r\n \t\r\n z\r\n", []string{"X: y\r\n z\r\n"}, "", 0},
	{"what could be a boundary", "X: y\r\n--=_abc: z\r\n", []string{"X: y\r\n"}, "", 1},
	{"a blank before the colon", "Subject : y\r\n", []string{"Subject : y\r\n"}, "", 0},
	{"bare CR", "X: y\rZ: 1\r", []string{"X: y\r\n", "Z: 1\r\n"}, "", 0},
	{
		"8-bit text",
		"Subject: Grüße an alle\r\n",
		[]string{"Subject: =?utf-8?B?R3LDvMOfZQ==?= an alle\r\n"},
		"",
		0,
	},
	{"8-bit neighbours", "X-Y: a é ü b\r\n", []string{"X-Y: a =?utf-8?B?w6kgw7w=?= b\r\n"}, "", 0},
	{
		"8-bit name",
		"To: \"Jürgen, M\" <j@example.com>,\r\n k@example.com\r\n",
		[]string{"To: =?utf-8?Q?J=C3=BCrgen=2C_M?= <j@example.com>, k@example.com\r\n"},
		"",
		0,
	},
	{
		"8-bit name, not to be read",
		"To: \"Jürgen <j@example.com\r\n",
		[]string{"To: =?utf-8?Q?J=C3=BCrgen?= <j@example.com\r\n"},
		"",
		0,
	},
	{
		"8-bit names beside what is no address",
		"To: \"Jürgen \\\"J\\\", M\"<j@example.com>, \"Doe,  K\" <k@example.com>, Nobody\r\n",
		[]string{"To: =?utf-8?Q?J=C3=BCrgen_=22J=22=2C_M?= <j@example.com>, \"Doe, K\"\r\n <k@example.com>, Nobody\r\n"},
		"",
		0,
	},
	{"a control character", "X: a\x01b\r\n", []string{"X: ab\r\n"}, "", 0},
	{"nothing", "", nil, "", 0},
}

func TestParseTransport(t *testing.T) {
	t.Parallel()
	for _, c := range transportTests {
		got := parseTransport(c.in)
		if !slices.Equal(got.fields, c.want) || got.kind != c.kind || got.dropped != c.dropped {
			t.Errorf("%s: got %q, %q, %d, want %q, %q, %d", c.name, got.fields, got.kind, got.dropped, c.want, c.kind, c.dropped)
		}
	}
}

func TestTransportLongLine(t *testing.T) {
	t.Parallel()
	ids := strings.Repeat("<0123456789012345678901234567890123456789@example.com> ", 40)
	got := parseTransport("References: " + ids + "\r\nX-Long: " + strings.Repeat("z", 3000) + "\r\n")
	for _, f := range got.fields {
		for line := range strings.SplitSeq(f, "\r\n") {
			if len(line) > hardLine {
				t.Errorf("got a line of %d octets", len(line))
			}
		}
	}
	if value, _ := got.fields.get("references"); value != strings.TrimSpace(ids) {
		t.Errorf("got References %q, want %q", value, ids)
	}
}

// TestTransportLongAddresses: names of a line that is too long keep their quotes, also where one of the addresses can't be read.
func TestTransportLongAddresses(t *testing.T) {
	t.Parallel()
	who := strings.Repeat(`"Doe, John" <john@example.com>, `, 60) + "Nobody"
	got := parseTransport("To: " + who + "\r\n")
	if value, _ := got.fields.get("to"); value != who {
		t.Errorf("got %q, want %q", value, who)
	}
}

// TestTransportManyLines: a field of a hundred thousand lines takes no longer than its size tells.
func TestTransportManyLines(t *testing.T) {
	t.Parallel()
	who := "a@b.example" + strings.Repeat(",\r\n somebody.else@example.com", 100_000)
	got := parseTransport("To: " + who + "\r\n\r\n")
	if len(got.fields) != 1 || got.fields[0] != "To: "+who+"\r\n" {
		t.Errorf("got %d fields, want one as it was", len(got.fields))
	}
}

const travelled = "Return-Path: <carl@example.com>\r\nReceived: from mx.example.com by mail.acme.example; Sat, 14 Mar 2009 16:09:30 +0100\r\n" +
	"DKIM-Signature: v=1; a=rsa-sha256; d=example.com;\r\n\tb=abc\r\n\t def\r\nFrom: Carl <carl@example.com>\r\nTo: anna@acme.example\r\n" +
	"Subject: =?iso-8859-1?Q?Gr=FC=DFe?=\r\nDate: Sat, 14 Mar 2009 16:09:26 +0100\r\nMessage-ID: <m1@example.com>\r\n"

func TestConvertReceivedMail(t *testing.T) {
	t.Parallel()
	m := object(properties{
		idMessageClass: "IPM.Note", idSubject: "Grüße", idDeliveryTime: sent, idBody: "Hello\r\n", idNativeBody: nativeText,
		idTransportHeaders: travelled + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
		idSentRepName:      "Somebody else", idMessageID: "<m1@example.com>", idImportance: 2,
	}).with(row{idRecipientType: 1, idDisplayName: "Anna", idEmailAddress: "anna@acme.example"},
		row{idRecipientType: 3, idDisplayName: "Zoe", idEmailAddress: "zoe@acme.example"})
	text, info := convert(t, m, Options{})
	python(t, text)
	if want := travelled + "Bcc: Zoe <zoe@acme.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\nHello\r\n"; text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	if info.Rebuilt || len(info.Warnings) > 0 || info.MessageID != "<m1@example.com>" || !info.Date.Equal(sent) {
		t.Errorf("got %+v", info)
	}
}

func TestHeaderLacksFields(t *testing.T) {
	t.Parallel()
	m := object(properties{
		idTransportHeaders: "Received: from x\r\nX-Spam: no\r\nMessage-ID: <>\r\n", idSubject: "S", idClientSubmitTime: sent,
		idSentRepName: "Anna", idSentRepAddress: "anna@acme.example", idDisplayTo: "Bob; 'carl@example.com'; Müller, Dora", idDisplayCc: "Team",
	})
	text, _ := convert(t, m, Options{})
	wantFields(t, text, "Received: from x", "X-Spam: no", "From: Anna <anna@acme.example>", "Subject: S", "Date: Sat, 14 Mar 2009 15:09:26 +0000",
		"To: Bob :;, carl@example.com, =?utf-8?Q?M=C3=BCller=2C_Dora?= :;", "Cc: Team :;")
	python(t, text)
}

func TestHeaderOfAnotherMessage(t *testing.T) {
	t.Parallel()
	m := object(properties{
		idTransportHeaders: travelled,
		idMessageID:        "<other@example.com>",
		idBody:             "x",
	})
	text, info := convert(t, m, Options{})
	wantFields(t, text, "Message-ID: <m1@example.com>")
	if info.MessageID != "<m1@example.com>" || len(info.Warnings) != 1 {
		t.Errorf("got %+v, want a warning", info)
	}
}

func TestHeaderDateStays(t *testing.T) {
	t.Parallel()
	m := object(properties{
		idTransportHeaders: "From: a@b.example\r\nDate: Sunday, sometime\r\n",
		idDeliveryTime:     sent,
	})
	text, info := convert(t, m, Options{})
	wantFields(t, text, "Date: Sunday, sometime")
	if !info.Date.Equal(sent) || len(info.Warnings) != 1 {
		t.Errorf("got %+v, want the time of delivery and a warning", info)
	}
}
