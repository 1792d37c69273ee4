package pst

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"unpop/migrate"
	"unpop/migrate/mapi"
	"unpop/migrate/source/pst/ndb"
)

// A tree is what the node B-tree says of a store: its folders, and which messages lie in which. Contents tables are not asked:
// they lie. A message takes eight bytes of it.
type tree struct {
	folders  []folder // in the order of their paths
	messages []entry  // by folder, then by node
	damage   error    // of the first page of the node B-tree that can't be read
	damages  int      // how many there are
	unnamed  error    // why the first folder's name can't be read
	nameless int      // how many there are
}

// entry is a message and the folder that it is listed in.
type entry struct{ folder, message ndb.NID }

func (e entry) compare(other entry) int {
	return cmp.Or(cmp.Compare(e.folder, other.folder), cmp.Compare(e.message, other.message))
}

// kind tells what is done with a folder.
type kind uint8

const (
	mailFolder kind = iota
	aside           // outside of the user's folders: of use to the program alone
	lostFolder      // nothing is above it any more
)

// A folder is a folder of the store. That of messages without any has node 0.
type folder struct {
	node, parent ndb.NID
	name         string
	path         []string
	role         migrate.Role
	kind         kind
}

// recovered is the folder of what has lost its own.
const recovered = "Recovered"

// maxNesting bounds how deep folders lie in each other.
const maxNesting = 64

// loadTree returns the folders and the list of messages. The first call reads the whole node B-tree.
func (s *store) loadTree() *tree {
	s.treeOnce.Do(func() { s.tree = s.readTree() })
	return s.tree
}

func (s *store) readTree() *tree {
	t := &tree{}
	known := map[ndb.NID]*folder{}
	for node, err := range s.file.Nodes() {
		switch {
		case err != nil:
			if t.damages++; t.damages == 1 {
				t.damage = err
			}
		case node.ID.Type() == ndb.TypeFolder:
			known[node.ID] = &folder{node: node.ID, parent: node.Parent}
		case node.ID.Type() == ndb.TypeMessage && node.Parent != 0:
			t.messages = append(t.messages, entry{node.Parent, node.ID})
		}
	}
	s.nameFolders(t, known)
	tops := s.tops(known)
	places{known, tops, s.roles(known, tops)}.set()
	t.adopt(known)
	return t
}

// nameFolders reads the folders' names.
func (s *store) nameFolders(t *tree, known map[ndb.NID]*folder) {
	for _, id := range slices.Sorted(maps.Keys(known)) {
		f := known[id]
		o, err := s.folderObject(id)
		if err != nil {
			if t.nameless++; t.nameless == 1 {
				t.unnamed = err
			}
		}
		f.name = strings.TrimSpace(mapi.Text(o, idDisplayName, s.page))
		if f.name == "" {
			f.name = "Folder " + f.node.String()
		}
	}
}

// adopt sorts the messages, those without a folder into that of node 0, and lists the folders.
func (t *tree) adopt(known map[ndb.NID]*folder) {
	orphans := false
	for i, e := range t.messages {
		if known[e.folder] == nil {
			t.messages[i].folder, orphans = 0, true
		}
	}
	slices.SortFunc(t.messages, entry.compare)
	if orphans {
		known[0] = &folder{path: []string{recovered}, kind: lostFolder}
	}
	for _, f := range known {
		t.folders = append(t.folders, *f)
	}
	slices.SortFunc(t.folders, func(a, b folder) int { return cmp.Or(slices.Compare(a.path, b.path), cmp.Compare(a.node, b.node)) })
}

// in returns the messages of a folder.
func (t *tree) in(f ndb.NID) []entry {
	from, _ := slices.BinarySearchFunc(t.messages, entry{f, 0}, entry.compare)
	to, _ := slices.BinarySearchFunc(t.messages, entry{f, ^ndb.NID(0)}, entry.compare)
	return t.messages[from:to]
}

// holds reports whether a message is listed in a folder.
func (t *tree) holds(f, message ndb.NID) bool {
	_, ok := slices.BinarySearchFunc(t.messages, entry{f, message}, entry.compare)
	return ok
}
