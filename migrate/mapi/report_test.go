package mapi

import (
	"strings"
	"testing"
)

func report(class string, more properties) *memory {
	p := properties{
		idMessageClass: class, idSubject: "Undeliverable: Plan", idDeliveryTime: sent, idSentRepName: "System Administrator", idMessageID: "<r@acme.example>",
		idSentRepAddress: "postmaster@acme.example", idOriginalMessageID: "<plan@acme.example>", idOriginalSubject: "Plän",
	}
	for id, v := range more {
		p[id] = v
	}
	return object(p)
}

func TestNonDeliveryReport(t *testing.T) {
	t.Parallel()
	m := report("REPORT.IPM.Note.NDR", properties{
		idBody:         "It could not be delivered.\r\n",
		idReportingMTA: "dns;mx.acme.example",
	}).with(
		row{
			idRecipientType: 1, idDisplayName: "Bob", idEmailAddress: "bob@example.com", idNDRReason: 1, idNDRDiagnostic: 0, idRemoteMTA: "mx.example.com",
			idSupplementaryInfo: "550 5.1.1 <bob@example.com>: User unknown\r\n", idRecipientReportTime: sent,
		},
		row{
			idRecipientType: 1,
			idDisplayName:   "Carl",
			idEmailAddress:  "carl@example.com",
			idNDRStatus:     422,
		},
		row{idRecipientType: 1, idDisplayName: "Dora", idEmailAddress: "dora@example.com"},
		object(properties{idSubject: "Plan", idBody: "the plan", idClientSubmitTime: sent}),
		file{idAttachMethod: 1, idAttachName: "a.txt", idAttachData: []byte("x")})
	text, _ := convert(t, m, Options{})
	python(t, text)
	p := checkStructure(t, text)
	if got := shape(t, text); !strings.HasPrefix(got, "mixed/report/text/plain=It could not be delivered. mixed/report/message/delivery-status=Reporting-MTA: dns; mx.acme.example||") ||
		!strings.HasSuffix(got, " mixed/report/message/rfc822= mixed/report/message/text/plain=the plan mixed/text/plain=x") {
		t.Errorf("got %s", got)
	}
	want := "Reporting-MTA: dns; mx.acme.example\r\n\r\nFinal-Recipient: rfc822; bob@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mx.example.com\r\n" +
		"Diagnostic-Code: smtp; 550 5.1.1 <bob@example.com>: User unknown\r\nLast-Attempt-Date: Sat, 14 Mar 2009 15:09:26 +0000\r\n\r\n" +
		"Final-Recipient: rfc822; carl@example.com\r\nAction: failed\r\nStatus: 4.2.2\r\n"
	if p[1].text != want {
		t.Errorf("got\n%s\nwant\n%s", p[1].text, want)
	}
	if !strings.Contains(text, "multipart/report; report-type=delivery-status;") {
		t.Errorf("got no report-type in %s", text)
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	bob := row{idRecipientType: 1, idDisplayName: "Bob", idEmailAddress: "bob@example.com"}
	for _, c := range []struct {
		name string
		m    *memory
		want []string // beginnings of the parts
	}{
		{"delivered", report("report.ipm.note.dr", properties{idReportText: "Delivered."}).with(bob), []string{
			"report/text/plain=Delivered.", "report/message/delivery-status=Reporting-MTA: dns; unknown.invalid||Final-Recipient: rfc822", "report/text/rfc822-headers=Message-ID: <plan@acme.example>|Subject: =?utf-8?Q?Pl=C3=A4n?=",
		}},
		{
			"nobody is named",
			report("REPORT.IPM.Note.NDR", properties{idBody: "text"}),
			[]string{"text/plain=text"},
		},
		{"only a name", report("REPORT.IPM.Note.Delayed", properties{idOriginalDisplayTo: "Bob"}), []string{
			"report/text/plain=Undeliverable: Plan", "report/message/delivery-status=Reporting-MTA: dns; unknown.invalid||Final-Recipient: rfc822", "report/text/rfc822-headers=",
		}},
		{"read", report("REPORT.IPM.Note.IPNRN", properties{idBody: "read"}), []string{
			"report/text/plain=read", "report/message/disposition-notification=Final-Recipient: rfc822; postmaster@acme.example|Original-Me", "report/text/rfc822-headers=",
		}},
		{
			"of another class",
			report("REPORT.IPM.Note.Other", properties{idBody: "text"}).with(bob),
			[]string{"text/plain=text"},
		},
		{"the facts as they came", report("REPORT.IPM.Note.NDR", properties{idBody: "text"}).with(bob, file{
			idAttachMethod: 1, idAttachMIMEType: "message/delivery-status",
			idAttachName: "details.txt", idAttachData: []byte("Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; y@z\nAction: failed\n"),
		}), []string{
			"report/text/plain=text", "report/message/delivery-status=Reporting-MTA: dns; x||Final-Recipient: rfc822; y@z|Action: ", "report/text/rfc822-headers=",
		}},
		{"a report that was kept as mail", object(properties{
			idBody:             "text",
			idTransportHeaders: travelled + "Content-Type: multipart/report; report-type=delivery-status\r\n",
		}).
			with(file{
				idAttachMethod: 1,
				idAttachName:   "ATT1.delivery-status",
				idAttachData:   []byte("Reporting-MTA: dns; x\n"),
			}, object(properties{idBody: "original"})), []string{
			"report/text/plain=text", "report/message/delivery-status=Reporting-MTA: dns; x", "report/message/rfc822=", "report/message/text/plain=original",
		}},
	} {
		text, _ := convert(t, c.m, Options{})
		python(t, text)
		for i, p := range checkStructure(t, text) {
			got := p.path + p.mediaType + "=" + strings.ReplaceAll(p.text, "\r\n", "|")
			if i >= len(c.want) || !strings.HasPrefix(got, c.want[i]) {
				t.Errorf("%s: got part %d %s, want %q", c.name, i, got, c.want)
			}
		}
	}
}

func TestReportStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		row  row
		want string
	}{
		{row{idNDRStatus: 511}, "5.1.1"},
		{row{idNDRStatus: 0}, "5.0.0"},
		{row{idNDRStatus: 99999}, "5.0.0"},
		{row{idNDRDiagnostic: 0}, "5.1.1"},
		{row{idNDRDiagnostic: 13}, "5.0.0"},
		{row{}, "5.0.0"},
	} {
		if got := (recipient{reader: reader{Object: object(properties(c.row))}}).status("5.0.0"); got != c.want {
			t.Errorf("%v: got %s, want %s", c.row, got, c.want)
		}
	}
}
