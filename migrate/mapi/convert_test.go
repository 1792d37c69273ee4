package mapi

import (
	"strings"
	"testing"
)

// headerOf returns a message's header, unfolded.
func headerOf(text string) string {
	head, _, _ := strings.Cut(text, "\r\n\r\n")
	return strings.ReplaceAll(head, "\r\n ", " ") + "\r\n"
}

func wantFields(t *testing.T, text string, fields ...string) {
	t.Helper()
	head := headerOf(text)
	for _, f := range fields {
		if !strings.Contains("\r\n"+head, "\r\n"+f+"\r\n") {
			t.Errorf("got header\n%s\nwant %s", head, f)
		}
	}
}

func TestConvertSentMail(t *testing.T) {
	t.Parallel()
	m := object(properties{
		idMessageClass: "IPM.Note", idSubject: "\x01\x05Re: Grüße aus Köln", idClientSubmitTime: sent, idMessageFlags: 0x25,
		idSentRepName: "Anna Müller", idSentRepType: "EX", idSentRepAddress: "/O=ACME/OU=FIRST/CN=RECIPIENTS/CN=ANNA", idSentRepSMTP: "anna@acme.example",
		idBody: "Hallo Björn,\r\n\r\nschöne Grüße!\r\n", idSearchKey: []byte("0123456789abcdef"), idImportance: 2, idReadReceiptRequested: true,
		idInReplyTo: "<1@example.com>", idReferences: "<0@example.com> <1@example.com>", idConversationTopic: "Grüße aus Köln",
		idConversationIndex: []byte("0123456789012345678901"), idSensitivity: 2,
	}).with(
		row{
			idRecipientType: 1,
			idDisplayName:   "Björn, the \"Bear\"",
			idAddressType:   "SMTP",
			idEmailAddress:  "bjorn@example.com",
		},
		row{
			idRecipientType: 2,
			idDisplayName:   "carl@example.com",
			idAddressType:   "SMTP",
			idEmailAddress:  "carl@example.com",
		},
		row{
			idRecipientType: 0x10000003,
			idDisplayName:   "Doe, Dora",
			idAddressType:   "EX",
			idEmailAddress:  "/o=acme/cn=dora",
			idSMTPAddress:   "dora@acme.example",
		},
		named{nameKeywords: []string{"Urgent", "Größe", "Urgent"}},
	)
	text, info := convert(t, m, Options{})
	python(t, text)
	wantFields(t, text, "From: =?utf-8?Q?Anna_M=C3=BCller?= <anna@acme.example>", "Cc: carl@example.com", `Bcc: "Doe, Dora" <dora@acme.example>`,
		"To: =?utf-8?Q?Bj=C3=B6rn=2C_the_=22Bear=22?= <bjorn@example.com>", "Subject: =?utf-8?Q?Re=3A_Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln?=",
		"Date: Sat, 14 Mar 2009 15:09:26 +0000", "In-Reply-To: <1@example.com>", "References: <0@example.com> <1@example.com>",
		"Importance: high", "X-Priority: 1", "Sensitivity: Private", "Disposition-Notification-To: =?utf-8?Q?Anna_M=C3=BCller?= <anna@acme.example>",
		"Keywords: Urgent, =?utf-8?B?R3LDtsOfZQ==?=", "Thread-Index: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMQ==")
	if p := checkMessage(t, text); len(p) != 1 || p[0].text != "Hallo Björn,\r\n\r\nschöne Grüße!\r\n" || p[0].mediaType != "text/plain" {
		t.Errorf("got %+v, want the text alone", p)
	}
	if !info.Rebuilt || info.Damaged || len(info.Warnings) > 0 || !info.Date.Equal(sent) || !strings.HasSuffix(info.MessageID, "@recovered.invalid>") {
		t.Errorf("got %+v", info)
	}
}
