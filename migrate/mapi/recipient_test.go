package mapi

import (
	"maps"
	"strings"
	"testing"
)

const senderDN = "/O=ACME/OU=FIRST/CN=RECIPIENTS/CN=ANNA"

// fromAnna is a message of a sender who is known by an X.500 name.
func fromAnna(more properties, rows ...any) *memory {
	p := properties{idSentRepName: "Anna", idSentRepType: "EX", idSentRepAddress: senderDN}
	maps.Copy(p, more)
	return object(p).with(rows...)
}

var knowsAnna = Options{Resolve: func(dn string) (string, bool) {
	return "store@acme.example", dn == strings.ToLower(senderDN)
}}

// resolveTests are senders, from the best known to the unknown.
var resolveTests = []struct {
	name string
	m    *memory
	opts Options
	want string
}{
	{
		"the SMTP property",
		fromAnna(properties{idSentRepSMTP: "anna@acme.example"}),
		knowsAnna,
		"Anna <anna@acme.example>",
	},
	{
		"a recipient with the same name",
		fromAnna(nil, row{
			idRecipientType: 1,
			idEmailAddress:  "/o=acme/ou=first/cn=recipients/cn=anna",
			idSMTPAddress:   "row@acme.example",
		}),
		knowsAnna,
		"Anna <row@acme.example>",
	},
	{
		"the sender's SMTP property",
		fromAnna(properties{idSenderAddress: senderDN, idSenderSMTP: "sender@acme.example"}),
		knowsAnna,
		"Anna <sender@acme.example>",
	},
	{"the store", fromAnna(nil), knowsAnna, "Anna <store@acme.example>"},
	{
		"the search key",
		fromAnna(properties{idSentRepSearchKey: []byte("SMTP:KEY@ACME.EXAMPLE\x00")}),
		Options{},
		"Anna <key@acme.example>",
	},
	{"nobody", fromAnna(nil), Options{}, "Anna <anna@x500.invalid>"},
	{
		"who gets the answers, by name",
		fromAnna(properties{idReplyRecipients: flat(oneOff("anna", "SMTP", "reply@acme.example"))}),
		Options{},
		"anna <reply@acme.example>",
	},
	{
		"somebody else gets the answers",
		fromAnna(properties{idReplyRecipients: flat(oneOff("List", "SMTP", "list@acme.example"))}),
		Options{},
		"Anna <anna@x500.invalid>",
	},
	{
		"who made the item, by name",
		fromAnna(properties{idCreatorName: "Anna", idCreatorSMTP: "creator@acme.example"}),
		Options{},
		"Anna <creator@acme.example>",
	},
	{
		"somebody else made the item",
		fromAnna(properties{idCreatorName: "Bob", idCreatorSMTP: "bob@acme.example"}),
		Options{},
		"Anna <anna@x500.invalid>",
	},
	{
		"SMTP that is none",
		fromAnna(properties{idSentRepType: "SMTP"}),
		Options{},
		"Anna <anna@x500.invalid>",
	},
	{
		"SMTP",
		fromAnna(properties{idSentRepType: "SMTP", idSentRepAddress: "a@acme.example"}),
		knowsAnna,
		"Anna <a@acme.example>",
	},
	{
		"a fax",
		fromAnna(properties{idSentRepType: "FAX", idSentRepAddress: "+49 30 1"}),
		knowsAnna,
		"Anna <+49-30-1@fax.invalid>",
	},
	{
		"the entry identifier",
		object(properties{idSentRepEntryID: oneOff("Entry", "SMTP", "entry@acme.example")}),
		Options{},
		"Entry <entry@acme.example>",
	},
	{
		"an address for a name",
		object(properties{idSentRepName: "a@acme.example"}),
		Options{},
		"a@acme.example",
	},
	{
		"only a name",
		object(properties{idSentRepName: "System Administrator"}),
		Options{},
		"System Administrator <system-administrator@address.invalid>",
	},
	{
		"only the sender",
		object(properties{idSenderName: "Bob", idSenderAddress: "bob@acme.example"}),
		Options{},
		"Bob <bob@acme.example>",
	},
	{"nobody at all", object(properties{}), Options{}, "unknown@sender.invalid"},
}

// TestResolve holds in which order an address is looked for.
func TestResolve(t *testing.T) {
	t.Parallel()
	for _, c := range resolveTests {
		text, _ := convert(t, c.m, c.opts)
		wantFields(t, text, "From: "+c.want)
		if t.Failed() {
			t.Fatal(c.name)
		}
	}
	text, _ := convert(t, fromAnna(nil), Options{})
	wantFields(t, text, "X-Original-Address: EX:"+senderDN)
}

func TestSenderBesideAuthor(t *testing.T) {
	t.Parallel()
	m := object(properties{
		idSentRepName:    "Boss",
		idSentRepAddress: "boss@acme.example",
		idSenderName:     "Secretary",
		idSenderAddress:  "sec@acme.example",
	})
	text, _ := convert(t, m, Options{})
	wantFields(t, text, "From: Boss <boss@acme.example>", "Sender: Secretary <sec@acme.example>", "To: undisclosed-recipients:;")
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	m := object(properties{
		idSenderAddress:  "/O=A/CN=X",
		idSenderSMTP:     "x@a.example",
		idSentRepAddress: "x@a.example",
		idSentRepSMTP:    "x@a.example",
	}).with(
		row{
			idEmailAddress: "/O=A/CN=Y",
			idSMTPAddress:  "y@a.example",
		}, row{idEmailAddress: "/O=A/CN=Z"}, row{
			idEmailAddress: "/o=a/cn=w",
			idSMTPAddress:  "/o=a/cn=w",
		})
	got := maps.Collect(Addresses(m))
	if want := map[string]string{
		"/o=a/cn=x": "x@a.example",
		"/o=a/cn=y": "y@a.example",
	}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for range Addresses(m) {
		break
	}
}

func TestMessageIDs(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"<a@b>": "<a@b>", " <a@b>\r\n <c@d>": "<a@b> <c@d>", "a@b": "<a@b>", "Your message of Monday": "", "<a b@c>": "<ab@c>", "<>": "", "<ä@b>": "",
		"text <a@b> text": "<a@b>", "<a@b": "", "<a@b\r\nBcc: x>": "<a@bBcc:x>",
	} {
		if got := messageIDs(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestMadeID holds that copies of an item get the same Message-ID, and other items another.
func TestMadeID(t *testing.T) {
	t.Parallel()
	id := func(p properties) string {
		_, info := convert(t, object(p), Options{})
		return info.MessageID
	}
	base := properties{
		idSearchKey:        []byte("k1"),
		idSubject:          "S",
		idClientSubmitTime: sent,
		idCreationTime:     sent,
		idBody:             "text",
	}
	with := func(id ID, v any) properties {
		p := maps.Clone(base)
		p[id] = v
		return p
	}
	if a, b := id(base), id(with(idCreationTime, sent.AddDate(1, 0, 0))); a != b {
		t.Errorf("a copy made later: got %s and %s", a, b)
	}
	if a, b := id(base), id(with(idSubject, "\x01\x01S")); a != b {
		t.Errorf("another form of the subject: got %s and %s", a, b)
	}
	for name, p := range map[string]properties{
		"key":     with(idSearchKey, []byte("k2")),
		"subject": with(idSubject, "T"),
		"time":    with(idClientSubmitTime, sent.Add(1e9)),
	} {
		if id(p) == id(base) {
			t.Errorf("another %s: got the same", name)
		}
	}
	delete(base, idSearchKey)
	if id(base) == id(with(idBody, "other")) {
		t.Error("another text without a key: got the same")
	}
}
