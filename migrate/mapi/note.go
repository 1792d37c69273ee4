package mapi

import (
	"html"
	"regexp"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// note is the item's text, as much of it as a calendar or a card should have; where there is only HTML, what it shows.
func (it *item) note() (string, error) {
	text, err := it.plain()
	if err != nil {
		return "", err
	}
	if text != nil {
		return text.begin()
	}
	texts, err := it.texts()
	switch {
	case err != nil:
		return "", err
	case texts.plain != nil:
		return texts.plain.begin()
	case texts.html != nil:
		return texts.html.shown()
	}
	return "", nil
}

// begin is the beginning of a text, undecoded but for what is no UTF-8.
func (t *textBody) begin() (string, error) {
	text, err := t.raw()
	return strings.ToValidUTF8(text, ""), err
}

func (t *textBody) raw() (string, error) {
	b := &noteWriter{}
	if err := t.content(b); err != nil && err != errEnough {
		return "", err
	}
	return b.String(), nil
}

// noteWriter keeps the beginning of a text.
type noteWriter struct{ strings.Builder }

func (n *noteWriter) Write(p []byte) (int, error) {
	if n.Len()+len(p) > maxText {
		n.Builder.Write(p[:maxText-n.Len()])
		return 0, errEnough
	}
	return n.Builder.Write(p)
}

// What of HTML is not shown, what ends a line, what else is no text, and blank lines.
var (
	unseenHTML = regexp.MustCompile(`(?is)<!--.*?-->|<(script|style|title)\b.*?</(script|style|title)\s*>`)
	lineHTML   = regexp.MustCompile(`(?i)<(br|/p|/div|/tr|/li|/h[1-6])\b[^>]*>`)
	tagHTML    = regexp.MustCompile(`<[a-zA-Z/!?][^>]*>`)
	blankHTML  = regexp.MustCompile(`[ \t\r\n]+`)
	emptyLines = regexp.MustCompile(`\n{3,}`)
)

// shown is what is to be read of the beginning of HTML.
func (t *textBody) shown() (string, error) {
	text, err := t.raw()
	if err != nil {
		return "", err
	}
	if enc, err := htmlindex.Get(t.charset); err == nil {
		if decoded, err := enc.NewDecoder().String(text); err == nil {
			text = decoded
		}
	}
	text = unseenHTML.ReplaceAllString(strings.ToValidUTF8(text, ""), "")
	text = lineHTML.ReplaceAllString(blankHTML.ReplaceAllString(text, " "), "\n")
	lines := strings.Split(html.UnescapeString(tagHTML.ReplaceAllString(text, "")), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.TrimSpace(emptyLines.ReplaceAllString(strings.Join(lines, "\n"), "\n\n")), nil
}
