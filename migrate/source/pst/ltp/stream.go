package ltp

import (
	"bytes"
	"fmt"
	"io"

	"unpop/migrate/source/pst/ndb"
)

// Stream is a value that is read from the file as it is needed: io.NewSectionReader(s, 0, s.Size()) reads it from the begin to
// the end. It needs no closing.
type Stream interface {
	io.ReaderAt
	Size() int64 // bytes
}

// open gives what an HNID refers to: an item of the heap or the data of a subnode.
func (h *heap) open(id hid) (Stream, error) {
	if !id.isNID() {
		b, err := h.item(id)
		if err != nil {
			return nil, err
		}
		return bytes.NewReader(b), nil
	}
	sub, err := h.node.Subnode(ndb.NID(id))
	if err != nil {
		return nil, err
	}
	return sub.Open()
}

// read gives what an HNID refers to, whole.
func (h *heap) read(id hid) ([]byte, error) {
	if !id.isNID() {
		return h.item(id)
	}
	s, err := h.open(id)
	if err != nil {
		return nil, err
	}
	if s.Size() > MaxValue {
		return nil, ErrTooLarge
	}
	b := make([]byte, s.Size())
	if n, err := s.ReadAt(b, 0); n < len(b) {
		return nil, err
	}
	return b, nil
}

// value reads a variable value and checks its size.
func (h *heap) value(id, typ uint16, at hid) (Value, error) {
	b, err := h.read(at)
	if err == nil && fixedSize(typ) > len(b) {
		err = ErrSize
	}
	if err != nil {
		return Value{Type: typ}, h.wrap(propertyName(id), err)
	}
	if size := fixedSize(typ); size > 0 {
		b = b[:size]
	}
	return Value{typ, b}, nil
}

// stream opens a variable value.
func (h *heap) stream(id, typ uint16, at hid) (Stream, error) {
	if typ == Object {
		v, err := h.value(id, typ, at)
		if err != nil {
			return nil, err
		}
		sub, _, ok := v.Subnode()
		if !ok {
			return nil, h.wrap(propertyName(id), ErrSize)
		}
		at = hid(sub)
	}
	s, err := h.open(at)
	if err != nil {
		return nil, h.wrap(propertyName(id), err)
	}
	return s, nil
}

// propertyName names a property in an error.
func propertyName(id uint16) string { return fmt.Sprintf("property 0x%04x", id) }
