package imap

import (
	"strings"
	"time"
)

// Gmail asks for slower work by the word [THROTTLED] at the end of an OK. The steps are those of Dovecot's imapc
// (imapc-connection.c): 50 ms, doubling to 16 s, shrinking by a quarter with each answer that does not ask.
const (
	throttleFirst = 50 * time.Millisecond
	throttleMost  = 16 * time.Second
)

// A throttle is the pause before the next command.
type throttle time.Duration

// isThrottled reads the text of an OK.
func isThrottled(text string) bool { return strings.Contains(text, "[THROTTLED]") }

// heed adapts the pause to an answer.
func (p *throttle) heed(slow bool) {
	switch d := time.Duration(*p); {
	case slow:
		*p = throttle(min(max(2*d, throttleFirst), throttleMost))
	case d < throttleFirst:
		*p = 0
	default:
		*p = throttle(d * 3 / 4)
	}
}
