package mapi

import (
	"mime"
	"strings"
)

// Values of PidTagNativeBody ([MS-OXCMSG] section 2.2.1.56.2).
const (
	nativeText = 1
	nativeHTML = 3
)

// body converts what the item says and what is attached to it.
func (it *item) body() (*part, error) {
	files, err := it.attachments()
	if err != nil {
		return nil, err
	}
	switch Classify(it.m) {
	case ClassReport:
		return it.report(files)
	case ClassMeeting, ClassAppointment, ClassTask, ClassTaskRequest, ClassJournal:
		return it.withCalendar(files)
	case ClassContact, ClassDistList:
		return it.withCard(files)
	}
	if it.travelledAs() == "multipart/report" {
		return it.report(files)
	}
	if root, err := it.sealed(files); root != nil || err != nil {
		return root, err
	}
	return it.mixed(nil, files)
}

// mixed puts the text, a further form of it, and the attachments together: each level only where there is something for it
// (RFC 2046 section 5.1).
func (it *item) mixed(further *part, files []*attached) (*part, error) {
	texts, err := it.texts()
	if err != nil {
		return nil, err
	}
	parts, rest, err := it.related(texts, further, files)
	if err != nil {
		return nil, err
	}
	if texts.rich != nil {
		rest = append([]*part{texts.rich}, rest...)
	}
	all := rest
	if len(parts) > 0 {
		all = append([]*part{multipart("alternative", parts...)}, rest...)
	}
	if len(all) == 0 {
		return leaf("text/plain; charset=utf-8", as7bit, contentOf("")), nil
	}
	return multipart("mixed", all...), nil
}

// related gives the forms of the text, the HTML with what it shows, and apart from them the other attachments.
func (it *item) related(texts texts, further *part, files []*attached) (forms, rest []*part, err error) {
	if texts.plain != nil {
		forms = append(forms, texts.plain.part())
	}
	var shown []*part
	if texts.html != nil {
		if err := texts.html.references(files); err != nil {
			return nil, nil, err
		}
	}
	for _, f := range files {
		if f.shown {
			f.part.fields.dispose("inline")
			shown = append(shown, f.part)
		} else {
			rest = append(rest, f.part)
		}
	}
	if texts.html != nil {
		forms = append(forms, multipart(`related; type="text/html"`, append([]*part{texts.html.part()}, shown...)...))
	}
	if further != nil {
		forms = append(forms, further)
	}
	return forms, rest, nil
}

// texts are the forms of what an item says.
type texts struct {
	plain, html *textBody
	rich        *part // the rich text itself, where HTML can't show all of it
}

// texts chooses the forms that the sender wrote, leaving out those that a program derived from them: a header that travelled
// says which there were, else PidTagNativeBody does.
func (it *item) texts() (texts, error) {
	var t texts
	var err error
	if t.plain, err = it.plain(); err != nil {
		return texts{}, err
	}
	if t.html, err = it.html(); err != nil {
		return texts{}, err
	}
	if t.html == nil {
		if err := it.richText(&t); err != nil {
			return texts{}, err
		}
	}
	if t.plain == nil || t.html == nil {
		return t, nil
	}
	native := it.int(idNativeBody)
	switch kind := it.travelledAs(); {
	case kind == "text/plain" && native != nativeHTML, kind == "" && native == nativeText:
		t.html, t.rich = nil, nil
	case kind == "text/html" && native != nativeText:
		t.plain = nil
	}
	return t, nil
}

// travelledAs is the media type of the body as it travelled, in lower case.
func (it *item) travelledAs() string {
	if it.head.kind == "" {
		return ""
	}
	kind, _, err := mime.ParseMediaType(it.head.kind)
	if err != nil {
		kind, _, _ = strings.Cut(it.head.kind, ";")
	}
	return strings.ToLower(strings.TrimSpace(kind))
}
