package migrate

import (
	"context"

	"unpop/state"
)

// Scan reads the sources and stores every copy with its identity in the ledger. Parts that look as they did when they
// were last read are not read again.
func (m *Migration) Scan(ctx context.Context) error {
	m.p.Begin(StepScan, 0, 0)
	if err := m.begin(ctx); err != nil {
		return err
	}
	scans := make([]*sourceScan, len(m.ids))
	var total int64
	for i, id := range m.ids {
		scans[i] = &sourceScan{m: m, id: id, source: m.byID[id], folders: map[string]int64{}}
		bytes, err := scans[i].list(ctx)
		if err != nil {
			return err
		}
		total += bytes
	}
	m.p.TotalBytes.Store(total)
	for _, s := range attachedLast(scans) {
		if err := s.run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// listed is a part, or why it can't be read.
type listed struct {
	part    Part
	failure error
}

// list finds the parts of the source and sums up their bytes.
func (s *sourceScan) list(ctx context.Context) (bytes int64, err error) {
	for part, err := range s.source.Parts(ctx) {
		if part == nil {
			return 0, s.m.sourceError(s.id, err)
		}
		s.parts = append(s.parts, listed{part, err})
		bytes += part.Info().Bytes
	}
	return bytes, ctx.Err()
}

// run scans the parts, and forgets those that are gone.
func (s *sourceScan) run(ctx context.Context) error {
	for _, l := range s.parts {
		if err := s.part(ctx, l.part, l.failure); err != nil {
			return err
		}
	}
	gone, err := s.m.account.DropParts(ctx, s.id, s.m.run)
	if err == nil && len(gone) > 0 {
		err = s.m.account.SetPlan(ctx, "")
	}
	return err
}

func (m *Migration) sourceError(id int64, err error) error {
	for i, known := range m.ids {
		if known == id {
			return &SourceError{Path: m.inputs[i].Path, Err: err}
		}
	}
	return err
}

// sourceScan is the scan of one source.
type sourceScan struct {
	m       *Migration
	id      int64
	source  Source
	parts   []listed
	folders map[string]int64 // their numbers in the ledger
}

// part scans a part, unless it did not change. failure says that the part can't even be listed.
func (s *sourceScan) part(ctx context.Context, part Part, failure error) error {
	info := part.Info()
	known, err := s.m.account.Part(ctx, s.id, s.m.run, info.Name)
	if err != nil {
		return err
	}
	s.m.p.SetPlace(info.Folder.String())
	if failure == nil && info.Stamp != "" && known.Stamp == info.Stamp {
		s.m.p.Done(0, info.Bytes)
		return nil
	}
	if len(info.Folder.Path) > 0 { // shown even if it is empty
		if _, err := s.folder(ctx, info.Folder); err != nil {
			return err
		}
	}
	if err := s.m.account.SetPlan(ctx, ""); err != nil {
		return err
	}
	return s.read(ctx, part, known.ID, failure)
}

func (s *sourceScan) read(ctx context.Context, part Part, id int64, failure error) error {
	w, err := s.m.account.ScanPart(ctx, id)
	if err != nil {
		return err
	}
	defer w.Abandon()
	var unreadable int64
	if failure == nil {
		unreadable, failure, err = s.copies(ctx, part, w)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	if err := w.Finish(ctx, s.stamp(part, unreadable, failure), remarks(part), text(failure)); err != nil {
		return err
	}
	s.m.reach(PointScanned)
	return nil
}

// stamp is what the part is known by in the next run: nothing, if it should be looked at again.
func (s *sourceScan) stamp(part Part, unreadable int64, failure error) string {
	if unreadable > 0 || failure != nil {
		return ""
	}
	return part.Info().Stamp
}

func remarks(part Part) []string {
	if r, ok := part.(Remarker); ok {
		return r.Remarks()
	}
	return nil
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// folder returns the ledger's number of a folder.
func (s *sourceScan) folder(ctx context.Context, f Folder) (int64, error) {
	name := f.String()
	if id, ok := s.folders[name]; ok {
		return id, nil
	}
	id, err := s.m.account.Folder(ctx, state.Folder{Source: s.id, Name: name, Account: f.Account, Path: f.Path, Role: int(f.Role)})
	if err == nil {
		s.folders[name] = id
	}
	return id, err
}
