package mapi

import (
	"fmt"
	"io"
	"slices"
)

// Bounds of an item.
const (
	defaultDepth   = 20
	maxRecipients  = 100_000
	maxAttachments = 10_000
	maxWarnings    = 50
)

// An item is a message on its way to an entity.
type item struct {
	reader
	m      Message
	opts   Options
	info   *Info
	depth  int // messages around it
	head   transport
	rows   []recipient
	known  map[string]string // SMTP addresses by X.500 name in lower case
	id     string            // Message-ID
	fields header
}

func newItem(m Message, opts Options, info *Info, depth int) *item {
	return &item{reader: reader{m, opts.CodePage}, m: m, opts: opts, info: info, depth: depth, known: map[string]string{}}
}

// warn notes what was doubtful.
func (it *item) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if len(it.info.Warnings) < maxWarnings && !slices.Contains(it.info.Warnings, text) {
		it.info.Warnings = append(it.info.Warnings, text)
	}
}

// forgive passes an error, but for one that says that the store is damaged: this is noted.
func (it *item) forgive(err error, what string) error {
	return damaged(err, func(note string) {
		it.info.Damaged = true
		it.warn("%s", note)
	}, what)
}

// load reads what both header and body depend on.
func (it *item) load() error {
	if err := it.loadRecipients(); err != nil {
		return err
	}
	it.head = parseTransport(it.longText(idTransportHeaders, maxHeader))
	if it.head.dropped > 0 {
		it.warn("header: %d lines are no fields, left out", it.head.dropped)
	}
	return nil
}

// entity converts the item.
func (it *item) entity() (*entity, error) {
	if err := it.load(); err != nil {
		return nil, err
	}
	it.header()
	root, err := it.body()
	if err != nil {
		return nil, err
	}
	return &entity{fields: it.fields, root: root}, nil
}

// stream returns the content of a large value. Where the store is damaged it ends early, and that is noted.
func (it *item) stream(s Stream, what string) content {
	return func(w io.Writer) error {
		_, err := copyAll(w, io.NewSectionReader(storeReader{s.Data}, 0, s.Size))
		return it.forgive(err, what)
	}
}

// open returns a large value, also where the store has it as a small one.
func open(o Object, id ID) (Stream, bool) {
	if s, ok := o.Open(id); ok && s.Size >= 0 && s.Data != nil {
		return s, true
	}
	v, ok := o.Get(id)
	if !ok || v.Type == TypeError {
		return Stream{}, false
	}
	return Stream{v.Type, int64(len(v.Data)), bytesAt(v.Data)}, true
}
