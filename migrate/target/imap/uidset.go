package imap

import (
	"strconv"
	"strings"

	"unpop/migrate"
)

// appendUID reads the argument of APPENDUID (RFC 9051 section 7.1; a set for MULTIAPPEND, RFC 4315 section 3): the UIDs of n
// messages, in the order in which they were sent. What is not exactly that says nothing: the messages are looked for then.
func appendUID(arg string, n int) (validity uint32, uids []migrate.UID) {
	first, set, _ := strings.Cut(arg, " ")
	v, ok := parseNumber(first)
	if !ok {
		return 0, nil
	}
	for part := range strings.SplitSeq(set, ",") {
		from, to, isRange := strings.Cut(part, ":")
		low, ok := parseNumber(from)
		high := low
		if ok && isRange {
			high, ok = parseNumber(to)
		}
		if !ok || high < low || int64(high)-int64(low) >= int64(n-len(uids)) {
			return 0, nil
		}
		for uid := int64(low); uid <= int64(high); uid++ {
			uids = append(uids, migrate.UID(uid))
		}
	}
	if len(uids) != n {
		return 0, nil
	}
	return v, uids
}

// parseNumber reads an nz-number (RFC 9051 section 9).
func parseNumber(s string) (uint32, bool) {
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), err == nil && n > 0
}
