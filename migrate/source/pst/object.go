package pst

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"unpop/migrate/mapi"
	"unpop/migrate/source/pst/ltp"
	"unpop/migrate/source/pst/ndb"
)

// Properties that this package reads itself ([MS-OXPROPS]).
const (
	idDisplayName  mapi.ID = 0x3001
	idAttachData   mapi.ID = 0x3701
	idPassword     mapi.ID = 0x67FF // a CRC-32 of the password; it locks nothing
	typeOfEmbedded         = mapi.TypeObject
)

// properties is what property contexts and rows of tables have in common.
type properties interface {
	Get(id uint16) (ltp.Value, bool, error)
	Open(id uint16) (ltp.Stream, error)
}

// losses collects what could not be read of one item: the first few errors.
type losses struct{ errs []error }

const maxLosses = 5

func (l *losses) add(err error) {
	if l != nil && len(l.errs) < maxLosses {
		l.errs = append(l.errs, err)
	}
}

// object presents properties as package mapi wants them.
type object struct {
	props properties
	store *store
	lost  *losses
}

// Get implements [mapi.Object].
func (o object) Get(id mapi.ID) (mapi.Value, bool) {
	v, ok, err := o.props.Get(uint16(id))
	if err != nil {
		if !errors.Is(err, ltp.ErrTooLarge) {
			o.lost.add(err)
		}
		return mapi.Value{}, false
	}
	return mapi.Value{Type: mapi.Type(v.Type), Data: v.Data}, ok && mapi.Type(v.Type) != mapi.TypeObject
}

// Open implements [mapi.Object].
func (o object) Open(id mapi.ID) (mapi.Stream, bool) {
	typ, ok := o.typeOf(id)
	if !ok {
		return mapi.Stream{}, false
	}
	s, err := o.props.Open(uint16(id))
	if err != nil {
		o.lost.add(err)
		return mapi.Stream{Type: typ, Data: mapi.DamageReader(nil, err)}, true
	}
	if s == nil {
		return mapi.Stream{}, false
	}
	return mapi.Stream{Type: typ, Size: s.Size(), Data: mapi.DamageReader(s, nil)}, true
}

// typeOf tells a property's type, if it can without reading the value.
func (o object) typeOf(id mapi.ID) (mapi.Type, bool) {
	if props, ok := o.props.(*ltp.Context); ok {
		p, ok := props.Property(uint16(id))
		return mapi.Type(p.Type), ok
	}
	v, ok, _ := o.props.Get(uint16(id)) // an error comes again with the value
	return mapi.Type(v.Type), ok
}

// Named implements [mapi.Object].
func (o object) Named(name mapi.Name) (mapi.ID, bool) { return o.store.named(name) }

// item is a message of the store, of any class, or one that lies in another.
type item struct {
	object
	node ndb.Node
}

// open reads where an item's properties are.
func (s *store) item(n ndb.Node, lost *losses) (*item, error) {
	props, err := ltp.OpenContext(n)
	if err != nil {
		return nil, mapi.Damage(err)
	}
	for _, err := range props.All() {
		if err != nil {
			lost.add(err)
		}
	}
	return &item{object{props, s, lost}, n}, nil
}

// Recipients implements [mapi.Message].
func (m *item) Recipients() iter.Seq2[mapi.Object, error] {
	return func(yield func(mapi.Object, error) bool) {
		table, err := m.table(ndb.NIDRecipientTable)
		if err != nil {
			yield(nil, err)
		}
		if table == nil {
			return
		}
		for row, err := range table.Rows() {
			if err != nil {
				m.lost.add(err)
				continue
			}
			if !yield(object{row, m.store, m.lost}, nil) {
				return
			}
		}
	}
}

// table opens a table among the subnodes; nil if there is none.
func (m *item) table(id ndb.NID) (*ltp.Table, error) {
	sub, err := m.node.Subnode(id)
	if ndb.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, mapi.Damage(err)
	}
	table, err := ltp.OpenTable(sub)
	return table, mapi.Damage(err)
}

// Attachments implements [mapi.Message]: those of the attachment table in its order, then those that it doesn't have.
func (m *item) Attachments() iter.Seq2[mapi.Attachment, error] {
	return func(yield func(mapi.Attachment, error) bool) {
		seen := map[ndb.NID]bool{}
		for id, err := range m.attachmentIDs() {
			if err != nil {
				m.lost.add(err)
				continue
			}
			if seen[id] {
				continue
			}
			seen[id] = true
			if !yield(m.attachment(id)) {
				return
			}
		}
	}
}

// attachmentIDs lists the attachments' nodes, some twice.
func (m *item) attachmentIDs() iter.Seq2[ndb.NID, error] {
	return func(yield func(ndb.NID, error) bool) {
		table, err := m.table(ndb.NIDAttachmentTable)
		if err != nil && !yield(0, err) {
			return
		}
		if table != nil {
			for row, err := range table.Rows() {
				if !yield(ndb.NID(row.ID), err) {
					return
				}
			}
		}
		for sub, err := range m.node.Subnodes() {
			if (err != nil || sub.ID.Type() == ndb.TypeAttachment) && !yield(sub.ID, err) {
				return
			}
		}
	}
}

// attachment opens an attachment of the item. Its error is about this one alone.
func (m *item) attachment(id ndb.NID) (mapi.Attachment, error) {
	sub, err := m.node.Subnode(id)
	if err != nil {
		return nil, mapi.Damage(err)
	}
	a, err := m.store.item(sub, m.lost)
	if err != nil {
		return nil, err
	}
	return &attachment{a.object, sub}, nil
}

// attachment is an attachment of an item.
type attachment struct {
	object
	node ndb.Node
}

// Message implements [mapi.Attachment].
func (a *attachment) Message() (mapi.Message, error) {
	v, ok, err := a.props.Get(uint16(idAttachData))
	if err != nil {
		return nil, mapi.Damage(err)
	}
	if !ok || mapi.Type(v.Type) != typeOfEmbedded || len(v.Data) < 4 {
		return nil, fmt.Errorf("%w: no embedded message", mapi.ErrDamaged)
	}
	sub, err := a.node.Subnode(ndb.NID(binary.LittleEndian.Uint32(v.Data)))
	if err != nil {
		return nil, mapi.Damage(err)
	}
	m, err := a.store.item(sub, a.lost)
	if err != nil {
		return nil, err
	}
	return m, nil
}
