package mbox

import (
	"bytes"
	"time"
)

// zoneHours are the names whose meaning doesn't depend on where the writer was, in hours east of UTC
// (those of RFC 5322 section 4.3 and the usual European ones).
var zoneHours = map[string]int{
	"Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "WETDST": 1, "BST": 1,
	"CET": 1, "MET": 1, "MEZ": 1, "CEST": 2, "MEST": 2, "MESZ": 2, "METDST": 2, "EET": 2, "EEST": 3, "EETDST": 3, "MSK": 3,
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}

// parseZone reads "+0100", "+01:00", "GMT+0100", "EST" or "(EST)". A name that isn't known is UTC, as is none at all.
func parseZone(token []byte) (*time.Location, bool) {
	if token = bytes.Trim(token, "()"); len(token) == 0 {
		return nil, false
	}
	if after := bytes.TrimPrefix(bytes.TrimPrefix(token, []byte("GMT")), []byte("UTC")); len(after) > 0 && (after[0] == '+' || after[0] == '-') {
		return parseOffset(after)
	}
	if len(token) > 6 || len(bytes.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) > 0 {
		return nil, false
	}
	return time.FixedZone("", zoneHours[string(token)]*60*60), true
}

func parseOffset(token []byte) (*time.Location, bool) {
	digits := token[1:]
	if len(digits) == 5 && digits[2] == ':' {
		digits = []byte{digits[0], digits[1], digits[3], digits[4]}
	}
	n := parseNumber(digits)
	if len(digits) != 4 || n < 0 || n/100 > 15 || n%100 > 59 {
		return nil, false
	}
	seconds := (n/100*60 + n%100) * 60
	if token[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone("", seconds), true
}
