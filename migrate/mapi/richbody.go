package mapi

import (
	"errors"
	"io"

	"unpop/migrate/mapi/rtf"
)

// rich opens the rich text (PidTagRtfCompressed). It may be called again.
type rich struct {
	it *item
	s  Stream
}

func (r rich) reader() (io.Reader, error) {
	d, err := rtf.NewDecompressor(io.NewSectionReader(storeReader{r.s.Data}, 0, r.s.Size))
	if err != nil {
		return nil, err
	}
	return lenient{r.it, d}, nil
}

// lenient ends where compressed RTF is cut off or isn't what its checksum says, and notes it.
type lenient struct {
	it *item
	r  io.Reader
}

func (l lenient) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if errors.Is(err, rtf.ErrChecksum) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, ErrDamaged) {
		l.it.info.Damaged = true
		l.it.warn("rich text: %v", err)
		err = io.EOF
	}
	return n, err
}

// through returns what a conversion makes of the rich text.
func (r rich) through(convert func(io.Writer, io.Reader) error) content {
	return func(w io.Writer) error {
		in, err := r.reader()
		if err != nil {
			return err
		}
		return convert(w, in)
	}
}

func render(w io.Writer, r io.Reader) error {
	_, err := rtf.Render(w, r)
	return err
}

func verbatim(w io.Writer, r io.Reader) error {
	_, err := copyAll(w, r)
	return err
}

// richText adds the forms that rich text holds and the item lacks.
func (it *item) richText(t *texts) error {
	s, ok := open(it.m, idRTFCompressed)
	if !ok || s.Type != TypeBinary || s.Size == 0 {
		return nil
	}
	r := rich{it, s}
	in, err := r.reader()
	if errors.Is(err, rtf.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, ErrDamaged) {
		it.info.Damaged = true
		it.warn("rich text left out: %v", err)
		return nil
	}
	if err != nil {
		return err
	}
	kind, err := rtf.Sniff(in)
	if err != nil {
		return err
	}
	switch {
	case kind == rtf.WrappedHTML:
		t.html, err = it.htmlText(r.through(rtf.HTML))
	case t.plain == nil && kind == rtf.WrappedText:
		t.plain, err = newText(r.through(rtf.Text), "plain", "utf-8")
	case kind == rtf.Rich && (t.plain == nil || it.int(idNativeBody) != nativeText && !it.outOfSync()):
		err = it.written(r, t)
	}
	return err
}

// outOfSync reports whether the plain text is newer than the rich text ([MS-OXCMSG] section 2.2.1.56.5).
func (it *item) outOfSync() bool {
	inSync, ok := it.number(idRTFInSync)
	return ok && inSync == 0
}

// written adds what was written as rich text: as plain text where this loses nothing, else as HTML too.
func (it *item) written(r rich, t *texts) error {
	in, err := r.reader()
	if err != nil {
		return err
	}
	look, err := rtf.Render(io.Discard, in)
	if err != nil {
		return err
	}
	if t.plain == nil {
		if t.plain, err = newText(r.through(rtf.Text), "plain", "utf-8"); err != nil {
			return err
		}
	}
	if look.Formatted || look.Lost {
		if t.html, err = newText(r.through(render), "html", "utf-8"); err != nil {
			return err
		}
	}
	if look.Lost {
		t.rich = leaf("application/rtf; name=body.rtf", asBase64, r.through(verbatim))
		t.rich.fields.add("Content-Disposition", "attachment; filename=body.rtf")
	}
	return nil
}
