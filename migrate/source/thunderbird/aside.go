package thunderbird

import (
	"fmt"
	"slices"
	"strings"
)

// aside are the accounts that are not read.
type aside []server

// missing stands for the kind of an account whose directory is gone.
const missing = "missing"

// holds reports whether a directory is that of an account left aside.
func (a aside) holds(dir string) bool {
	return slices.ContainsFunc(a, func(s server) bool { return s.dir == dir })
}

// reasons say why accounts are left aside, by kind: in the singular, and for several.
var reasons = []struct{ kind, noun, why, whyAll string }{
	{"imap", "IMAP account", "its mail is on that server", "their mail is on those servers"},
	{"nntp", "newsgroup account", "no mail", "no mail"},
	{"rss", "feed account", "no mail", "no mail"},
	{missing, "account", "its folder is not there", "their folders are not there"},
}

// String lists what was left aside and why; empty if nothing was.
func (a aside) String() string {
	var parts []string
	known := map[string]bool{}
	for _, r := range reasons {
		known[r.kind] = true
		hosts := a.hosts(r.kind)
		if len(hosts) == 0 {
			continue
		}
		why := r.why
		if len(hosts) > 1 {
			why = r.whyAll
		}
		parts = append(parts, fmt.Sprintf("%s (%s), %s", count(len(hosts), r.noun), strings.Join(hosts, ", "), why))
	}
	for _, s := range a {
		if !known[s.kind] {
			parts = append(parts, fmt.Sprintf("1 account of type %q (%s)", s.kind, s.host))
		}
	}
	return strings.Join(parts, "; ")
}

func (a aside) hosts(kind string) []string {
	var hosts []string
	for _, s := range a {
		if s.kind == kind {
			hosts = append(hosts, s.host)
		}
	}
	return hosts
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
