package pst

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"unpop/migrate"
	"unpop/migrate/mapi"
	"unpop/migrate/source/outlook"
	"unpop/migrate/source/pst/ndb"
)

// idContainer is what a folder is for ("IPF.Note", "IPF.Appointment").
const idContainer mapi.ID = 0x3613

// A part is a folder of a file.
type part struct {
	file   *dataFile
	folder folder
	info   migrate.PartInfo

	others outlook.Counts // what is no mail, as counted when the copies were last listed
}

// parts lists the folders of a file that have something in them, and the file itself.
func (f *dataFile) parts() []migrate.Part {
	var parts []migrate.Part
	for _, p := range f.folderParts() {
		parts = append(parts, p)
	}
	return append(parts, &filePart{file: f})
}

// folderParts lists the folders that belong to the user and have something in them.
func (f *dataFile) folderParts() []*part {
	t := f.loadTree()
	taken := map[string]bool{}
	var parts []*part
	for _, folder := range t.folders {
		n := len(t.in(folder.node))
		if folder.kind == aside || n == 0 {
			continue
		}
		p := &part{file: f, folder: folder}
		name := partName(folder.path)
		if taken[name] {
			name += " (" + folder.node.String() + ")"
		}
		taken[name] = true
		p.info = migrate.PartInfo{Name: f.name + "/" + name, Stamp: f.stamp, Bytes: f.share(n)}
		if f.forMail(folder) {
			p.info.Folder = p.where()
		}
		parts = append(parts, p)
	}
	return parts
}

// share is about how many bytes of the file belong to n of its messages.
func (f *dataFile) share(n int) int64 {
	return int64(float64(f.file.Size()) * float64(n) / float64(len(f.tree.messages)))
}

// forMail reports whether a folder is shown even where it has no mail: not one for contacts or appointments.
func (f *dataFile) forMail(folder folder) bool {
	o, _ := f.folderObject(folder.node) // of what can't be read nothing is known
	class := strings.ToLower(mapi.Text(o, idContainer, f.page))
	return class == "" || strings.HasPrefix(class, "ipf.note")
}

// partName makes one name of those of a path, such that it is a clean path itself.
func partName(path []string) string {
	names := make([]string, len(path))
	for i, name := range path {
		if name = strings.ReplaceAll(name, "/", "／"); name == "." || name == ".." {
			name += "_"
		}
		names[i] = name
	}
	return strings.Join(names, "/")
}

func (p *part) where() migrate.Folder {
	return migrate.Folder{Account: p.file.account, Path: p.folder.path, Role: p.folder.role}
}

// Info implements [migrate.Part].
func (p *part) Info() migrate.PartInfo { return p.info }

// Copies lists the folder's mail in the order of the nodes, and counts what is something else.
func (p *part) Copies(ctx context.Context) iter.Seq2[*migrate.Copy, error] {
	return func(yield func(*migrate.Copy, error) bool) {
		p.others = outlook.Counts{}
		for i, e := range p.file.loadTree().in(p.folder.node) {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			c, err := p.copy(e.message)
			if err != nil {
				err = p.fault(i+1, err)
			}
			if c != nil && !yield(c, err) {
				return
			}
		}
		p.file.counts.set(p.where().String(), p.others)
	}
}

// copy describes a message; nil if it is something else.
func (p *part) copy(id ndb.NID) (*migrate.Copy, error) {
	c := &migrate.Copy{Ref: refOf(id), Folder: p.where()}
	node, err := p.file.file.Node(id)
	if err != nil {
		return c, err
	}
	m, err := p.file.item(node, nil)
	if err != nil {
		return c, err
	}
	class, mail, user := outlook.Kind(m)
	if !mail {
		if user {
			p.others[class]++
		}
		return nil, nil
	}
	outlook.Describe(c, m)
	return c, nil
}

// refOf names a message in its store.
func refOf(id ndb.NID) string { return strconv.FormatUint(uint64(id), 16) }

// parseRef undoes refOf, and takes nothing else.
func parseRef(ref string) (ndb.NID, error) {
	n, err := strconv.ParseUint(ref, 16, 32)
	if err != nil || refOf(ndb.NID(n)) != ref {
		return 0, fmt.Errorf("no such message: %q", ref)
	}
	return ndb.NID(n), nil
}

// fault says where an error is.
func (p *part) fault(message int, err error) error {
	return &migrate.CopyError{Part: p.info.Name, Message: message, Offset: offsetOf(err), Err: err}
}

// offsetOf is the position of damage; -1 where it is known to have none.
func offsetOf(err error) int64 {
	var damage *ndb.Damage
	if errors.As(err, &damage) {
		return damage.Offset
	}
	return -1
}

// Remarks implements [migrate.Remarker]: what was left aside and what could not be read whole.
func (p *part) Remarks() []string {
	return append(p.others.Remarks(), p.file.hurts.Of(p.info.Name)...)
}
