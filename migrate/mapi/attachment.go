package mapi

import (
	"fmt"
	"io"
	"strings"
)

// Values of PidTagAttachMethod ([MS-OXCMSG] section 2.2.2.9).
const (
	methodNone          = 0
	methodByValue       = 1
	methodByReference   = 2
	methodByRefResolve  = 3
	methodByRefOnly     = 4
	methodEmbedded      = 5
	methodOLE           = 6
	methodByWebRef      = 7
	attachmentException = 2 // PidTagAttachmentFlags: afException
	mediaMessage        = "message/rfc822"
	mediaUnknown        = "application/octet-stream"
	maxAttachmentHeader = 64 << 10
)

// attached is an attachment on its way to a part.
type attached struct {
	reader
	part      *part
	name      string
	mediaType string // in lower case, without parameters
	data      content
	embedded  bool   // a message
	cid       string // Content-ID without brackets
	location  string
	shown     bool // within the HTML
}

// attachments opens what is attached.
func (it *item) attachments() ([]*attached, error) {
	var files []*attached
	for a, err := range it.m.Attachments() {
		if err == nil && a != nil {
			var f *attached
			if f, err = it.attach(a); f != nil && f.part != nil {
				files = append(files, f)
			}
		}
		if err = it.forgive(err, "attachment"); err != nil {
			return nil, err
		}
		if len(files) == maxAttachments {
			it.warn("attachments: more than %d, the rest left out", maxAttachments)
			break
		}
	}
	return files, nil
}

// attach makes a part of an attachment.
func (it *item) attach(a Attachment) (*attached, error) {
	f := &attached{reader: it.of(a)}
	if f.int(idAttachmentFlags)&attachmentException != 0 && Classify(it.m) != ClassMail {
		return nil, nil // an instance of a series; the series says what is different
	}
	method, known := f.number(idAttachMethod)
	if !known {
		method = methodByValue
	}
	if method == methodEmbedded {
		return f, it.embed(f, a)
	}
	f.name = f.fileName()
	f.mediaType = f.mediaKind()
	s, ok := open(a, idAttachData)
	switch {
	case method == methodOLE && ok:
		return f, it.object(f, s)
	case ok && (s.Type == TypeBinary || s.Type == TypeObject || s.Type == TypeString8 || s.Type == TypeString):
		return f, it.value(f, s)
	case method == methodByReference || method == methodByRefResolve || method == methodByRefOnly || method == methodByWebRef:
		it.reference(f)
		return f, nil
	}
	it.warn("attachment %q has no data", f.name)
	if method != methodByValue {
		return nil, nil
	}
	return f, it.value(f, Stream{TypeBinary, 0, bytesAt(nil)})
}

// embed makes message/rfc822 of an embedded message, or a note where it can't be had.
func (it *item) embed(f *attached, a Attachment) error {
	depth := it.opts.Depth
	if depth <= 0 {
		depth = defaultDepth
	}
	f.name = titled(oneLine(f.text(idDisplayName)))
	f.part = note("[A message was attached here. It could not be read.]")
	if it.depth >= depth {
		it.warn("messages within messages: more than %d levels, the rest left out", depth)
		f.part = note("[A message that was too deep within messages was left out.]")
		return nil
	}
	m, err := a.Message()
	if err != nil {
		return fmt.Errorf("embedded message: %w", err)
	}
	opts := it.opts
	opts.CodePage = it.codePage()
	inner := newItem(m, opts, &Info{}, it.depth+1)
	e, err := inner.entity()
	it.info.Damaged = it.info.Damaged || inner.info.Damaged
	for _, w := range inner.info.Warnings {
		it.warn("embedded message: %s", w)
	}
	if err == nil {
		f.hold(e, titled(oneLine(inner.subject())))
	}
	return err
}

