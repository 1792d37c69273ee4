package mapi

import (
	"fmt"
	"slices"
	"strings"
)

// Properties of reports ([MS-OXOMSG] section 2.2.2).
const (
	idReportingMTA      ID = 0x6820
	idOriginalDisplayTo ID = 0x0074
)

// deliveryActions are the actions of RFC 3464 section 2.3.3 by the end of the message class, with the status where none is told.
var deliveryActions = map[string]struct{ action, status string }{
	"ndr": {"failed", "5.0.0"}, "dr": {"delivered", "2.0.0"}, "delayed": {"delayed", "4.0.0"},
	"relayed": {"relayed", "2.0.0"}, "expanded": {"expanded", "2.0.0"},
}

// dispositions are those of RFC 8098 section 3.2.6 for read and unread receipts.
var dispositions = map[string]string{"ipnrn": "displayed", "ipnnrn": "deleted"}

// report makes a multipart/report (RFC 6522): a text for people, the facts for programs and, where it is kept, the message that is
// reported on. What tells no facts stays a text.
func (it *item) report(files []*attached) (*part, error) {
	facts, kind, files := it.facts(files)
	if facts == nil {
		return it.mixed(nil, files)
	}
	text, err := it.reportText()
	if err != nil {
		return nil, err
	}
	parts := []*part{text, facts}
	var rest []*part
	for _, f := range files {
		if len(parts) == 2 && (f.mediaType == mediaMessage || f.mediaType == "text/rfc822-headers") {
			parts = append(parts, f.part)
		} else {
			rest = append(rest, f.part)
		}
	}
	if original := it.originalHeader(); len(parts) == 2 && original != nil {
		parts = append(parts, original)
	}
	root := multipart("report; report-type="+kind, parts...)
	return multipart("mixed", append([]*part{root}, rest...)...), nil
}

// facts returns what a report tells programs, and of what type it is: as it came, if that was kept as an attachment, else from the
// properties.
func (it *item) facts(files []*attached) (*part, string, []*attached) {
	for i, f := range files {
		if content, _ := f.part.fields.get("content-type"); isFacts(f.mediaType) && strings.HasPrefix(content, f.mediaType) {
			return f.part, strings.TrimPrefix(f.mediaType, "message/"), slices.Delete(slices.Clone(files), i, i+1)
		}
	}
	class := strings.ToLower(it.trimmed(idMessageClass))
	suffix := class[strings.LastIndexByte(class, '.')+1:]
	if d, ok := dispositions[suffix]; ok {
		return it.receipt(d), "disposition-notification", files
	}
	if a, ok := deliveryActions[suffix]; ok && Classify(it.m) == ClassReport {
		return it.deliveryStatus(a.action, a.status), "delivery-status", files
	}
	return nil, "", files
}

// reportText is what people read.
func (it *item) reportText() (*part, error) {
	texts, err := it.texts()
	if err != nil {
		return nil, err
	}
	parts, _, err := it.related(texts, nil, nil)
	if err != nil {
		return nil, err
	}
	if len(parts) > 0 {
		return multipart("alternative", parts...), nil
	}
	text, err := newText(contentOf(first(it.text(idReportText), it.subject(), "Report")+"\r\n"), "plain", "utf-8")
	if err != nil || text == nil {
		return leaf("text/plain; charset=utf-8", as7bit, contentOf("Report\r\n")), err
	}
	return text.part(), nil
}

// deliveryStatus makes message/delivery-status (RFC 3464), or nothing where nobody is named.
func (it *item) deliveryStatus(action, status string) *part {
	var h header
	h.add("Reporting-MTA", "dns; "+first(host(it.trimmed(idReportingMTA)), "unknown.invalid"))
	reported := it.reported()
	for _, r := range reported {
		h = append(h, "\r\n")
		h.add("Final-Recipient", "rfc822; "+r.addr)
		h.add("Action", action)
		h.add("Status", r.status(status))
		if mta := host(r.trimmed(idRemoteMTA)); mta != "" {
			h.add("Remote-MTA", "dns; "+mta)
		}
		if why := oneLine(r.text(idSupplementaryInfo)); why != "" {
			h.add("Diagnostic-Code", "smtp; "+encodeText(why[:min(len(why), 4096)]))
		}
		if t := r.time(idRecipientReportTime); !t.IsZero() {
			h.add("Last-Attempt-Date", t.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
		}
	}
	if len(reported) == 0 {
		return nil
	}
	return machinePart("message/delivery-status", h)
}

// reported are the recipients that the report is about: those with a reason, else all.
func (it *item) reported() []recipient {
	var with []recipient
	for _, r := range it.rows {
		if r.has(idNDRReason) || r.has(idNDRStatus) || r.has(idSupplementaryInfo) {
			with = append(with, r)
		}
	}
	if len(with) > 0 || len(it.rows) > 0 {
		if len(with) == 0 {
			with = it.rows
		}
		return with
	}
	for name := range strings.SplitSeq(it.trimmed(idOriginalDisplayTo), ";") {
		if name = strings.Trim(name, " '"); name != "" {
			with = append(with, recipient{reader: it.of(nothing{}), address: it.resolve(party{name: name})})
		}
	}
	return with
}

// nothing is an object without properties.
type nothing struct{}

func (nothing) Get(ID) (Value, bool)   { return Value{}, false }
func (nothing) Open(ID) (Stream, bool) { return Stream{}, false }
func (nothing) Named(Name) (ID, bool)  { return 0, false }

// status returns the code of RFC 3463: it is kept as a number of three digits.
func (r recipient) status(byDefault string) string {
	code, ok := r.number(idNDRStatus)
	if ok && code >= 200 && code < 600 {
		return fmt.Sprintf("%d.%d.%d", code/100, code/10%10, code%10)
	}
	if diagnostic, ok := r.number(idNDRDiagnostic); ok && diagnostic == 0 && strings.HasPrefix(byDefault, "5") {
		return "5.1.1" // unrecognized name
	}
	return byDefault
}

// host returns a name of a host that can be written, or nothing.
func host(s string) string {
	s = s[strings.LastIndexByte(s, ';')+1:]
	if s = strings.TrimSpace(s); isDomain(s) && len(s) < 256 {
		return s
	}
	return ""
}

// receipt makes message/disposition-notification (RFC 8098).
func (it *item) receipt(disposition string) *part {
	from := it.author()
	if from == (address{}) {
		from = it.sender()
	}
	if from == (address{}) {
		return nil
	}
	var h header
	h.add("Final-Recipient", "rfc822; "+from.addr)
	if id := messageIDs(it.text(idOriginalMessageID)); id != "" {
		h.add("Original-Message-ID", id)
	}
	h.add("Disposition", "manual-action/MDN-sent-manually; "+disposition)
	return machinePart("message/disposition-notification", h)
}

func machinePart(mediaType string, h header) *part {
	return leaf(mediaType, as7bit, contentOf(strings.Join(h, "")))
}

// originalHeader is what is known of the message that the report is about, if it isn't kept.
func (it *item) originalHeader() *part {
	id := messageIDs(it.text(idOriginalMessageID))
	if id == "" {
		return nil
	}
	var h header
	h.add("Message-ID", id)
	h.addText("Subject", it.text(idOriginalSubject))
	return machinePart("text/rfc822-headers", h)
}
