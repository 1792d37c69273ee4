package pop3

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"unpop/migrate"
)

// An item is a message as a session lists it. Its number holds for the session only.
type item struct {
	number int
	size   int64  // LIST; -1 where the server doesn't say
	uidl   string // made of the header where the server gives none
	alike  bool   // another one of the session has the same uidl: nothing is known by it
}

// largest is more than any message has.
const largest = 1 << 40

// mostMessages is more than any maildrop has.
const mostMessages = 1_000_000

// list lists the messages by number. Lines that make no sense are passed over: the messages are taken from LIST and UIDL together,
// and one that both leave out is seen in the next run.
func (s *session) list(ctx context.Context) ([]item, error) {
	sizes, err := s.command(ctx, "LIST", true)
	if err != nil {
		return nil, err
	}
	items, err := parseSizes(sizes.Bytes())
	if err != nil {
		return nil, err
	}
	if err := s.addUIDLs(ctx, items); err != nil {
		return nil, err
	}
	if err := s.nameNameless(ctx, items); err != nil {
		return nil, err
	}
	markAlike(items)
	return items, nil
}

// parseSizes reads the lines of LIST, "number size", in the order of the numbers.
func parseSizes(text []byte) ([]item, error) {
	var items []item
	at := map[int]bool{}
	for line := range bytes.Lines(text) {
		number, rest, ok := listLine(string(line))
		if !ok || at[number] {
			continue
		}
		if len(items) == mostMessages {
			return nil, fmt.Errorf("list: more than %d messages", mostMessages)
		}
		size, err := strconv.ParseInt(firstWord(rest), 10, 64)
		if err != nil || size < 0 || size > largest {
			size = -1
		}
		at[number] = true
		items = append(items, item{number: number, size: size})
	}
	return items, nil
}

// listLine splits "number rest". Servers write blanks and tabs as they like.
func listLine(line string) (number int, rest string, ok bool) {
	line = strings.TrimLeft(strings.TrimRight(line, "\r\n"), " \t")
	i := strings.IndexAny(line, " \t")
	if i < 0 {
		i = len(line)
	}
	n, err := strconv.ParseInt(line[:i], 10, 32)
	if err != nil || n < 1 || n > math.MaxInt32 {
		return 0, "", false
	}
	return int(n), strings.TrimLeft(line[i:], " \t"), true
}

func firstWord(s string) string {
	if i := strings.IndexAny(s, " \t"); i >= 0 {
		return s[:i]
	}
	return s
}

// longestUIDL is more than RFC 1939 allows (70 characters).
const longestUIDL = 1024

// addUIDLs fills in what UIDL tells. What follows the number is the UIDL, blanks too where a server has them in it.
func (s *session) addUIDLs(ctx context.Context, items []item) error {
	answer, err := s.command(ctx, "UIDL", true)
	if err != nil {
		var e *migrate.TargetError
		if errors.As(err, &e) && e.Kind == migrate.Refused { // it has none
			return nil
		}
		return err
	}
	given := parseUIDLs(answer.Bytes())
	for i := range items {
		items[i].uidl = given[items[i].number]
	}
	return nil
}

func parseUIDLs(text []byte) map[int]string {
	given := map[int]string{}
	for line := range bytes.Lines(text) {
		number, uidl, ok := listLine(string(line))
		uidl = strings.TrimRight(uidl, " \t")
		if ok && uidl != "" && len(uidl) <= longestUIDL && len(given) < mostMessages {
			given[number] = uidl
		}
	}
	return given
}

// nameNameless gives messages without a UIDL, and those that share theirs with another one, a name of their own: the digest of the
// header, where the server can show that (TOP).
func (s *session) nameNameless(ctx context.Context, items []item) error {
	markAlike(items)
	var some []int
	for i := range items {
		if items[i].uidl == "" || items[i].alike {
			some = append(some, i)
		}
	}
	if len(some) == 0 || !s.caps.top {
		return nil
	}
	return s.headers(ctx, pick(items, some), func(i int, h header, err error) {
		if err == nil {
			it := &items[some[i]]
			it.uidl += "#" + hex.EncodeToString(h.digest[:12]) + "." + strconv.FormatInt(it.size, 10)
		}
	})
}

// pick returns some of the items.
func pick(items []item, some []int) []item {
	picked := make([]item, len(some))
	for i, at := range some {
		picked[i] = items[at]
	}
	return picked
}

// markAlike marks the messages whose UIDL does not tell them from others: all that have none, and all that share one.
func markAlike(items []item) {
	seen := make(map[string]int, len(items))
	for i := range items {
		items[i].alike = items[i].uidl == ""
		if first, ok := seen[items[i].uidl]; ok {
			items[i].alike, items[first].alike = true, true
			continue
		}
		seen[items[i].uidl] = i
	}
}
