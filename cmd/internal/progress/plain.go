package progress

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// plain writes whole lines for logs and pipes: no carriage return, no escape sequence.
type plain struct {
	w      io.Writer
	every  time.Duration
	next   time.Time
	notice string
}

func (p *plain) tick(s *snapshot) {
	if s.step == 0 {
		return
	}
	if p.next.IsZero() {
		p.next = s.began.Add(p.every)
	}
	news := s.notice != "" && s.notice != p.notice
	p.notice = s.notice
	if news || !s.time.Before(p.next) {
		p.next = s.time.Add(p.every)
		p.line(plainLine(s))
	}
}

func (p *plain) begin(s *snapshot) {
	p.next = s.time.Add(p.every)
	p.notice = ""
	if s.totalMessages > 0 {
		p.line(join(stepName(s), Count(s.totalMessages)+" messages", sized(s.totalBytes), "to do"))
	}
}

func (p *plain) end(s *snapshot)              { p.line(endLine(s)) }
func (p *plain) say(_ time.Time, text string) { p.line(printable(text)) }
func (p *plain) close()                       {}

func (p *plain) line(text string) { _, _ = io.WriteString(p.w, text+"\n") }

// plainLine says where a step stands; a log has room for whole words.
func plainLine(s *snapshot) string {
	fields := []string{stepName(s)}
	if f, ok := s.fraction(); ok {
		fields = append(fields, fmt.Sprintf("%d%%", int(f*100)))
	}
	fields = append(fields, ofTotal(s)+" messages", sized(s.bytes))
	if s.notice != "" {
		return join(append(fields, printable(s.notice))...)
	}
	return join(append(fields, speed(s), timeLeft(s), printable(s.place))...)
}

// endLine says what a step has done.
func endLine(s *snapshot) string {
	fields := []string{stepName(s), Count(s.messages) + " messages", sized(s.bytes)}
	if s.totalMessages > 0 && s.messages != s.totalMessages {
		fields[1] = Count(s.messages) + " of " + Count(s.totalMessages) + " messages"
	}
	if s.newDuplicates > 0 {
		fields = append(fields, Count(s.newDuplicates)+" duplicates")
	}
	if s.newRejected > 0 {
		fields = append(fields, Count(s.newRejected)+" rejected")
	}
	return join(append(fields, Clock(s.time.Sub(s.began)))...)
}

// stepName is as wide for every step, so that the lines of a run stand in columns.
func stepName(s *snapshot) string { return fmt.Sprintf("%-6s", s.step) }

// ofTotal counts the messages; before the first step there is nothing to count.
func ofTotal(s *snapshot) string {
	if s.step == 0 {
		return "…"
	}
	if s.totalMessages > 0 {
		return Count(s.messages) + "/" + Count(s.totalMessages)
	}
	return Count(s.messages)
}

// sized is empty for steps that count no bytes.
func sized(n int64) string {
	if n == 0 {
		return ""
	}
	return Bytes(n)
}

// speed is the rate in bytes, or in messages for a step that counts no bytes.
func speed(s *snapshot) string {
	switch {
	case s.bytesPerSec >= 1:
		return Bytes(int64(s.bytesPerSec)) + "/s"
	case s.messagesPerSec >= 1:
		return Count(int64(s.messagesPerSec)) + "/s"
	default:
		return ""
	}
}

func timeLeft(s *snapshot) string {
	if !s.leftKnown {
		return ""
	}
	return Duration(s.left) + " left"
}

// join puts two spaces between the fields that are there.
func join(fields ...string) string {
	var b strings.Builder
	for _, field := range fields {
		if field == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("  ")
		}
		b.WriteString(field)
	}
	return b.String()
}
