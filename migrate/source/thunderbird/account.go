package thunderbird

import (
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"unpop/migrate"
)

// An account is a directory of folders.
type account struct {
	dir   string
	label string
	roles map[string]migrate.Role // what the settings say of folders at the top
}

// A server is one of the settings' mail.server.serverN.
type server struct {
	key, kind, host, user, name string
	dir                         string // empty if it is not there
}

// servers lists the accounts' servers, in the order of their keys.
func (p profile) servers() []server {
	var keys []string
	for name := range p.prefs {
		if rest, ok := strings.CutPrefix(name, "mail.server."); ok {
			if key, ok := strings.CutSuffix(rest, ".type"); ok {
				keys = append(keys, key)
			}
		}
	}
	slices.Sort(keys)
	var all []server
	for _, key := range keys {
		get := func(name string) string { return p.prefs["mail.server."+key+"."+name] }
		s := server{key: key, kind: get("type"), host: get("hostname"), user: get("userName"), name: get("name")}
		s.dir = p.mailDir(s.kind, get("directory-rel"), get("directory"))
		all = append(all, s)
	}
	return all
}

// mailDir finds a server's directory: by its place in the profile, by its absolute path, or, where the profile came from
// another machine, by its name in the profile's Mail. It returns "" where there is none.
func (p profile) mailDir(kind, relative, absolute string) string {
	var candidates []string
	if rest, ok := strings.CutPrefix(relative, "[ProfD]"); ok {
		candidates = append(candidates, filepath.Join(p.dir, filepath.FromSlash(rest)))
	}
	if filepath.IsAbs(absolute) {
		candidates = append(candidates, filepath.Clean(absolute))
	}
	parts := strings.FieldsFunc(relative+"/"+absolute, func(r rune) bool { return r == '/' || r == '\\' })
	if len(parts) > 0 && kind != "imap" {
		candidates = append(candidates, filepath.Join(p.dir, "Mail", parts[len(parts)-1]))
	}
	for _, dir := range candidates {
		if isDir(dir) {
			return dir
		}
	}
	return ""
}

// isRead reports whether the mail of a server of that kind is kept here alone.
func (s server) isRead() bool { return s.kind == "pop3" || s.kind == "none" || s.kind == "movemail" }

// label is the account's name as the user sees it.
func (s server) label() string {
	switch {
	case s.kind == "none" && s.name != "":
		return s.name
	case s.dir != "":
		return filepath.Base(s.dir)
	default:
		return s.host
	}
}

// accounts lists the profile's accounts whose mail is in the profile, those of the settings first, then directories in Mail
// that no account claims any more. The others are left aside.
func (p profile) accounts() (all []account, left aside) {
	claimed := map[string]bool{"": true}
	for _, s := range p.servers() {
		switch {
		case !s.isRead():
			if p.inUse(s) {
				left = append(left, s)
			}
		case smart(s.host):
		case s.dir == "" && p.inUse(s):
			left = append(left, server{kind: missing, host: s.label()})
		case !claimed[s.dir]:
			all = append(all, account{dir: s.dir, label: s.label(), roles: p.roles(s)})
		}
		claimed[s.dir] = true
	}
	for _, dir := range subdirs(filepath.Join(p.dir, "Mail")) {
		if !claimed[dir] && !smart(filepath.Base(dir)) {
			all = append(all, account{dir: dir, label: filepath.Base(dir)})
		}
	}
	return all, left
}

// inUse reports whether a server belongs to an account that the user sees; settings of removed ones stay in the file.
func (p profile) inUse(s server) bool {
	accounts, ok := p.prefs["mail.accountmanager.accounts"]
	for id := range strings.SplitSeq(accounts, ",") {
		if p.prefs["mail.account."+strings.TrimSpace(id)+".server"] == s.key {
			return true
		}
	}
	return !ok
}

// smart reports whether an account only shows the folders of others.
func smart(name string) bool { return strings.EqualFold(name, "smart mailboxes") }

