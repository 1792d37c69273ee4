package progress

import (
	"encoding/json"
	"io"
	"math"
	"time"
)

// jsonLines writes one JSON object per line, for programs.
type jsonLines struct {
	w     io.Writer
	every time.Duration
	next  time.Time
}

// record is a line of [jsonLines]. Names and units are an interface: add fields, change none.
type record struct {
	Time          time.Time `json:"time"`
	Step          string    `json:"step"`
	Messages      int64     `json:"messages"`
	TotalMessages int64     `json:"total_messages"`
	Bytes         int64     `json:"bytes"`
	TotalBytes    int64     `json:"total_bytes"`
	RateMessages  float64   `json:"rate_messages"` // per second
	RateBytes     float64   `json:"rate_bytes"`    // per second
	ETASeconds    *int64    `json:"eta_seconds"`   // null where unknown
	Mailbox       string    `json:"mailbox"`
	Notice        string    `json:"notice"`
	Duplicates    int64     `json:"duplicates"`
	Rejected      int64     `json:"rejected"`
}

func (j *jsonLines) tick(s *snapshot) {
	if s.step != 0 && !s.time.Before(j.next) {
		j.write(s)
	}
}

func (j *jsonLines) begin(s *snapshot) { j.write(s) }
func (j *jsonLines) end(s *snapshot)   { j.write(s) }
func (j *jsonLines) close()            {}

func (j *jsonLines) say(now time.Time, text string) {
	j.encode(struct {
		Time time.Time `json:"time"`
		Text string    `json:"text"`
	}{now, text})
}

func (j *jsonLines) write(s *snapshot) {
	j.next = s.time.Add(j.every)
	r := record{
		Time: s.time, Step: s.step.String(),
		Messages: s.messages, TotalMessages: s.totalMessages, Bytes: s.bytes, TotalBytes: s.totalBytes,
		RateMessages: math.Round(s.messagesPerSec*10) / 10, RateBytes: math.Round(s.bytesPerSec),
		Mailbox: s.place, Notice: s.notice, Duplicates: s.duplicates, Rejected: s.rejected,
	}
	if s.leftKnown {
		seconds := int64(s.left.Round(time.Second).Seconds())
		r.ETASeconds = &seconds
	}
	j.encode(r)
}

func (j *jsonLines) encode(v any) {
	if line, err := json.Marshal(v); err == nil {
		_, _ = j.w.Write(append(line, '\n'))
	}
}
