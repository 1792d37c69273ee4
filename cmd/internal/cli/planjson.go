package cli

import (
	"strings"

	"unpop/migrate"
)

// planned is a plan as scripts read it. Names are a contract: add, never rename.
type planned struct {
	migrate.Fields
	BytesPending int64            `json:"bytes_pending"`
	BytesLargest int64            `json:"bytes_largest"`
	AppendLimit  int64            `json:"append_limit"` // bytes; 0 unknown
	QuotaUsed    *int64           `json:"quota_used"`   // bytes; null unknown
	QuotaLimit   *int64           `json:"quota_limit"`
	Mailboxes    []plannedMailbox `json:"mailboxes"`
	Folders      []plannedFolder  `json:"folders"`
}

type plannedMailbox struct {
	Name     string `json:"name"`
	New      bool   `json:"new"`
	Messages int64  `json:"messages"` // to send
	Bytes    int64  `json:"bytes"`
}

type plannedFolder struct {
	Name     string `json:"name"`
	Mailbox  string `json:"mailbox"` // empty: excluded
	Copies   int64  `json:"copies"`
	Bytes    int64  `json:"bytes"`
	Expunged int64  `json:"expunged"`
	Renamed  bool   `json:"renamed"`
}

func planObject(p *migrate.Plan) planned {
	out := planned{
		Fields:       migrate.Report{Tally: p.Tally}.Fields(),
		BytesPending: p.Tally.BytesPending, BytesLargest: p.Tally.BytesLargest, AppendLimit: p.Survey.AppendMax,
		Mailboxes: []plannedMailbox{}, Folders: []plannedFolder{},
	}
	if p.Survey.HasQuota {
		out.QuotaUsed, out.QuotaLimit = &p.Survey.QuotaUsed, &p.Survey.QuotaLimit
	}
	for _, b := range p.Mailboxes {
		out.Mailboxes = append(out.Mailboxes, plannedMailbox{b.Mailbox.Name, b.New, b.Messages, b.Bytes})
	}
	for _, f := range p.Folders {
		out.Folders = append(out.Folders, plannedFolder{
			f.Folder.Name, f.Mailbox, f.Messages, f.Bytes, f.Expunged, renamed(f),
		})
	}
	return out
}

// compareFold orders names as a person looks for them.
func compareFold(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }
