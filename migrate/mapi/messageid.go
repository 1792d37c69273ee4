package mapi

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// identify makes sure that the message has a Message-ID.
func (it *item) identify() {
	if id, ok := it.fields.get("message-id"); ok {
		it.id = id
		if stored := it.trimmed(idMessageID); stored != "" && !strings.Contains(id, strings.Trim(stored, "<>")) {
			it.warn("header has Message-ID %.80s, properties %.80s", id, stored)
		}
		it.info.MessageID = id
		return
	}
	ids := messageIDs(it.text(idMessageID))
	it.id, _, _ = strings.Cut(ids, " ")
	if it.id == "" {
		it.id = it.madeID()
	}
	it.fields.add("Message-ID", it.id)
	it.info.MessageID = it.id
}

// remove removes all fields of a name.
func (h *header) remove(name string) {
	var kept header
	for _, f := range *h {
		if got, _, _ := strings.Cut(f, ":"); !strings.EqualFold(strings.TrimRight(got, " \t"), name) {
			kept = append(kept, f)
		}
	}
	*h = kept
}

// messageIDs returns the identifiers in a text, in angle brackets, with blanks between: those in brackets, else words with an @.
func messageIDs(text string) string {
	bracketed := strings.Contains(text, "<")
	words := strings.FieldsFunc(text, func(r rune) bool { return r <= ' ' || r == ',' || !bracketed && r == '>' })
	if bracketed {
		words = nil
		for piece := range strings.SplitSeq(text, "<") {
			if inner, _, ok := strings.Cut(piece, ">"); ok {
				words = append(words, strings.Join(strings.Fields(inner), ""))
			}
		}
	}
	var ids []string
	for _, word := range words {
		if word != "" && isASCII(word) && len(word) <= 900 && !strings.ContainsAny(word, "\x7f()\"<>") && (bracketed || strings.Contains(word, "@")) {
			ids = append(ids, "<"+strings.Map(visible, word)+">")
		}
	}
	return strings.Join(ids, " ")
}

// notInID reports whether a character can't stand between the brackets of an identifier.
func notInID(r rune) bool { return r <= ' ' || r >= 0x7F || strings.ContainsRune(`"<>()`, r) }

func visible(r rune) rune {
	if r <= ' ' {
		return -1
	}
	return r
}

// madeID makes a Message-ID that copies of an item in other stores get too: their search key is the same as long as nobody
// answers or forwards them. Items without a key are told apart by what they say.
func (it *item) madeID() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%d\x00%s\x00", it.time(idClientSubmitTime).UnixNano(), it.subject())
	if key := it.binary(idSearchKey, maxAddrKey); len(key) > 0 {
		sum.Write(key)
	} else {
		from, _ := it.fields.get("from")
		to, _ := it.fields.get("to")
		fmt.Fprintf(sum, "%s\x00%s\x00%d\x00", from, to, it.time(idDeliveryTime).UnixNano())
		for _, id := range []ID{idBody, idHTML, idRTFCompressed} {
			if s, ok := open(it.m, id); ok {
				// A store that can't be read fails again when the body is written.
				_, _ = io.Copy(sum, io.NewSectionReader(s.Data, 0, min(s.Size, maxText)))
			}
		}
	}
	return "<" + hex.EncodeToString(sum.Sum(nil)[:16]) + "@recovered.invalid>"
}
