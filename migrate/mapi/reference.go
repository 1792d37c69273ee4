package mapi

import (
	"html"
	"io"
	"net/url"
	"strings"
)

// Bounds of what is looked for in HTML.
const (
	maxReferences  = 10_000
	maxReference   = 512
	maxLocations   = 100
	minLocationLen = 5
)

// references marks the attachments that the HTML shows (RFC 2392, RFC 2557).
func (t *textBody) references(files []*attached) error {
	ids := &cidScanner{found: map[string]bool{}}
	look := []io.Writer{ids}
	places := map[*attached]*finder{}
	for _, f := range files {
		if f.location != "" && len(f.location) >= minLocationLen && len(places) < maxLocations {
			places[f] = &finder{want: []byte(f.location)}
			look = append(look, places[f])
		}
	}
	if err := t.content(io.MultiWriter(look...)); err != nil {
		return err
	}
	ids.end()
	for _, f := range files {
		place := places[f]
		f.shown = f.part.message == nil && (f.cid != "" && ids.found[strings.ToLower(f.cid)] || place != nil && place.found)
	}
	return nil
}

// cidScanner collects the Content-IDs that HTML refers to, in lower case.
type cidScanner struct {
	found  map[string]bool
	prefix int // of "cid:" seen
	id     []byte
}

const cidScheme = "cid:"

func (s *cidScanner) Write(p []byte) (int, error) {
	for _, c := range p {
		s.octet(c)
	}
	return len(p), nil
}

func (s *cidScanner) octet(c byte) {
	if s.prefix == len(cidScheme) {
		if c > ' ' && strings.IndexByte(`"'<>)`, c) < 0 && len(s.id) < maxReference {
			s.id = append(s.id, c)
			return
		}
		s.end()
	}
	if c|0x20 == cidScheme[s.prefix] || c == ':' && s.prefix == len(cidScheme)-1 {
		s.prefix++
	} else if s.prefix = 0; c|0x20 == cidScheme[0] {
		s.prefix = 1
	}
}

// end takes the identifier that was read.
func (s *cidScanner) end() {
	if len(s.id) > 0 && len(s.found) < maxReferences {
		id := html.UnescapeString(string(s.id))
		s.found[strings.ToLower(id)] = true
		if plain, err := url.PathUnescape(id); err == nil {
			s.found[strings.ToLower(plain)] = true
		}
	}
	s.prefix, s.id = 0, s.id[:0]
}
