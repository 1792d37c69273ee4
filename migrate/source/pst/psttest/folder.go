package psttest

import (
	"encoding/binary"

	"unpop/migrate/source/pst/ndb"
)

// The folders that every file has.
const (
	nidTop     ndb.NID = 0x8022
	nidFinder  ndb.NID = 0x8042
	nidDeleted ndb.NID = 0x8062
	nidMissing ndb.NID = 0x1FFFE2 // the folder of orphans, which isn't there
)

// store writes the message store.
func (b *builder) store() {
	name := b.file.Name
	if name == "" {
		name = "Personal Folders"
	}
	props := with(b.file.Store, Binary(0x0FF9, b.uid[:]), Text(propName, name), Int32(0x35DF, 0x89),
		b.entryID(0x35E0, nidTop), b.entryID(0x35E3, nidDeleted), b.entryID(0x35E7, nidFinder), Int32(0x67FF, 0))
	s := &subtrees{b: b}
	data := b.context(props, s)
	b.node(ndb.NIDMessageStore, 0, data, b.subtree(s.subs))
}

// entryID is a property that names a folder.
func (b *builder) entryID(id uint16, folder ndb.NID) Property {
	value := append(make([]byte, 4), b.uid[:]...)
	return Binary(id, binary.LittleEndian.AppendUint32(value, uint32(folder)))
}

// roots writes the folders.
func (b *builder) roots() {
	top := &Folder{NID: nidTop, Name: "Top of Personal Folders", Folders: append([]*Folder{
		{NID: nidDeleted, Name: "Deleted Items", Messages: b.file.Deleted},
	}, b.file.Folders...)}
	finder := &Folder{NID: nidFinder, Name: "Search Root"}
	var rows []row
	for _, f := range b.file.Search {
		rows = append(rows, b.searchFolder(f))
	}
	root := &Folder{NID: ndb.NIDRootFolder, Name: "", Folders: []*Folder{top}}
	rootRows := []row{b.folder(finder, ndb.NIDRootFolder, rows)}
	b.folder(root, ndb.NIDRootFolder, rootRows)
}

// folder writes a folder, what is in it and its three tables, and returns its row in the table of the folder above. also are
// rows of folders that were written before.
func (b *builder) folder(f *Folder, parent ndb.NID, also []row) row {
	id := f.NID
	if id == 0 {
		id = ndb.NID(b.nextFolder<<5 | uint32(ndb.TypeFolder))
		b.nextFolder++
	}
	var messages, associated []row
	for _, m := range f.Messages {
		messages = append(messages, b.message(m, ndb.TypeMessage, id))
	}
	for _, m := range f.Associated {
		associated = append(associated, b.message(m, ndb.TypeAssocMessage, id))
	}
	for _, sub := range f.Folders {
		also = append(also, b.folder(sub, id, nil))
	}
	shown := f.shown(len(also) > 0)
	props := append([]Property(nil), f.Properties...)
	if f.NID != nidTop && f.NID != ndb.NIDRootFolder && f.Class == "" {
		props = with(props, Text(0x3613, "IPF.Note"))
	} else if f.Class != "" {
		props = with(props, Text(0x3613, f.Class))
	}
	s := &subtrees{b: b}
	b.node(id, parent, b.context(with(props, shown...), s), b.subtree(s.subs))
	b.tableNode(id.With(ndb.TypeHierarchyTable), also, folderColumns())
	b.tableNode(id.With(ndb.TypeContentsTable), messages, messageColumns())
	b.tableNode(id.With(ndb.TypeAssocTable), associated, messageColumns())
	return row{uint32(id), shown}
}

// shown are the properties of a folder that its row has, too.
func (f *Folder) shown(subfolders bool) []Property {
	return []Property{
		Text(propName, f.Name), Int32(0x3602, int32(len(f.Messages))), Int32(0x3603, 0), Bool(0x360A, subfolders),
	}
}

// folderColumns are columns that every hierarchy table has.
func folderColumns() []Property { return (&Folder{}).shown(false) }

// messageColumns are columns that every contents table has.
func messageColumns() []Property {
	return []Property{Text(propClass, ""), Text(propSubject, ""), Int32(propFlags, 0), Int32(propSize, 0)}
}

// tableNode writes a table as a node of the file.
func (b *builder) tableNode(id ndb.NID, rows []row, also []Property) {
	s := &subtrees{b: b}
	data := b.table(rows, also, s)
	b.node(id, 0, data, b.subtree(s.subs))
}

// searchFolder writes a search folder, whose contents are messages of other folders.
func (b *builder) searchFolder(f *Folder) row {
	id := f.NID
	if id == 0 {
		id = ndb.NID(b.nextFolder<<5 | uint32(ndb.TypeSearchFolder))
		b.nextFolder++
	}
	shown := f.shown(false)
	s := &subtrees{b: b}
	b.node(id, nidFinder, b.context(with(f.Properties, shown...), s), b.subtree(s.subs))
	var rows []row
	for _, m := range f.Messages {
		rows = append(rows, row{uint32(m.NID), m.row()})
	}
	b.tableNode(id.With(ndb.TypeSearchContents), rows, messageColumns())
	return row{uint32(id), shown}
}

// templates writes the empty tables that are the models of new ones ([MS-PST] 2.4.1).
func (b *builder) templates() {
	b.tableNode(0x60D, nil, folderColumns())
	b.tableNode(0x60E, nil, messageColumns())
	b.tableNode(0x60F, nil, messageColumns())
	b.tableNode(0x610, nil, messageColumns())
	b.tableNode(0x671, nil, attachmentColumns())
	b.tableNode(0x692, nil, recipientColumns())
}

// names writes the map of named properties ([MS-PST] 2.4.7), without its hash table.
func (b *builder) names() {
	var sets, entries, texts []byte
	known := make(map[[16]byte]int)
	for i, n := range b.file.Names {
		if _, ok := known[n.Set]; !ok {
			known[n.Set] = len(known)
			sets = append(sets, n.Set[:]...)
		}
		value, kind := n.Number, 0
		if n.Name != "" {
			text := UTF16(n.Name)
			value, kind = uint32(len(texts)), 1
			texts = binary.LittleEndian.AppendUint32(texts, uint32(len(text)))
			texts = append(texts, text...)
			texts = append(texts, make([]byte, (4-len(texts)%4)%4)...)
		}
		entries = binary.LittleEndian.AppendUint32(entries, value)
		entries = binary.LittleEndian.AppendUint16(entries, uint16((known[n.Set]+3)<<1|kind))
		entries = binary.LittleEndian.AppendUint16(entries, uint16(i))
	}
	s := &subtrees{b: b}
	data := b.context([]Property{Int32(1, 251), Binary(2, sets), Binary(3, entries), Binary(4, texts)}, s)
	b.node(ndb.NIDNameMap, 0, data, b.subtree(s.subs))
}
