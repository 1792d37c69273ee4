package migrate

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"unpop/state"
)

// Renaming says why a store folder's messages go to a mailbox of another name; empty where they don't.
type Renaming string

// The reasons.
const (
	RenamedCharacters Renaming = "characters" // the server can't have some of them
	RenamedCase       Renaming = "case"       // another name differs by upper and lower case only
	RenamedLength     Renaming = "length"     // it is too long
	RenamedLevels     Renaming = "levels"     // the server has no mailbox with both mail and mailboxes in it
)

// join makes a mailbox name of names that a person chose, in the personal namespace.
func (n *naming) join(names []string) string {
	return n.survey.Prefix + strings.Join(n.encoded(names), n.delimiter())
}

// encoded are the levels of a mailbox name for store folder names. macOS hands out file names with their accents taken apart; in a mailbox
// name they stand composed, as all mail programs write them (RFC 9051 section 5.1, RFC 5198).
func (n *naming) encoded(names []string) []string {
	levels := make([]string, 0, len(names))
	for _, name := range names {
		name = norm.NFC.String(name)
		level := EncodeName(name, n.illegal)
		if level != name {
			n.why = RenamedCharacters
		}
		if level != "" {
			levels = append(levels, level)
		}
	}
	return levels
}

// delimiter is what stands between the levels; a flat server gets them in one name.
func (n *naming) delimiter() string {
	if n.survey.Delimiter == 0 {
		return "-"
	}
	return string(n.survey.Delimiter)
}

// child makes the name of a mailbox below another, or at the top.
func (n *naming) child(parent, level string) string {
	if parent == "" {
		return n.survey.Prefix + level
	}
	return parent + n.delimiter() + level
}

// settle gives a store folder the mailbox below parent that has its names, level by level, so that "work/a" lies below "Work" where
// that is how the mailbox is spelled.
func (n *naming) settle(f state.Folder, parent string, names []string) destination {
	levels, mailbox := n.encoded(names), parent
	for i, level := range levels {
		if mailbox == "INBOX" && n.childless[mailbox] {
			mailbox = ""
		}
		if n.childless[mailbox] {
			mailbox = n.pick(f.Source, flat(append([]string{mailbox}, levels[i:]...)))
			n.why = RenamedLevels
			break
		}
		mailbox = n.pick(f.Source, n.child(mailbox, level))
	}
	if mailbox == "" || mailbox == "INBOX" {
		return destination{"INBOX", RoleInbox}
	}
	if n.single && n.parents[parentKey(f.Source, f.Path)] && !n.has[mailbox] {
		n.why = RenamedLevels
		mailbox = n.pick(f.Source, mailOf(mailbox))
	}
	return destination{mailbox, RoleNone}
}

// flat writes several levels as one, for servers where a mailbox with mail in it can have none below it.
func flat(levels []string) string { return strings.Join(levels, " - ") }

// mailOf names the mailbox for the mail of a folder on such a server, where the folder's own name is that of a level.
func mailOf(mailbox string) string { return mailbox + " (mail)" }

// pick keeps names apart that differ by case only, because many servers don't: a second folder of the same source gets a number. A
// mailbox of the server that differs by case from what is wanted is taken as it is, and so is one that another source was given.
// INBOX is INBOX in any case (RFC 9051 section 5.1).
func (n *naming) pick(source int64, name string) string {
	if strings.EqualFold(name, "INBOX") {
		return "INBOX"
	}
	if n.has[name] {
		n.wanted[nameKey{source, folded(name)}] = name
		return name
	}
	for number := 1; ; number++ {
		candidate := name
		if number > 1 {
			candidate = fmt.Sprintf("%s (%d)", name, number)
		}
		key := nameKey{source, folded(candidate)}
		if wanted, taken := n.wanted[key]; taken && wanted != name {
			continue
		}
		n.wanted[key] = name
		if _, ok := n.spelling[key.folded]; !ok {
			n.spelling[key.folded] = candidate
		}
		if norm.NFC.String(n.spelling[key.folded]) != norm.NFC.String(name) {
			n.why = RenamedCase
		}
		return n.spelling[key.folded]
	}
}

// folded is the same for names that a server may take for the same: without case, and however accents are composed.
func folded(name string) string { return strings.ToLower(norm.NFC.String(name)) }

// nameKey is a name that one source asked for.
type nameKey struct {
	source int64
	folded string
}

// learn takes note of the store folders that have others below them.
func (n *naming) learn(folders []state.Folder) {
	for _, f := range folders {
		for depth := 1; depth < len(f.Path); depth++ {
			n.parents[parentKey(f.Source, f.Path[:depth])] = true
		}
	}
}

func parentKey(source int64, path []string) string {
	return fmt.Sprint(source, "\x00", strings.Join(path, "\x00"))
}
