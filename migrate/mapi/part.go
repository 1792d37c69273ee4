package mapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// A part is an entity of MIME: a leaf with a body, or one that holds others.
type part struct {
	fields   header // Content-*, without those that follow from what is below
	body     content
	raw      bool    // the body is as it was found: it may contain anything
	eight    bool    // the body has octets over 127
	kind     string  // of a multipart: its subtype with further parameters
	children []*part // of a multipart
	message  *entity // of a message/rfc822
	boundary string
}

// An entity is a message: its own fields and its body.
type entity struct {
	fields header
	root   *part
}

// multipart returns parts as one: the only one as it is.
func multipart(kind string, children ...*part) *part {
	if len(children) == 1 {
		return children[0]
	}
	return &part{kind: kind, children: children}
}

// leaf returns a part of the content, encoded.
func leaf(mediaType, encoding string, body content) *part {
	p := &part{body: encoded(body, encoding)}
	p.fields.add("Content-Type", mediaType)
	p.fields.add("Content-Transfer-Encoding", encoding)
	return p
}

// is8bit reports whether the part has octets over 127 anywhere.
func (p *part) is8bit() bool {
	if p.message != nil {
		return p.message.root.is8bit()
	}
	for _, child := range p.children {
		if child.is8bit() {
			return true
		}
	}
	return p.eight
}

// assign gives each multipart its boundary: it follows from the seed and the place, and is nowhere else in the message.
func (p *part) assign(seed string) error {
	if p.message != nil {
		return p.message.root.assign(seed + "/message")
	}
	for i, child := range p.children {
		if err := child.assign(fmt.Sprintf("%s/%d", seed, i)); err != nil {
			return err
		}
	}
	for salt := 0; len(p.children) > 0; salt++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s#%d", seed, salt))
		p.boundary = strings.TrimPrefix(boundaryStart, "--") + hex.EncodeToString(sum[:16])
		if used, err := p.contains("--" + p.boundary); !used || err != nil {
			return err
		}
	}
	return nil
}

// contains reports whether what is in the part as it was found contains a text.
func (p *part) contains(text string) (bool, error) {
	if p.message != nil {
		return p.message.root.contains(text)
	}
	for _, child := range p.children {
		if found, err := child.contains(text); found || err != nil {
			return found, err
		}
	}
	if !p.raw {
		return false, nil
	}
	f := finder{want: []byte(text)}
	err := p.body(&f)
	return f.found, err
}

// finder looks for a text in what is written to it.
type finder struct {
	want  []byte
	keep  []byte
	found bool
}

func (f *finder) Write(p []byte) (int, error) {
	if f.found {
		return len(p), nil
	}
	edge := append(f.keep, p[:min(len(p), len(f.want)-1)]...)
	f.found = bytes.Contains(edge, f.want) || bytes.Contains(p, f.want)
	if len(p) >= len(f.want) {
		f.keep = append(f.keep[:0], p[len(p)-len(f.want)+1:]...)
	} else {
		f.keep = append(f.keep[:0], edge[max(0, len(edge)-len(f.want)+1):]...)
	}
	return len(p), nil
}

// write writes a whole message. It ends with a line end.
func (e *entity) write(w io.Writer) error {
	t := &tail{w: w}
	if err := writeFields(t, e.fields); err != nil {
		return err
	}
	if err := writeFields(t, header{"MIME-Version: 1.0\r\n"}); err != nil {
		return err
	}
	if err := e.root.write(t); err != nil {
		return err
	}
	if t.ended() {
		return nil
	}
	_, err := io.WriteString(w, "\r\n")
	return err
}

func writeFields(w io.Writer, h header) error {
	_, err := io.WriteString(w, strings.Join(h, ""))
	return err
}

// write writes the part's fields, the empty line and its body.
func (p *part) write(w io.Writer) error {
	fields := p.fields
	if len(p.children) > 0 {
		kind, more, _ := strings.Cut(p.kind, ";")
		fields.add("Content-Type", "multipart/"+kind+";"+trailing(more)+` boundary="`+p.boundary+`"`)
	}
	if (len(p.children) > 0 || p.message != nil) && p.is8bit() {
		fields.add("Content-Transfer-Encoding", as8bit)
	}
	if err := writeFields(w, append(fields, "\r\n")); err != nil {
		return err
	}
	switch {
	case p.message != nil:
		return p.message.write(w)
	case len(p.children) > 0:
		return p.writeChildren(w)
	}
	return p.body(w)
}

func trailing(parameters string) string {
	if parameters == "" {
		return ""
	}
	return parameters + ";"
}

func (p *part) writeChildren(w io.Writer) error {
	for _, child := range p.children {
		if _, err := io.WriteString(w, "--"+p.boundary+"\r\n"); err != nil {
			return err
		}
		if err := child.write(w); err != nil {
			return err
		}
		if _, err := io.WriteString(w, "\r\n"); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "--"+p.boundary+"--\r\n")
	return err
}
