package pst

import (
	"context"
	"fmt"
	"io"
	"strings"

	"unpop/migrate"
	"unpop/migrate/mapi"
	"unpop/migrate/source/outlook"
	"unpop/migrate/source/pst/ndb"
)

// find returns the message of a part's name and a reference.
func (f *dataFile) find(part, ref string) (*item, *losses, error) {
	id, err := parseRef(ref)
	if err != nil {
		return nil, nil, err
	}
	in, err := f.folderNamed(part)
	if err != nil {
		return nil, nil, err
	}
	if !f.loadTree().holds(in, id) {
		return nil, nil, fmt.Errorf("message %s: %w", ref, migrate.ErrChanged)
	}
	node, err := f.file.Node(id)
	if err != nil {
		return nil, nil, err
	}
	lost := &losses{}
	m, err := f.item(node, lost)
	return m, lost, err
}

// folderNamed finds a folder by its part's name.
func (f *dataFile) folderNamed(name string) (ndb.NID, error) {
	f.byNameOnce.Do(func() {
		f.byName = map[string]ndb.NID{}
		for _, p := range f.folderParts() {
			f.byName[strings.TrimPrefix(p.info.Name, f.name+"/")] = p.folder.node
		}
	})
	id, ok := f.byName[name]
	if !ok {
		return 0, fmt.Errorf("pst: no such part: %q", name)
	}
	return id, nil
}

// openMessage converts a message while it is read.
func (f *dataFile) openMessage(ctx context.Context, part, ref string) (io.ReadCloser, error) {
	m, lost, err := f.find(part, ref)
	name := f.name + "/" + part
	if err != nil {
		return nil, &migrate.CopyError{Part: name, Offset: offsetOf(err), Err: err}
	}
	return mapi.NewReader(ctx, m, f.options(), func(info mapi.Info, err error) error {
		if err != nil {
			return &migrate.CopyError{Part: name, Offset: offsetOf(err), Err: fmt.Errorf("message %s: %w", ref, err)}
		}
		if info.Damaged || len(lost.errs) > 0 {
			f.hurts.Add(name, ref, fmt.Sprintf("message %s (%s) is not whole: %s", ref, outlook.Subject(m, f.page), whatIsLost(info, lost)))
		}
		return nil
	}), nil
}

// options are what the store knows of its items.
func (s *store) options() mapi.Options { return mapi.Options{Resolve: s.resolve, CodePage: s.page} }

// whatIsLost says in a line what is missing.
func whatIsLost(info mapi.Info, lost *losses) string {
	var texts []string
	for _, err := range lost.errs {
		texts = append(texts, err.Error())
	}
	if len(texts) == 0 {
		texts = info.Warnings
	}
	return strings.Join(texts, "; ")
}
