package pst

import (
	"slices"
	"strings"

	"unpop/migrate"
	"unpop/migrate/source/pst/ndb"
)

// usualSubtree is the node that Outlook gives the top of the user's folders in a PST.
const usualSubtree ndb.NID = 0x8022

// places gives the folders of a store their paths.
type places struct {
	known map[ndb.NID]*folder
	tops  map[ndb.NID]bool // below these are the user's folders
	roles map[ndb.NID]migrate.Role
}

// tops finds the folders below which the user's are: by the store's entry id, by their name near the root (an OST has no
// entry id, and one top more for public folders), by the usual node. None: all is the user's.
func (s *store) tops(known map[ndb.NID]*folder) map[ndb.NID]bool {
	if id := entryNode(binaryOf(s.object(), idSubtree)); known[id] != nil {
		return map[ndb.NID]bool{id: true}
	}
	tops := map[ndb.NID]bool{}
	for id, f := range known {
		name := strings.ToLower(strings.ReplaceAll(f.name, "-", "_"))
		up := known[f.parent]
		if up == nil || id == ndb.NIDRootFolder || f.parent != ndb.NIDRootFolder && up.parent != ndb.NIDRootFolder {
			continue
		}
		if name == "ipm_subtree" || f.parent == ndb.NIDRootFolder && strings.HasPrefix(name, "top of ") {
			tops[id] = true
		}
	}
	if len(tops) == 0 && known[usualSubtree] != nil {
		tops[usualSubtree] = true
	}
	return tops
}

// set gives all folders their paths and roles.
func (p places) set() {
	for _, f := range p.known {
		var top ndb.NID
		f.path, f.kind, top = p.path(f)
		if f.kind != mailFolder || top == 0 {
			continue
		}
		role, ok := p.roles[top]
		if !ok {
			role = migrate.RoleOf(f.path[0])
		}
		if role != outbox {
			f.role = role
		}
	}
}

// path climbs from a folder to the top. It returns the names from there down, and the folder that the first is of, 0 for the top
// itself.
func (p places) path(f *folder) (names []string, k kind, first ndb.NID) {
	for at := f; ; at = p.known[at.parent] {
		switch {
		case at == nil || len(names) >= maxNesting:
			names = append(names, recovered)
			slices.Reverse(names)
			return names, lostFolder, 0
		case p.tops[at.node], at.node == ndb.NIDRootFolder:
			k = aside
			if p.tops[at.node] || len(p.tops) == 0 {
				k = mailFolder
			}
			if len(names) == 0 {
				names = []string{at.name} // what lies in the top itself
			}
			slices.Reverse(names)
			return names, k, first
		}
		names, first = append(names, at.name), at.node
	}
}
