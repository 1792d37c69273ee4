package bench

import (
	"bytes"
	"fmt"
	"io"

	"unpop/migrate"
)

// text is what all messages are made of: lines of base64, as most of the bytes of mail are.
var text = bytes.Repeat([]byte("TWFpbCBvZiBubyBtZWFuaW5nLCBtYWRlIHRvIG1lYXN1cmUgdW5wb3AgYmVuY2guIFJlbW92ZSBt\r\n"), Average/78+1)

// message makes one of so many bytes, already read, that nobody takes for mail of his own.
func message(id string, serial, size int) migrate.Outgoing {
	head := fmt.Appendf(nil, "From: unpop bench <bench@unpop.invalid>\r\nTo: unpop bench <bench@unpop.invalid>\r\nSubject: unpop bench %s, message %d\r\n"+
		"Message-ID: <%d.%s%s\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"+
		"Content-Transfer-Encoding: base64\r\n\r\n", id, serial, serial, id, scratchDomain)
	body := text[:size-len(head)-2]
	return migrate.Outgoing{
		Size: int64(size), Flags: migrate.Seen.Names(),
		Open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(bytes.NewReader(head), bytes.NewReader(body), bytes.NewReader([]byte("\r\n")))), nil
		},
	}
}
