package migrate

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Role is what a folder or mailbox is for, after the special-use attributes of RFC 6154.
type Role uint8

// The roles. The ledger stores the numbers: add at the end only.
const (
	RoleNone Role = iota
	RoleInbox
	RoleSent
	RoleDrafts
	RoleTrash
	RoleJunk
	RoleArchive
	RoleTemplates
)

var roleTitles = []string{"none", "inbox", "sent", "drafts", "trash", "junk", "archive", "templates"}

// String returns the role's name in lower case ("sent").
func (r Role) String() string {
	if int(r) >= len(roleTitles) {
		return "unknown"
	}
	return roleTitles[r]
}

// RoleOf tells what a folder is for from the name that mail clients and servers give it, in some thirty languages.
// Case, surrounding blanks and the way accents are composed (macOS takes them apart) don't matter.
// It returns [RoleNone] for a name that says nothing.
func RoleOf(name string) Role {
	return roleNames[strings.ToLower(strings.TrimSpace(norm.NFC.String(name)))]
}
