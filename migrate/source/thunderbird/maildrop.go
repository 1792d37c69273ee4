package thunderbird

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Maildrops names the POP3 accounts that Thunderbird fetches mail from, or fetched it: "anna@pop.example.it".
func (s *Source) Maildrops() []string {
	var all []string
	for _, a := range s.accounts {
		f, err := os.Open(filepath.Join(a.dir, "popstate.dat"))
		if err != nil {
			continue
		}
		all = append(all, readPopState(f)...)
		f.Close()
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// readPopState takes the accounts from a popstate.dat, where a line "*host user" comes before the UIDLs that are on that server.
func readPopState(r io.Reader) []string {
	var all []string
	lines := bufio.NewScanner(io.LimitReader(r, 64<<20))
	for lines.Scan() && len(all) < 1000 {
		rest, ok := strings.CutPrefix(lines.Text(), "*")
		host, user, both := strings.Cut(strings.TrimSpace(rest), " ")
		if !ok || !both || host == "" {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimSpace(user), "@")
		all = append(all, name+"@"+host)
	}
	return all
}
