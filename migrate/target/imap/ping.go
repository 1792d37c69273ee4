package imap

import (
	"context"
	"maps"
	"slices"
	"strings"

	"unpop/migrate"
)

// Ping makes one round trip (NOOP).
func (s *Session) Ping(ctx context.Context) error {
	return s.do(ctx, migrate.Refused, func() error { return s.client.Noop().Wait() })
}

// Capabilities lists what the server says it can do (RFC 9051 section 7.2.2), in capitals and sorted.
func (s *Session) Capabilities() []string {
	names := make([]string, 0, len(s.wire.caps))
	for name := range maps.Keys(s.wire.caps) {
		names = append(names, strings.ToUpper(string(name)))
	}
	return slices.Sorted(slices.Values(names))
}
