package migrate

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"unpop/state"
)

// gmailTrees are the levels that Gmail shows its own mailboxes under. They hold no mail, and nothing can be made there.
var gmailTrees = []string{"[Gmail]", "[Google Mail]"}

// standing is what a store folder's path says to a mail server: a folder that a mail program kept of Gmail's own mailboxes stands
// for one of these, wherever its mail goes.
func standing(f state.Folder) (path []string, role Role) {
	path, role = f.Path, Role(f.Role)
	if len(path) > 1 && role == RoleNone {
		for _, tree := range gmailTrees {
			if strings.EqualFold(path[0], tree) {
				return path[1:], RoleOf(path[1])
			}
		}
	}
	return path, role
}

// adopt learns a mailbox of the server.
func (n *naming) adopt(b MailboxInfo, ours bool) {
	if b.Childless {
		n.childless[b.Name] = true
		n.single = n.single || b.Role != RoleInbox
	}
	if ours && norm.NFC.IsNormalString(b.Name) { // else an earlier version made it, and it stays the folder's
		return
	}
	n.has[b.Name] = true
	n.spelling[folded(b.Name)] = b.Name
	delimiter := n.delimiter()
	for name := b.Name; ; { // what it lies in may be no mailbox, and has a spelling all the same
		at := strings.LastIndex(name, delimiter)
		if at <= 0 {
			return
		}
		name = name[:at]
		if _, known := n.spelling[folded(name)]; !known {
			n.spelling[folded(name)] = name
		}
	}
}

// adoptRoles finds the mailboxes for the roles that no special-use attribute gives to one, by name. Of several the one with the better
// known name counts, and those below INBOX come last.
func (n *naming) adoptRoles(mailboxes []MailboxInfo) {
	best := map[Role]int{}
	for _, b := range mailboxes {
		role, rank := n.roleByName(b.Name)
		if role == RoleNone || b.Foreign || b.Role != RoleNone && b.Role != role {
			continue
		}
		if before, found := best[role]; n.roles[role] == "" || found && rank < before {
			n.roles[role], best[role] = b.Name, rank
		}
	}
}

// roleByName also tells how well a name is known for its role; 0 is best.
func (n *naming) roleByName(name string) (role Role, rank int) {
	name = strings.TrimPrefix(name, n.survey.Prefix)
	for _, tree := range gmailTrees {
		name = strings.TrimPrefix(name, tree+n.delimiter())
	}
	if below, ok := strings.CutPrefix(name, "INBOX"+n.delimiter()); ok {
		name, rank = below, len(roleNames)
	}
	role = RoleOf(name)
	if role == RoleNone || name == defaultNames[role] {
		return role, rank
	}
	for i, known := range namesOfRole[role] {
		if strings.EqualFold(known, name) {
			return role, rank + 1 + i
		}
	}
	return role, rank + len(roleNames) - 1
}

// top is the mailbox for a role.
func (n *naming) top(role Role) string {
	if n.roles[role] == "" {
		n.roles[role] = n.pick(0, n.join([]string{defaultNames[role]}))
		n.childless[n.roles[role]] = n.childless[n.roles[role]] || n.single
	}
	return n.roles[role]
}

// topOfOthers is the name below which the other folders of a role go. Gmail's own mailboxes can't have any.
func (n *naming) topOfOthers(role Role) string {
	top := n.top(role)
	if !n.survey.Labels || role == RoleInbox {
		return top
	}
	if role == RoleArchive {
		return n.join([]string{defaultNames[role]})
	}
	for _, tree := range gmailTrees {
		top = strings.TrimPrefix(top, tree+n.delimiter())
	}
	return top
}
