package dedupe

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// Kinds of leaves, part of the digest.
const (
	kindText   = 'T' // levelled UTF-8
	kindOpaque = 't' // levelled text whose bytes aren't what its charset says; they count as they are
	kindBytes  = 'B'
)

// leaf digests the decoded content of one part. Whether text is what its label says is only known at its end, so it
// is hashed as it is and, where needed, decoded at the same time.
type leaf struct {
	transfer transfer
	text     bool
	enc      encoding.Encoding // nil: UTF-8, or windows-1252 where it isn't
	sum      hash.Hash
	asIs     leveller
	utf8     utf8Check
	decoded  leveller
	decoder  *transform.Writer // into decoded; nil until needed
	lossy    bool              // the decoder met bytes that its charset doesn't have
	err      error
}

func (l *leaf) start(kind mediaType, encoding string) {
	l.transfer.reset(encoding)
	l.transfer.to = l.write
	l.text, l.enc = kind.isText(), nil
	l.decoder, l.lossy, l.utf8, l.err = nil, false, utf8Check{}, nil
	if !l.text {
		if l.sum == nil {
			l.sum = sha256.New()
		}
		l.sum.Reset()
		return
	}
	l.asIs.reset()
	if l.enc = charset(kind.params["charset"]); l.enc != nil && !extendsASCII(l.enc) {
		l.decoded.reset()
		l.decodeBy(l.enc)
	}
}

// extendsASCII tells whether ASCII bytes are ASCII in this charset, so that text needs a decoder only from the first
// other byte on.
func extendsASCII(enc encoding.Encoding) bool {
	text, err := enc.NewDecoder().Bytes(asciiBytes)
	return err == nil && bytes.Equal(text, asciiBytes)
}

var asciiBytes = func() (all []byte) {
	for c := range byte(utf8.RuneSelf) {
		all = append(all, c)
	}
	return all
}()

func (l *leaf) decodeBy(enc encoding.Encoding) {
	l.decoder = transform.NewWriter(lossWatch{l}, enc.NewDecoder())
}

// lossWatch hashes decoded text and notes the replacement characters in it.
type lossWatch struct{ *leaf }

func (w lossWatch) Write(b []byte) (int, error) {
	w.lossy = w.lossy || bytes.Contains(b, []byte("\ufffd"))
	return w.decoded.Write(b)
}

// write takes content without its transfer encoding.
func (l *leaf) write(b []byte) {
	if !l.text {
		l.sum.Write(b)
		return
	}
	if l.decoder == nil && !isASCII(b) {
		l.note(l.decoded.copyFrom(&l.asIs)) // so far it was ASCII
		if l.enc != nil {
			l.decodeBy(l.enc)
		} else {
			l.decodeBy(charmap.Windows1252)
		}
	}
	if l.decoder != nil {
		_, err := l.decoder.Write(b)
		l.note(err)
		l.utf8.write(b)
	}
	l.asIs.Write(b)
}

func (l *leaf) note(err error) {
	if l.err == nil {
		l.err = err
	}
}

// finish ends the part. An error means that it isn't encoded as it says.
func (l *leaf) finish() (kind byte, d Digest, err error) {
	l.note(l.transfer.finish())
	if l.decoder != nil {
		l.note(l.decoder.Close())
	}
	switch {
	case !l.text:
		l.sum.Sum(d[:0])
		return kindBytes, d, l.err
	case l.decoder == nil, l.enc == nil && l.utf8.valid():
		return kindText, l.asIs.digest(), l.err
	case l.lossy:
		return kindOpaque, l.asIs.digest(), l.err
	}
	return kindText, l.decoded.digest(), l.err
}

func isASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.NativeEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// utf8Check validates UTF-8 in pieces.
type utf8Check struct {
	part []byte // the start of a character
	bad  bool
}

func (u *utf8Check) write(b []byte) {
	for len(u.part) > 0 && len(b) > 0 && !u.bad {
		u.part = append(u.part, b[0])
		b = b[1:]
		if utf8.FullRune(u.part) {
			u.bad = !utf8.Valid(u.part)
			u.part = u.part[:0]
		}
	}
	if u.bad || len(b) == 0 {
		return
	}
	end := len(b)
	for back := 1; back < utf8.UTFMax && back <= len(b); back++ {
		if utf8.RuneStart(b[len(b)-back]) {
			if !utf8.FullRune(b[len(b)-back:]) {
				end = len(b) - back
			}
			break
		}
	}
	u.bad = !utf8.Valid(b[:end])
	u.part = append(u.part[:0], b[end:]...)
}

func (u *utf8Check) valid() bool { return !u.bad && len(u.part) == 0 }
