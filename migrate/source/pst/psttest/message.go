package psttest

import (
	"cmp"

	"unpop/migrate/source/pst/ndb"
)

// Properties that the writer sets or looks at.
const (
	propClass      = 0x001A
	propSubject    = 0x0037
	propFlags      = 0x0E07
	propSize       = 0x0E08
	propName       = 0x3001
	propAttachData = 0x3701
	propMethod     = 0x3705
	propFileName   = 0x3704
	propAttachSize = 0x0E20
	propRecipient  = 0x0C15
	propAddress    = 0x3003
)

// message writes a message as a node of the file and returns its row in the contents table.
func (b *builder) message(m *Message, typ ndb.NIDType, folder ndb.NID) row {
	id := m.NID
	if id == 0 {
		id = ndb.NID(b.nextMessage<<5 | uint32(typ))
		b.nextMessage++
	}
	data, sub := b.messageNode(m)
	b.node(id, folder, data, sub)
	return row{uint32(id), m.row()}
}

// row gives the properties of a message that its folder repeats.
func (m *Message) row() []Property {
	var props []Property
	for _, p := range m.Properties {
		if p.ID == propClass || p.ID == propSubject || p.ID == propFlags || p.ID == 0x0E06 || p.ID == 0x0039 {
			props = append(props, p)
		}
	}
	return props
}

// messageNode writes the data and subnodes of a message.
func (b *builder) messageNode(m *Message) (data, sub uint64) {
	s := &subtrees{b: b}
	data = b.context(with(m.Properties, Text(propClass, "IPM.Note"), Int32(propFlags, 1), Int32(propSize, 1)), s)
	b.recipients(m, s)
	b.attachments(m, s)
	s.subs = append(s.subs, b.rawSubnodes(m.Sub)...)
	return data, b.subtree(s.subs)
}

// recipients writes the recipient table.
func (b *builder) recipients(m *Message, s *subtrees) {
	var rows []row
	for i, props := range m.Recipients {
		rows = append(rows, row{uint32(i), props})
	}
	own := &subtrees{b: b}
	data := b.table(rows, recipientColumns(), own)
	s.subs = append(s.subs, subnode{ndb.NIDRecipientTable, data, b.subtree(own.subs)})
}

// recipientColumns are columns that every recipient table has.
func recipientColumns() []Property {
	return []Property{Int32(propRecipient, 0), Text(propName, ""), Text(0x3002, ""), Text(propAddress, "")}
}

// attachmentColumns are columns that every attachment table has.
func attachmentColumns() []Property {
	return []Property{Int32(propAttachSize, 0), Text(propFileName, ""), Int32(propMethod, 0), Int32(0x370B, 0)}
}

// attachments writes the attachments and their table.
func (b *builder) attachments(m *Message, s *subtrees) {
	if len(m.Attachments) == 0 {
		return
	}
	var rows []row
	for i, a := range m.Attachments {
		id := ndb.NID((0x401+uint32(i))<<5 | uint32(ndb.TypeAttachment))
		data, sub := b.attachment(a)
		s.subs = append(s.subs, subnode{id, data, sub})
		var props []Property
		for _, p := range a.Properties {
			if p.ID == propFileName || p.ID == propMethod || p.ID == 0x370B || p.ID == propAttachSize {
				props = append(props, p)
			}
		}
		rows = append(rows, row{uint32(id), with(props, Int32(propMethod, a.method()), Int32(0x370B, -1))})
	}
	own := &subtrees{b: b}
	data := b.table(rows, attachmentColumns(), own)
	s.subs = append(s.subs, subnode{ndb.NIDAttachmentTable, data, b.subtree(own.subs)})
}

// method is how an attachment is attached.
func (a *Attachment) method() int32 {
	switch {
	case a.Message != nil:
		return 5
	case a.Object != nil:
		return 6
	}
	return 1
}

// attachment writes the data and subnodes of an attachment.
func (b *builder) attachment(a *Attachment) (data, sub uint64) {
	s := &subtrees{b: b, next: 0x400}
	props := with(a.Properties, Int32(propMethod, a.method()), Int32(0x370B, -1), Int32(propAttachSize, 1))
	switch {
	case a.Message != nil:
		id := cmp.Or(a.Message.NID, ndb.NID(0x200004))
		data, sub := b.messageNode(a.Message)
		s.subs = append(s.subs, subnode{id, data, sub})
		props = with(props, b.object(id, 1))
	case a.Object != nil:
		props = with(props, b.object(s.local(a.Object), len(a.Object)))
	}
	data = b.context(props, s)
	return data, b.subtree(s.subs)
}

// object is a property whose value is a subnode.
func (b *builder) object(id ndb.NID, size int) Property {
	p := Int64(propAttachData, int64(size)<<32|int64(id))
	p.Type = typeObject
	return p
}
