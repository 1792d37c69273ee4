package mapi

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"path"
	"strings"

	"unpop/migrate/mapi/cfb"
	"unpop/migrate/mapi/codepage"
)

// documents are the programs' own files that are compound files themselves, by a stream that each of them has.
var documents = map[string]string{
	"WordDocument": ".doc", "Workbook": ".xls", "Book": ".xls", "PowerPoint Document": ".ppt", "VisioDocument": ".vsd",
	"__properties_version1.0": ".msg",
}

// object makes a part of an OLE object: of the file that is packed in it, else of its storage as it is.
func (it *item) object(f *attached, s Stream) error {
	f.data = it.stream(s, "OLE object")
	if f.name == unnamed {
		f.name = "object"
	}
	ext, err := it.unpack(f, s)
	if err = it.forgive(err, "OLE object"); err != nil && !errors.Is(err, cfb.ErrFormat) {
		return err
	}
	if ext == "" || err != nil {
		ext = ".ole"
		f.data = it.stream(s, "OLE object")
	}
	if !strings.EqualFold(path.Ext(f.name), ext) {
		f.name += ext
	}
	f.mediaType = first(byExtension[strings.ToLower(ext)], "application/x-ole-storage")
	if isFacts(f.mediaType) || f.mediaType == mediaMessage || ext != ".ole" && f.mediaType == "application/x-ole-storage" {
		f.mediaType = mediaUnknown
	}
	f.part = leaf(f.mediaType+fileParameter("name", f.name), asBase64, f.data)
	f.describe("attachment")
	return nil
}

// unpack finds what is in an OLE object, and returns the extension of a file of that kind; nothing if it stays what it is.
func (it *item) unpack(f *attached, s Stream) (string, error) {
	file, err := cfb.Open(storeReader{s.Data}, s.Size)
	if err != nil {
		return "", err
	}
	for _, stream := range file.Streams() {
		if ext, ok := documents[stream.Name]; ok {
			return ext, nil
		}
		c := func(w io.Writer) error {
			_, err := stream.WriteTo(w)
			return it.forgive(err, "OLE object")
		}
		switch stream.Name {
		case "Package", "CONTENTS", "Contents", "EmbeddedOdf":
			if ext := sniff(headOf(c)); ext != "" {
				f.data = c
				return ext, whole(c)
			}
		case "\x01Ole10Native":
			if ext := it.native(f, c); ext != "" {
				return ext, whole(c)
			}
		}
	}
	return "", nil
}

// whole reports whether a content can be read to its end.
func whole(c content) error { return c(io.Discard) }

// signatures are how files begin.
var signatures = []struct{ begin, ext string }{
	{"%PDF", ".pdf"},
	{"\x89PNG", ".png"},
	{"\xff\xd8\xff", ".jpg"},
	{"GIF8", ".gif"},
	{"BM", ".bmp"},
	{"\xd7\xcd\xc6\x9a", ".wmf"},
	{"II*\x00", ".tif"},
	{"MM\x00*", ".tif"},
	{"{\\rtf", ".rtf"},
}

// sniff tells by its beginning what kind of file it is, as an extension.
func sniff(head []byte) string {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.begin)) {
			return s.ext
		}
	}
	if !bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return ""
	}
	for _, s := range []struct{ within, ext string }{
		{"word/", ".docx"},
		{"xl/", ".xlsx"},
		{"ppt/", ".pptx"},
		{"opendocument.text", ".odt"},
		{"opendocument.spreadsheet", ".ods"},
		{"opendocument.presentation", ".odp"},
	} {
		if bytes.Contains(head, []byte(s.within)) {
			return s.ext
		}
	}
	return ".zip"
}

// native takes the file out of a package of OLE 1: its name, its path, another path, its size and its bytes.
func (it *item) native(f *attached, c content) string {
	head := headOf(c)
	rest := head[min(len(head), 6):]
	name, rest, ok := bytes.Cut(rest, []byte{0})
	_, rest, okPath := bytes.Cut(rest, []byte{0})
	if !ok || !okPath || len(rest) < 8 {
		return ""
	}
	skip := int64(binary.LittleEndian.Uint32(rest[4:]))
	if skip > int64(len(rest)-12) {
		return ""
	}
	rest = rest[8+skip:]
	size := int64(binary.LittleEndian.Uint32(rest))
	start := len(head) - len(rest) + 4
	f.data = func(w io.Writer) error {
		err := c(&skipper{w: &clip{w: w, left: size}, left: start})
		if errors.Is(err, errEnough) {
			return nil
		}
		return err
	}
	if packed := fileName(codepage.Decode(name, it.codePage())); packed != "" {
		f.name = packed
	}
	return first(path.Ext(f.name), ".bin")
}

// clip lets the first bytes through, and says when it has enough.
type clip struct {
	w    io.Writer
	left int64
}

func (c *clip) Write(p []byte) (int, error) {
	n := min(c.left, int64(len(p)))
	c.left -= n
	if _, err := c.w.Write(p[:n]); err != nil {
		return 0, err
	}
	if c.left == 0 {
		return int(n), errEnough
	}
	return len(p), nil
}
