package report

import "time"

// json makes the object that stands before an account's messages.
func (a *Account) json() accountJSON {
	t, h := a.Totals, a.History
	out := accountJSON{
		Target: a.Target, State: a.level(), Result: a.sentence(), Server: h.Server, Balance: a.Remainder(), Stored: t.Stored, Bytes: t.Bytes, Gone: t.Orphans,
		Variant: t.Variant, Changed: t.Repaired, Dropped: h.Dropped, Runs: h.Total, First: utc(h.First), Last: utc(h.Last),
		Versions: append([]string{}, h.Versions...), Keeps: a.Quarantine(),
		Sums: sumsJSON{
			Seen: t.Seen, Uploaded: t.Uploaded, Present: t.Present, Moved: t.Moved, Duplicate: t.Duplicate, Expunged: t.Expunged,
			Excluded: t.Excluded, Rejected: t.Rejected(), Pending: t.Pending, Undecided: a.undecided(),
		},
		Sources: []sourceJSON{}, Mailboxes: []mailboxJSON{}, Years: []yearJSON{},
	}
	if c := h.Check; !c.At.IsZero() {
		out.Check = &checkJSON{c.At.UTC(), c.Deep, c.Verified, c.Missing, c.Altered, c.Different, c.Since}
	}
	for _, s := range a.Sources {
		out.Sources = append(out.Sources, s.json())
	}
	for _, b := range a.Boxes {
		out.Mailboxes = append(out.Mailboxes, mailboxJSON{
			b.Name, b.Made, b.Stored(), b.Uploaded, b.Present, b.Moved, b.Pending, b.Rejected, b.Missing, b.Bytes,
		})
	}
	for _, y := range a.Years {
		out.Years = append(out.Years, yearJSON(y))
	}
	return out
}

// utc is null for no time.
func utc(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func (s *Source) json() sourceJSON {
	out := sourceJSON{Kind: s.Kind, Path: s.Path, Parts: s.Parts, Folders: []folderJSON{}, Other: remarks(s.Other), Remarks: remarks(s.Remarks), Troubles: remarks(s.Troubles)}
	for _, f := range s.Folders {
		flows := []flowJSON{}
		for _, flow := range f.Flows {
			flows = append(flows, flowJSON(flow))
		}
		out.Folders = append(out.Folders, folderJSON{
			f.Folder.Name, f.Mailbox, f.Folder.Excluded, f.Messages, f.Bytes, f.First, f.Further, f.Expunged, f.Unreadable, flows,
		})
	}
	return out
}

func remarks(list []Remark) []remarkJSON {
	out := []remarkJSON{}
	for _, r := range list {
		out = append(out, remarkJSON(r))
	}
	return out
}
