package migrate

import (
	"errors"
	"fmt"
	"strings"
)

// ParseMappings reads mappings as people write them: FOLDER=MAILBOX. Two that send one folder to different mailboxes are an error.
func ParseMappings(texts []string) ([]Mapping, error) {
	var all []Mapping
	seen := map[string]string{}
	for _, text := range texts {
		m, err := parseMapping(text)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", text, err)
		}
		key := folded(m.Folder)
		if before, ok := seen[key]; ok && before != m.Mailbox {
			return nil, fmt.Errorf("%q is sent to both %q and %q", m.Folder, before, m.Mailbox)
		}
		seen[key] = m.Mailbox
		all = append(all, m)
	}
	return all, nil
}

// parseMapping splits at the last "=": a store folder is called as its owner liked, a mailbox is called by whoever writes
// the mapping.
func parseMapping(text string) (Mapping, error) {
	at := strings.LastIndexByte(text, '=')
	if at < 0 {
		return Mapping{}, errors.New("no = between store folder and mailbox")
	}
	m := Mapping{Folder: strings.Trim(text[:at], "/"), Mailbox: strings.Trim(text[at+1:], "/")}
	switch {
	case strings.TrimSpace(m.Folder) == "":
		return Mapping{}, errors.New("no store folder before the =")
	case strings.TrimSpace(m.Mailbox) == "":
		return Mapping{}, errors.New("no mailbox after the =")
	default:
		return m, nil
	}
}
