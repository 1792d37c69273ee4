package pst

import (
	"bytes"
	"encoding/binary"

	"unpop/migrate"
	"unpop/migrate/mapi"
	"unpop/migrate/source/pst/ndb"
)

// Entry ids of folders ([MS-OXOSFLD] section 2.2.3). The first four are the store's, the others the inbox's and the root folder's.
const (
	idSubtree mapi.ID = 0x35E0
	idOutbox  mapi.ID = 0x35E2
	idTrash   mapi.ID = 0x35E3
	idSent    mapi.ID = 0x35E4
	idArchive mapi.ID = 0x35FF
	idDrafts  mapi.ID = 0x36D7
	idMore    mapi.ID = 0x36D8 // several; the fifth is that of junk mail

	idFolderID mapi.ID = 0x67F4 // in an OST: the id of a folder on the server
)

// junkAt is the place of the junk folder among the additional entry ids.
const junkAt = 4

// outbox marks a folder that has no role, whatever it is called.
const outbox = migrate.Role(255)

// The nodes of these folders are the same in every OST.
const (
	ostSubtree ndb.NID = 0x2142
	ostTrash   ndb.NID = 0x2162
	ostInbox   ndb.NID = 0x2182
	ostOutbox  ndb.NID = 0x21A2
	ostSent    ndb.NID = 0x21C2
)

// roleFinder collects what entry ids say of folders. The first word on a folder counts.
type roleFinder struct {
	store *store
	known map[ndb.NID]*folder
	roles map[ndb.NID]migrate.Role
}

// roles tells what the folders below the tops are for, as far as the store says so and not only their names.
func (s *store) roles(known map[ndb.NID]*folder, tops map[ndb.NID]bool) map[ndb.NID]migrate.Role {
	f := roleFinder{s, known, map[ndb.NID]migrate.Role{}}
	store := s.object()
	f.note(binaryOf(store, idOutbox), outbox)
	f.note(binaryOf(store, idTrash), migrate.RoleTrash)
	f.note(binaryOf(store, idSent), migrate.RoleSent)
	if tops[ostSubtree] {
		f.roles[ostInbox], f.roles[ostOutbox] = migrate.RoleInbox, outbox
		f.roles[ostSent], f.roles[ostTrash] = migrate.RoleSent, migrate.RoleTrash
	}
	root, _ := s.folderObject(ndb.NIDRootFolder) // without it, the inbox or the names tell
	f.fromInbox(root)
	for id, child := range known {
		if tops[child.parent] && !tops[id] {
			f.inbox(id)
		}
	}
	return f.roles
}

// inbox looks whether a folder is the inbox: it carries the entry ids of other folders.
func (f roleFinder) inbox(id ndb.NID) {
	o, err := f.store.folderObject(id)
	if err != nil || binaryOf(o, idDrafts) == nil {
		return
	}
	if _, known := f.roles[id]; !known {
		f.roles[id] = migrate.RoleInbox
	}
	f.fromInbox(o)
}

// fromInbox reads the entry ids that the inbox and the root folder have.
func (f roleFinder) fromInbox(o mapi.Object) {
	f.note(binaryOf(o, idDrafts), migrate.RoleDrafts)
	f.note(binaryOf(o, idArchive), migrate.RoleArchive)
	if v, ok := o.Get(idMore); ok && v.Type == mapi.TypeBinary|mapi.TypeMulti {
		f.note(nth(v.Data, junkAt), migrate.RoleJunk)
	}
}

func (f roleFinder) note(entryID []byte, role migrate.Role) {
	id := f.folder(entryID)
	if _, known := f.roles[id]; id != 0 && !known {
		f.roles[id] = role
	}
}

// folder finds the folder of an entry id, 0 if there is none: that of a PST ends with the node ([MS-PST] section 2.4.3.2), that of a
// server ([MS-OXCDATA] section 2.2.4.1) with the folder's number there.
func (f roleFinder) folder(entryID []byte) ndb.NID {
	if id := entryNode(entryID); f.known[id] != nil {
		return id
	}
	if len(entryID) != 46 {
		return 0
	}
	number := entryID[38:44]
	for id := range f.known {
		o, err := f.store.folderObject(id)
		if v, ok := o.Get(idFolderID); err == nil && ok && len(v.Data) == 8 && v.Data[0] == 1 && bytes.Equal(v.Data[2:], number) {
			return id
		}
	}
	return 0
}

// entryNode reads the node of a PST's entry id, 0 of any other.
func entryNode(entryID []byte) ndb.NID {
	if len(entryID) != 24 {
		return 0
	}
	return ndb.NID(binary.LittleEndian.Uint32(entryID[20:]))
}

func binaryOf(o mapi.Object, id mapi.ID) []byte {
	v, ok := o.Get(id)
	if !ok || v.Type != mapi.TypeBinary {
		return nil
	}
	return v.Data
}