// subdirs lists the directories of a directory that are not hidden, links included.
func subdirs(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var dirs []string
	for _, e := range entries {
		if sub := filepath.Join(dir, e.Name()); e.Name()[0] != '.' && isDir(sub) {
			dirs = append(dirs, sub)
		}
	}
	return dirs
}

func isDir(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir()
}

// rolePrefs are the settings of an identity that name a folder.
var rolePrefs = map[string]migrate.Role{
	".fcc_folder":        migrate.RoleSent,
	".draft_folder":      migrate.RoleDrafts,
	".stationery_folder": migrate.RoleTemplates,
	".archive_folder":    migrate.RoleArchive,
}

// roles returns what the settings say of the folders at the top of a server, by name.
func (p profile) roles(s server) map[string]migrate.Role {
	roles := map[string]migrate.Role{}
	for name, value := range p.prefs {
		role := migrate.RoleNone
		if strings.HasPrefix(name, "mail.identity.") {
			role = rolePrefs[name[strings.LastIndexByte(name, '.'):]]
		} else if strings.HasPrefix(name, "mail.server.") && strings.HasSuffix(name, ".spamActionTargetFolder") {
			role = migrate.RoleJunk
		}
		folder, ok := s.folderOf(value)
		if role == migrate.RoleNone || !ok {
			continue
		}
		if known := roles[folder]; known == migrate.RoleNone || role < known { // the same whatever the order
			roles[folder] = role
		}
	}
	return roles
}

// folderOf returns the top folder that mailbox://user@host/Folder names, if it is one of the server's.
func (s server) folderOf(uri string) (string, bool) {
	rest, ok := strings.CutPrefix(uri, "mailbox://")
	where, folder, _ := strings.Cut(rest, "/")
	if !ok || folder == "" || strings.Contains(folder, "/") {
		return "", false
	}
	at := strings.LastIndexByte(where, '@')
	user, userErr := url.PathUnescape(where[:max(at, 0)])
	host, hostErr := url.PathUnescape(where[at+1:])
	folder, folderErr := url.PathUnescape(folder)
	if userErr != nil || hostErr != nil || folderErr != nil {
		return "", false
	}
	return folder, strings.EqualFold(host, s.host) && user == s.user
}

// englishRoles are Thunderbird's own names, which it gives the files in any language.
var englishRoles = map[string]migrate.Role{
	"inbox": migrate.RoleInbox, "sent": migrate.RoleSent, "drafts": migrate.RoleDrafts, "trash": migrate.RoleTrash,
	"junk": migrate.RoleJunk, "archives": migrate.RoleArchive, "templates": migrate.RoleTemplates,
}

// role tells what a folder at the top is for: by the settings, by Thunderbird's own names, by the index, by its name in
// some language.
func (a account) role(file, name string) migrate.Role {
	low := strings.ToLower(file)
	if low == "unsent messages" { // the outbox
		return migrate.RoleNone
	}
	if low != "inbox" {
		for _, key := range []string{file, name} {
			if role := a.roles[key]; role != migrate.RoleNone {
				return role
			}
		}
	}
	if role := englishRoles[low]; role != migrate.RoleNone {
		return role
	}
	if role := indexOf(filepath.Join(a.dir, file), maxIndex).flags.role(); role != migrate.RoleNone {
		return role
	}
	return migrate.RoleOf(name)
}

func (f folderFlags) role() migrate.Role {
	for _, r := range []struct {
		flag folderFlags
		role migrate.Role
	}{
		{flagInbox, migrate.RoleInbox},
		{flagSent, migrate.RoleSent},
		{flagDrafts, migrate.RoleDrafts},
		{flagTrash, migrate.RoleTrash},
		{flagJunk, migrate.RoleJunk},
		{flagArchive, migrate.RoleArchive},
		{flagTemplates, migrate.RoleTemplates},
	} {
		if f&r.flag != 0 && f&flagVirtual == 0 {
			return r.role
		}
	}
	return migrate.RoleNone
}