// note makes a part that tells the reader something.
func note(text string) *part {
	c := contentOf(text + "\r\n")
	s, _ := surveyOf(c) // nothing to go wrong
	return leaf("text/plain; charset=utf-8", s.encoding(), c)
}

// hold makes the part of an embedded message.
func (f *attached) hold(e *entity, subject string) {
	f.embedded, f.mediaType = true, mediaMessage
	f.name = first(f.name, subject, "message")
	if !strings.HasSuffix(strings.ToLower(f.name), ".eml") {
		f.name += ".eml"
	}
	f.part = &part{message: e}
	f.part.fields.add("Content-Type", mediaMessage)
	f.part.fields.disposition("attachment", f.name)
}

// value makes a part of a file that is attached whole.
func (it *item) value(f *attached, s Stream) error {
	f.data = it.stream(s, fmt.Sprintf("attachment %q", f.name))
	f.cid = strings.Trim(f.trimmed(idAttachContentID), "<> ")
	f.location = f.trimmed(idAttachLocation)
	if f.mediaType == mediaMessage {
		whole, err := it.wholeMessage(f)
		if whole || err != nil {
			return err
		}
	}
	kind := f.mediaType
	how := asBase64
	if strings.HasPrefix(kind, "message/") || strings.HasPrefix(kind, "multipart/") { // RFC 2046 sections 5.1 and 5.2 forbid base64 for them
		s, err := surveyOf(withLineEnds(f.data))
		if err != nil {
			return err
		}
		if how = s.encoding(); how == as7bit && isFacts(kind) && isFields(headOf(f.data)) {
			f.data = withLineEnds(f.data)
		} else {
			kind, how = mediaUnknown, asBase64
		}
	}
	f.part = leaf(kind+f.charsetParameter()+fileParameter("name", f.name), how, f.data)
	f.describe("attachment")
	return nil
}

// wholeMessage keeps a message that is attached as a file as it is, if it can travel so. With NULs it is none.
func (it *item) wholeMessage(f *attached) (bool, error) {
	c := func(w io.Writer) error { return f.data(&lineEnds{w: w, keepNUL: true}) }
	s, err := surveyOf(c)
	if err != nil || !s.text || s.nul || s.longest > hardLine {
		return false, err
	}
	p := &part{body: c, raw: true, eight: s.high > 0}
	p.fields.add("Content-Type", mediaMessage+fileParameter("name", f.name))
	if p.eight {
		p.fields.add("Content-Transfer-Encoding", as8bit)
	}
	f.part = p
	f.describe("attachment")
	return true, nil
}

// reference makes a note of a file that was never in the store.
func (it *item) reference(f *attached) {
	where := first(f.trimmed(idAttachLongPath), f.trimmed(idAttachPath), f.location, "unknown")
	it.warn("attachment %q is only a reference", f.name)
	f.part = note("[This file was not attached but referred to: " + where + "]")
	f.part.fields.disposition("attachment", fileName(f.name)+".txt")
}

// describe adds the fields that say what the file is called and how it is meant.
func (f *attached) describe(disposition string) {
	f.part.fields.disposition(disposition, f.name, f.dates()...)
	if f.cid != "" && len(f.cid) < hardLine/2 && strings.IndexFunc(f.cid, notInID) < 0 {
		f.part.fields.add("Content-ID", "<"+f.cid+">")
	} else {
		f.cid = ""
	}
	if location := oneLine(f.location); location != "" {
		f.part.fields.add("Content-Location", encodeText(location))
	}
}

// dates are when the file was made and changed (RFC 2183 section 2).
func (f *attached) dates() []string {
	const layout = `"Mon, 02 Jan 2006 15:04:05 -0700"`
	var parameters []string
	if t := f.time(idCreationTime); !t.IsZero() {
		parameters = append(parameters, "creation-date="+t.Format(layout))
	}
	if t := f.time(idLastModified); !t.IsZero() {
		parameters = append(parameters, "modification-date="+t.Format(layout))
	}
	return parameters
}
