package progress

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

// whole is the line for all accounts.
func (s *manySnapshot) whole() string {
	fields := []string{fmt.Sprintf("%s of %s accounts", Count(int64(s.Over)), Count(int64(s.Accounts)))}
	switch {
	case s.Attention == 1:
		fields = append(fields, "1 needs a person")
	case s.Attention > 1:
		fields = append(fields, Count(int64(s.Attention))+" need a person")
	}
	if s.Messages > 0 {
		fields = append(fields, Count(s.Messages)+" sent", Bytes(s.Bytes))
	}
	if s.messagesPerSec >= 1 {
		fields = append(fields, Count(int64(s.messagesPerSec))+"/s")
	}
	if s.bytesPerSec >= 1 {
		fields = append(fields, Bytes(int64(s.bytesPerSec))+"/s")
	}
	if s.Notice != "" {
		return join(append(fields, printable(s.Notice))...)
	}
	if s.leftKnown {
		fields = append(fields, "about "+Duration(s.left)+" left")
	}
	return join(fields...)
}

// read is an account at the moment.
func (o *One) read(now time.Time) snapshot {
	w := watch{progress: o.Progress}
	s := w.read(now)
	s.began = o.Began
	return s
}

// manyPlain writes whole lines.
type manyPlain struct {
	w     io.Writer
	every time.Duration
	next  time.Time
	last  string
}

func (p *manyPlain) tick(s *manySnapshot) {
	if p.next.IsZero() {
		p.next = s.time.Add(p.every)
	}
	if s.time.Before(p.next) {
		return
	}
	p.next = s.time.Add(p.every)
	if line := s.whole(); line != p.last { // hours outside of the hours say nothing new
		p.last = line
		p.tell(line, nil)
	}
}

func (p *manyPlain) tell(text string, _ any) { _, _ = io.WriteString(p.w, printable(text)+"\n") }
func (p *manyPlain) close(*manySnapshot)     {}

// manyJSON writes an object a line.
type manyJSON struct {
	w     io.Writer
	every time.Duration
	next  time.Time
}

// manyRecord is a line of [manyJSON]. Names and units are an interface: add fields, change none.
type manyRecord struct {
	Time         time.Time   `json:"time"`
	Accounts     int         `json:"accounts"`
	Over         int         `json:"over"`
	Attention    int         `json:"attention"`
	Messages     int64       `json:"messages"`
	Bytes        int64       `json:"bytes"`
	RateMessages float64     `json:"rate_messages"`
	RateBytes    float64     `json:"rate_bytes"`
	ETASeconds   *int64      `json:"eta_seconds"`
	Notice       string      `json:"notice"`
	Working      []oneRecord `json:"working"`
}

type oneRecord struct {
	Name          string `json:"name"`
	Step          string `json:"step"`
	Messages      int64  `json:"messages"`
	TotalMessages int64  `json:"total_messages"`
	Bytes         int64  `json:"bytes"`
	TotalBytes    int64  `json:"total_bytes"`
	Mailbox       string `json:"mailbox"`
	Notice        string `json:"notice"`
}

func (j *manyJSON) tick(s *manySnapshot) {
	if !s.time.Before(j.next) {
		j.next = s.time.Add(j.every)
		j.close(s)
	}
}

func (j *manyJSON) close(s *manySnapshot) {
	r := manyRecord{
		Time: s.time, Accounts: s.Accounts, Over: s.Over, Attention: s.Attention, Messages: s.Messages, Bytes: s.Bytes,
		RateMessages: math.Round(s.messagesPerSec*10) / 10, RateBytes: math.Round(s.bytesPerSec), Notice: s.Notice, Working: []oneRecord{},
	}
	if s.leftKnown {
		seconds := int64(s.left.Round(time.Second).Seconds())
		r.ETASeconds = &seconds
	}
	for i := range s.At {
		o := s.At[i].read(s.time)
		r.Working = append(r.Working, oneRecord{s.At[i].Name, o.step.String(), o.messages, o.totalMessages, o.bytes, o.totalBytes, o.place, o.notice})
	}
	j.tell("", r)
}

func (j *manyJSON) tell(_ string, object any) {
	if line, err := json.Marshal(object); err == nil && object != nil {
		_, _ = j.w.Write(append(line, '\n'))
	}
}

// manyTerminal keeps a table and a line for the whole at the end of what was written.
type manyTerminal struct {
	*terminal
	rows  func() int
	lines []string // on the screen
}

func (t *manyTerminal) tick(s *manySnapshot) {
	columns := t.size()
	lines := t.frames(s, columns)
	t.write(t.wiped(columns) + strings.Join(lines, "\n"))
	t.lines, t.columns = lines, columns
}

func (t *manyTerminal) tell(text string, _ any) {
	columns := t.size()
	t.write(t.wiped(columns) + printable(text) + "\n" + strings.Join(t.lines, "\n"))
	t.columns = columns
}

func (t *manyTerminal) close(*manySnapshot) {
	t.write(t.wiped(t.size()))
	t.lines = nil
	t.restore()
}

// wiped is what takes the table off the screen. A terminal that became narrower has broken its lines into several.
func (t *manyTerminal) wiped(columns int) string {
	if len(t.lines) == 0 {
		return ""
	}
	rows := 0
	for _, line := range t.lines {
		rows += 1 + max(width(unpainted(line))-1, 0)/max(columns, 1)
	}
	if rows == 1 {
		return "\r\x1b[J"
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", rows-1)
}

// frames are the lines of the table: an account each, as far as there is room, and the whole below them.
func (t *manyTerminal) frames(s *manySnapshot, columns int) []string {
	room := max(columns, leastColumns) - 1
	shown := s.At
	if most := max(t.rows()-3, 1); len(shown) > most {
		shown = shown[:most]
	}
	name := 0
	for _, o := range shown {
		name = max(name, width(printable(o.Name)))
	}
	name = min(name, room*2/5)
	var lines []string
	for i := range shown {
		lines = append(lines, t.style.row(&shown[i], s.time, name, room))
	}
	if more := len(s.At) - len(shown); more > 0 {
		lines = append(lines, t.style.paint(dim, fmt.Sprintf("… and %d more", more)))
	}
	return append(lines, t.style.paint(bold, shorten(s.whole(), room)))
}

// rowBar is the least room that is worth a bar.
const rowBar = 20

// row is the line of an account: name, step, bar, counts, place.
func (st style) row(o *One, now time.Time, nameRoom, room int) string {
	s := o.read(now)
	name := shorten(printable(o.Name), nameRoom)
	head := name + strings.Repeat(" ", nameRoom-width(name)) + "  " + stepName(&s)
	room -= width(head)
	count := "  " + ofTotal(&s)
	if s.step == 0 {
		count = ""
	}
	line := head
	if fraction, known := s.fraction(); known && room-width(count) >= rowBar {
		const columns = 10
		line += "  " + st.bar(fraction, columns)
		room -= columns + 8
	}
	line += count
	room -= width(count)
	place, tint := printable(s.place), dim
	if s.notice != "" {
		place, tint = printable(s.notice), yellow
	}
	if room >= leastPlace+2 && place != "" {
		line += "  " + st.paint(tint, shorten(place, min(room-2, mostPlace)))
	}
	return line
}
