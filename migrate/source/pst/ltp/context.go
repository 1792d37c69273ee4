package ltp

import (
	"encoding/binary"
	"fmt"
	"iter"

	"unpop/migrate/source/pst/ndb"
)

// Context is a property context ([MS-PST] 2.3.3): the properties of a folder, a message, an attachment or the store. It holds
// where each of them is, eight bytes each; their values are read when they are asked for. It may be used from several goroutines.
type Context struct {
	heap    *heap
	slots   []slot  // in the order of the file, which is that of the ids
	damaged []error // parts of the list that can't be read
}

// slot is where a property is.
type slot struct {
	id, typ uint16
	word    [4]byte // the value, if it is no longer; else where it is
}

// Property is a property of a context.
type Property struct {
	ID   uint16
	Type uint16

	slot *slot
	from *Context
}

// OpenContext reads which properties there are in a node.
func OpenContext(n ndb.Node) (*Context, error) {
	h, err := openHeap(n)
	if err != nil {
		return nil, err
	}
	if h.client != clientContext {
		return nil, h.wrap(fmt.Sprintf("heap of kind 0x%x", h.client), ErrNoContext)
	}
	t, err := openTree(h, h.root, 2, 6)
	if err != nil {
		return nil, err
	}
	c := &Context{heap: h, slots: make([]slot, 0, 64)} // most have fewer
	t.walk(func(r []byte, err error) bool {
		if err != nil {
			c.damaged = append(c.damaged, err)
			return len(c.damaged) < maxDamaged
		}
		c.slots = append(c.slots, slot{binary.LittleEndian.Uint16(r), binary.LittleEndian.Uint16(r[2:]), [4]byte(r[4:8])})
		return len(c.slots) < 1<<16
	})
	return c, nil
}

// maxDamaged is how many broken parts of a list of properties are told.
const maxDamaged = 64

// Node is the node that the properties are in; large values are subnodes of it.
func (c *Context) Node() ndb.Node { return c.heap.node }

// All yields the properties, and an error for each part of their list that can't be read.
func (c *Context) All() iter.Seq2[Property, error] {
	return func(yield func(Property, error) bool) {
		for i := range c.slots {
			if !yield(c.property(i), nil) {
				return
			}
		}
		for _, err := range c.damaged {
			if !yield(Property{}, err) {
				return
			}
		}
	}
}

// Property finds a property by its id.
func (c *Context) Property(id uint16) (Property, bool) {
	for i := range c.slots {
		if c.slots[i].id == id {
			return c.property(i), true
		}
	}
	return Property{}, false
}

func (c *Context) property(i int) Property {
	s := &c.slots[i]
	return Property{s.id, s.typ, s, c}
}

// Get returns the value of a property, and whether there is such a property. A value beyond [MaxValue] is [ErrTooLarge].
func (c *Context) Get(id uint16) (Value, bool, error) {
	p, ok := c.Property(id)
	if !ok {
		return Value{}, false, nil
	}
	v, err := p.Value()
	return v, true, err
}

// Open returns the value of a property of any size, and of an Object its data; nil if there is no such property.
func (c *Context) Open(id uint16) (Stream, error) {
	p, ok := c.Property(id)
	if !ok {
		return nil, nil
	}
	return p.Open()
}

// Value reads the value. One beyond [MaxValue] is [ErrTooLarge].
func (p Property) Value() (Value, error) {
	if size := fixedSize(p.Type); size > 0 && size <= 4 {
		return Value{p.Type, p.slot.word[:size:size]}, nil
	}
	return p.from.heap.value(p.ID, p.Type, p.hnid())
}

// Open returns the value, however large it is. That of an Object is what is in its subnode.
func (p Property) Open() (Stream, error) {
	if size := fixedSize(p.Type); size > 0 && size <= 4 {
		return inline(p.slot.word[:size:size]), nil
	}
	return p.from.heap.stream(p.ID, p.Type, p.hnid())
}

// hnid is where a value is that doesn't fit into four bytes.
func (p Property) hnid() hid { return hid(binary.LittleEndian.Uint32(p.slot.word[:])) }
