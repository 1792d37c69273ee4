package migrate

import "strings"

// A Folder is a store folder, as the user sees it in the mail client.
type Folder struct {
	// Account is the account or data file that the folder belongs to where a source has several
	// ("pop.example.com", "Local Folders"); it does not become part of the mailbox name.
	Account string
	// Path are the names from the account's root down, decoded, without the store's suffixes (".sbd", ".mbox").
	Path []string
	// Role is what the folder is for, where the store knows or its name tells. Only the first name of Path bears a role:
	// "Sent/2019" has [RoleSent] and two names.
	Role Role
}

// escapeSlash keeps a slash inside a name apart from the slash between names, as rclone does.
var escapeSlash = strings.NewReplacer("/", "／")

// String returns the folder's full name, account first: "Local Folders/Clienti/ACME".
// This is what --include, --exclude and --map match.
func (f Folder) String() string {
	names := make([]string, 0, len(f.Path)+1)
	if f.Account != "" {
		names = append(names, escapeSlash.Replace(f.Account))
	}
	for _, name := range f.Path {
		names = append(names, escapeSlash.Replace(name))
	}
	return strings.Join(names, "/")
}
