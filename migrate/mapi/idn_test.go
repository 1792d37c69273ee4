package mapi

import "testing"

// TestASCIIDomain has the samples of RFC 3492 section 7.1 that are domains, and some that are in use.
func TestASCIIDomain(t *testing.T) {
	t.Parallel()
	for domain, want := range map[string]string{
		"example.org": "example.org", "müller.example": "xn--mller-kva.example", "BÜCHER.example": "xn--bcher-kva.example", "mu\u0308ller.example": "xn--mller-kva.example",
		"пример.испытание": "xn--e1afmkfd.xn--80akhbyknj4f", "例え.テスト": "xn--r8jz45g.xn--zckzah", "faß.example": "xn--fa-hia.example",
		"他们为什么不说中文": "xn--ihqwcrb4cv8a8dqg056pqjye", "почемужеонинеговорятпорусски": "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l",
		"מקור.example": "xn--9dbr1af.example", "x\u200b.example": "x.example", "a\u2028b.example": "a\u2028b.example", "3年b組金八先生": "xn--3b-ww4c5e180e575a65lsy2b",
	} {
		if got := asciiDomain(domain); got != want {
			t.Errorf("%s: got %s, want %s", domain, got, want)
		}
	}
}

// An internationalized domain has an ASCII form; a name before it has none (RFC 6532), and is told apart.
func TestInternationalAddresses(t *testing.T) {
	t.Parallel()
	m := object(properties{idSentRepName: "Anna", idSentRepType: "SMTP", idSentRepAddress: "anna@müller.example"}).with(
		row{idRecipientType: recipientTo, idDisplayName: "Info", idAddressType: "SMTP", idEmailAddress: "info@müller.example"})
	m.with(row{idRecipientType: recipientCc, idDisplayName: "Jörg", idAddressType: "SMTP", idEmailAddress: "jörg@example.org"})
	text, _ := convert(t, m, Options{})
	wantFields(t, text, "From: Anna <anna@xn--mller-kva.example>", "To: Info <info@xn--mller-kva.example>",
		"Cc: =?utf-8?Q?J=C3=B6rg?= <jrg-example.org@address.invalid>", "X-Original-Address: =?utf-8?Q?j=C3=B6rg=40example=2Eorg?=")
}
