package pop3

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"unpop/migrate"
)

// capabilities are what a server says it can do (RFC 2449).
type capabilities struct {
	known      bool // it answered CAPA
	stls       bool
	user       bool
	top        bool
	uidl       bool
	pipelining bool
	sasl       map[string]bool
	delay      time.Duration // LOGIN-DELAY
}

// askCapabilities sends CAPA, by go-pop3. A server that does not know it may still know everything else.
func (s *session) askCapabilities(ctx context.Context) error {
	answer, err := s.command(ctx, "CAPA", true)
	var refusal *migrate.TargetError
	switch {
	case err == nil:
		s.caps = parseCapabilities(answer.String())
		return nil
	case errors.As(err, &refusal) && refusal.Kind != migrate.Broken:
		s.caps = capabilities{user: true, top: true, uidl: true}
		return nil
	default:
		return err
	}
}

func parseCapabilities(text string) capabilities {
	c := capabilities{known: true, sasl: map[string]bool{}}
	for line := range strings.Lines(text) {
		words := strings.Fields(strings.ToUpper(line))
		if len(words) == 0 {
			continue
		}
		switch words[0] {
		case "STLS":
			c.stls = true
		case "USER":
			c.user = true
		case "TOP":
			c.top = true
		case "UIDL":
			c.uidl = true
		case "PIPELINING":
			c.pipelining = true
		case "SASL":
			for _, mechanism := range words[1:] {
				c.sasl[mechanism] = true
			}
		case "LOGIN-DELAY":
			c.delay = seconds(words[1:])
		}
	}
	return c
}

// seconds reads the argument of LOGIN-DELAY, of at most an hour.
func seconds(words []string) time.Duration {
	if len(words) == 0 {
		return 0
	}
	n, err := strconv.Atoi(words[0])
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(min(n, 3600)) * time.Second
}
