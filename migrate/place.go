package migrate

import (
	"strings"

	"unpop/state"
)

// The ranks of what the mail client put among the sent mail, and among the drafts.
const (
	rankSent    = 1
	rankDrafted = 2
)

// place ranks where a copy lies: of several copies of a message the one with the lowest rank says where the message goes.
// Somebody filed it by hand, or the mail client put it there, or it just arrived. What was sent is no draft any more.
func place(f state.Folder) int {
	path, role := standing(f)
	nested := len(path) > 1
	switch role {
	case RoleSent:
		if nested {
			return 0
		}
		return rankSent
	case RoleDrafts, RoleTemplates:
		if nested {
			return 0
		}
		return rankDrafted
	case RoleInbox:
		if nested {
			return 0
		}
		return 3
	case RoleArchive:
		return 4
	case RoleJunk:
		return 5
	case RoleTrash:
		return 6
	default:
		return 0
	}
}

// destination is where the messages of a store folder go.
type destination struct {
	mailbox string // decoded, with the server's delimiter
	role    Role   // of the mailbox, if it is to be made
}

// naming turns store folders into mailbox names. One naming serves one plan: it remembers what it gave away.
type naming struct {
	survey    Survey
	opts      *Options
	roles     map[Role]string    // the server's mailboxes by role
	has       map[string]bool    // the server's mailboxes that are not ours
	childless map[string]bool    // those that can't have any below them
	single    bool               // that goes for all with mail in them
	parents   map[string]bool    // store folders with others below them
	spelling  map[string]string  // folded name → name, of the server's mailboxes and those given away
	wanted    map[nameKey]string // what a source wanted when it was given that name
	illegal   string             // characters that can't stand in a name
	why       Renaming           // of the name that is being made
	allows    func(mailbox string) bool
}

// newNaming prepares a naming: ours tells the mailboxes that were made for this account, allows asks the server about a name with
// suspect characters.
func newNaming(survey Survey, mailboxes []MailboxInfo, ours, allows func(string) bool, opts *Options) *naming {
	n := &naming{
		survey: survey, opts: opts, roles: map[Role]string{RoleInbox: "INBOX"}, has: map[string]bool{}, childless: map[string]bool{},
		parents: map[string]bool{}, spelling: map[string]string{}, wanted: map[nameKey]string{}, allows: allows,
	}
	for _, b := range mailboxes {
		if b.Role != RoleNone && n.roles[b.Role] == "" {
			n.roles[b.Role] = b.Name
		}
		n.adopt(b, ours(b.Name))
	}
	n.adoptRoles(mailboxes)
	return n
}

// usual is how long a mailbox name may be without the server being asked about it.
const usual = 80

// of returns the destination of a folder. What the server does not allow as it is gets a name without any suspect character, and
// a shorter one if that is no better.
func (n *naming) of(f state.Folder) destination {
	n.illegal = string(n.survey.Delimiter)
	to := n.choose(f)
	odd, long := EncodeName(f.Name, suspect) != f.Name, len(to.mailbox) > usual
	if !odd && !long || n.allows(to.mailbox) {
		return to
	}
	if odd {
		n.illegal = suspect + string(n.survey.Delimiter)
		to = n.choose(f)
	}
	if long && to.role == RoleNone && !n.allows(to.mailbox) {
		to = destination{shortName(to.mailbox, n.survey), RoleNone}
		n.why = RenamedLength
	}
	return to
}

func (n *naming) choose(f state.Folder) destination {
	n.why = ""
	if to, rest, ok := n.mapped(f); ok {
		return n.below(to, rest)
	}
	path, role := standing(f)
	if n.opts.Prefix != "" {
		return n.settle(f, "", append(n.userNames(n.opts.Prefix), f.Path...))
	}
	switch {
	case role == RoleNone || len(path) == 0:
		return n.settle(f, "", path)
	case len(path) == 1:
		return destination{n.top(role), role}
	case role == RoleInbox && strings.EqualFold(n.survey.Prefix, "INBOX"+string(n.survey.Delimiter)):
		return n.settle(f, "", path[1:]) // all mailboxes are children of INBOX there
	}
	return n.settle(f, n.topOfOthers(role), path[1:])
}

// defaultNames are the names that mail clients know best where the server has no mailbox for a role.
var defaultNames = map[Role]string{
	RoleInbox: "INBOX", RoleSent: "Sent", RoleDrafts: "Drafts", RoleTrash: "Trash", RoleJunk: "Junk",
	RoleArchive: "Archive", RoleTemplates: "Templates",
}

// mapped finds the longest --map that names the folder or one above it.
func (n *naming) mapped(f state.Folder) (mailbox string, rest []string, ok bool) {
	for depth := len(f.Path); depth > 0; depth-- {
		whole := Folder{Account: f.Account, Path: f.Path[:depth]}
		bare := Folder{Path: f.Path[:depth]}
		for _, m := range n.opts.Map {
			if named := folded(m.Folder); named == folded(whole.String()) || named == folded(bare.String()) {
				return m.Mailbox, f.Path[depth:], true
			}
		}
	}
	return "", nil, false
}

func (n *naming) below(mailbox string, rest []string) destination {
	names := append(n.userNames(mailbox), rest...)
	if len(names) == 1 && strings.EqualFold(names[0], "INBOX") {
		return destination{"INBOX", RoleInbox}
	}
	return destination{n.join(names), RoleNone}
}

// userNames splits a mailbox name that a person wrote, with slashes or with the server's own delimiter, with or without
// the namespace's prefix.
func (n *naming) userNames(mailbox string) []string {
	if n.survey.Prefix != "" && len(mailbox) > len(n.survey.Prefix) {
		mailbox = strings.TrimPrefix(mailbox, n.survey.Prefix)
	}
	return strings.FieldsFunc(mailbox, func(r rune) bool { return r == '/' || r == n.survey.Delimiter })
}
