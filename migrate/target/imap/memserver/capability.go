package memserver

import (
	"bytes"
	"strings"
)

const capability = "CAPABILITY "

// offer returns what the server says with its capabilities changed, if it tells them: the hidden ones are left out, and
// MULTIAPPEND comes with those of somebody who has signed in.
func offer(said []byte, hides func(string) bool) []byte {
	list, rest, ok := capabilities(said)
	if !ok {
		return said
	}
	out := append([]byte(nil), said[:len(said)-len(list)-len(rest)]...)
	var kept []string
	for name := range strings.FieldsSeq(string(list)) {
		base, _, _ := strings.Cut(name, "=")
		if base == "APPENDLIMIT" && !hides("MULTIAPPEND") {
			kept = append(kept, "MULTIAPPEND")
		}
		if !hides(name) && (base != "APPENDLIMIT" || !hides(base)) {
			kept = append(kept, name)
		}
	}
	return append(append(out, strings.Join(kept, " ")...), rest...)
}

// capabilities finds the list in a CAPABILITY response or a response code, and what follows it.
func capabilities(said []byte) (list, rest []byte, ok bool) {
	start := bytes.Index(said, []byte(capability))
	if start < 0 {
		return nil, nil, false
	}
	lead := strings.Fields(string(said[:start]))
	if len(lead) == 0 || start > lineMax || said[start-1] != ' ' && said[start-1] != '[' {
		return nil, nil, false
	}
	end, code := []byte("\r"), len(lead) == 3 && lead[1] == "OK" && lead[2] == "["
	if code {
		end = []byte("]")
	} else if len(lead) != 1 || lead[0] != "*" {
		return nil, nil, false
	}
	list = said[start+len(capability):]
	stop := bytes.Index(list, end)
	if stop < 0 {
		return nil, nil, false
	}
	return list[:stop], list[stop:], true
}
