package dedupe

const textPlain = "text/plain"

// partHeader reads what matters of the header of a message or part.
type partHeader struct {
	scan      fieldScanner
	byDefault string
	begun     bool
	kind      string
	encoding  string
}

func (h *partHeader) init() {
	h.scan.each = h.take
	h.byDefault = textPlain
}

func (h *partHeader) reset(byDefault string) {
	h.scan.reset()
	h.byDefault, h.begun, h.kind, h.encoding = byDefault, false, "", ""
}

func (h *partHeader) take(name, value []byte, _ bool) {
	switch {
	case equalFold(name, "content-type"):
		first(&h.kind, value)
	case equalFold(name, "content-transfer-encoding"):
		first(&h.encoding, value)
	}
}

// isJunk tells whether a line can't be part of a header: it is no field, doesn't continue one, and isn't empty.
// It may be text of the body where the blank line is missing, so it must not be passed over.
func (h *partHeader) isJunk(line []byte) bool {
	junk := len(line) > 0 && !isField(line) && (!isBlank(line[0]) || !h.begun)
	h.begun = true
	return junk
}

// result ends the header.
func (h *partHeader) result() (mediaType, string) {
	h.scan.flush()
	kind := mediaType{name: h.byDefault}
	if h.kind != "" {
		kind = parseMedia(h.kind, h.byDefault)
	}
	return kind, parseEncoding(h.encoding)
}
