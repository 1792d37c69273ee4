package cli

import (
	"math"
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
	Fits         *bool            `json:"fits"`          // null unknown
	BytesLacking int64            `json:"bytes_lacking"` // that find no room
	TooLarge     int64            `json:"too_large"`     // messages above append_limit
	Large        []largeMessage   `json:"large"`         // the largest of those, or else of those above 25 MB
	DailyLimit   int64            `json:"daily_limit"`   // bytes; 0 unknown
	SentToday    int64            `json:"sent_today"`    // bytes in the last 24 hours, where there is a daily limit
	Days         int64            `json:"days"`          // on which something must be sent; 0 without a daily limit
	Rate         int64            `json:"rate"`          // bytes per second: of an earlier run, or a guess
	RateMeasured bool             `json:"rate_measured"`
	SendSeconds  float64          `json:"send_seconds"` // at that rate
	Mailboxes    []plannedMailbox `json:"mailboxes"`
	Folders      []plannedFolder  `json:"folders"`
	Unread       []unreadPart     `json:"unread_parts"`
}

type plannedMailbox struct {
	Name     string `json:"name"`
	New      bool   `json:"new"`
	Messages int64  `json:"messages"` // to send
	Bytes    int64  `json:"bytes"`
}

type largeMessage struct {
	Subject string `json:"subject"`
	Folder  string `json:"folder"`
	Bytes   int64  `json:"bytes"`
}

type plannedFolder struct {
	Name     string `json:"name"`
	Mailbox  string `json:"mailbox"` // empty: excluded
	Copies   int64  `json:"copies"`
	Bytes    int64  `json:"bytes"`
	Expunged int64  `json:"expunged"`
	Renamed  bool   `json:"renamed"`
	// Why is "characters", "case", "length" or "levels" for a mailbox that has another name than the folder.
	Why string `json:"why,omitempty"`
}

func planObject(p *migrate.Plan, unread []unreadPart) planned {
	out := planned{
		Fields:       migrate.Report{Tally: p.Tally}.Fields(),
		BytesPending: p.Tally.BytesPending, BytesLargest: p.Tally.BytesLargest, AppendLimit: p.Survey.AppendMax,
		BytesLacking: p.Lacking(), TooLarge: p.TooLarge, DailyLimit: p.Survey.DailyBytes, SentToday: p.SentToday, Days: p.Days,
		Rate: p.Rate, RateMeasured: p.Measured, SendSeconds: math.Round(p.Sending.Seconds()*10) / 10,
		Large: []largeMessage{}, Mailboxes: []plannedMailbox{}, Folders: []plannedFolder{}, Unread: unread,
	}
	for _, msg := range p.Large {
		out.Large = append(out.Large, largeMessage{msg.Subject, msg.Folder, msg.Size})
	}
	if p.Survey.HasQuota {
		fits := p.Fits()
		out.Fits = &fits
		out.QuotaUsed, out.QuotaLimit = &p.Survey.QuotaUsed, &p.Survey.QuotaLimit
	}
	for _, b := range p.Mailboxes {
		out.Mailboxes = append(out.Mailboxes, plannedMailbox{b.Mailbox.Name, b.New, b.Messages, b.Bytes})
	}
	for _, f := range p.Folders {
		out.Folders = append(out.Folders, plannedFolder{
			f.Folder.Name, f.Mailbox, f.Messages, f.Bytes, f.Expunged, renamed(f), string(f.Why),
		})
	}
	return out
}

// compareFold orders names as a person looks for them.
func compareFold(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }
