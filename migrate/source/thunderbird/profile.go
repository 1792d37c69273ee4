package thunderbird

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// errNone says that a directory has nothing of Thunderbird's in it.
var errNone = errors.New("no Thunderbird profile, Mail folder or account")

// A profile is a directory with prefs.js and Mail; either may be missing.
type profile struct {
	dir, name string
	prefs     prefs
}

func openProfile(dir, name string) profile {
	if name == "" {
		name = filepath.Base(dir)
	}
	return profile{dir: dir, name: name, prefs: readPrefs(filepath.Join(dir, "prefs.js"))}
}

// A found is what a path turned out to be.
type found struct {
	what     string   // " profile", for a person
	dirs     []string // all that is Thunderbird's lies in them
	accounts []account
	left     aside
}

// oneAccount is what a single account is called.
const oneAccount = " account"

// find looks what a path is: a place of profiles, a profile, a Mail folder, an account, or a disk with profiles somewhere.
func find(root string) (found, error) {
	if _, err := os.ReadDir(root); err != nil {
		return found{}, err
	}
	profiles := profileDirs(root)
	switch {
	case len(profiles) > 0:
		return findProfiles(profiles), nil
	case looksLikeAccount(root) || named(filepath.Dir(filepath.Dir(root)), root):
		accounts, _ := withSettings([]string{root}, filepath.Dir(filepath.Dir(root)))
		return found{what: oneAccount, dirs: []string{root}, accounts: accounts}, nil
	case slices.ContainsFunc(subdirs(root), looksLikeAccount) || named(filepath.Dir(root), subdirs(root)...):
		accounts, left := withSettings(subdirs(root), filepath.Dir(root))
		return found{what: " Mail folder", dirs: subdirs(root), accounts: accounts, left: left}, nil
	}
	if profiles = deepProfiles(root); len(profiles) > 0 {
		return findProfiles(profiles), nil
	}
	return found{}, errNone
}

// findProfiles gathers the accounts of profiles and makes their labels differ.
func findProfiles(profiles []profile) found {
	f := found{what: ", " + count(len(profiles), "profile")}
	if len(profiles) == 1 {
		f.what = " profile"
	}
	taken := map[string]bool{}
	for _, p := range profiles {
		p = openProfile(p.dir, p.name)
		accounts, left := p.accounts()
		f.left = append(f.left, left...)
		f.dirs = append(f.dirs, p.dir)
		for _, s := range left {
			f.dirs = append(f.dirs, s.dir)
		}
		for _, a := range accounts {
			f.dirs = append(f.dirs, a.dir)
			a.label = untaken(a.label, p.name, taken)
			f.accounts = append(f.accounts, a)
		}
	}
	return f
}

// untaken returns a label that no account has yet, and takes it.
func untaken(label, profile string, taken map[string]bool) string {
	for candidate := label; ; candidate += " (" + profile + ")" {
		if !taken[candidate] {
			taken[candidate] = true
			return candidate
		}
	}
}

// withSettings makes accounts of directories, with what the profile above them says of each. An account that lost its settings
// is called like its directory. One that is left aside is read if nothing else is asked for.
func withSettings(dirs []string, profileDir string) (all []account, left aside) {
	known, left := openProfile(profileDir, "").accounts()
	left = slices.DeleteFunc(left, func(s server) bool { return !slices.Contains(dirs, s.dir) })
	for _, dir := range dirs {
		i := slices.IndexFunc(known, func(a account) bool { return a.dir == dir })
		switch {
		case i >= 0:
			all = append(all, known[i])
		case !smart(filepath.Base(dir)) && (len(dirs) == 1 || !left.holds(dir)):
			all = append(all, account{dir: dir, label: strings.TrimSuffix(filepath.Base(dir), ".sbd")})
		}
	}
	return all, left
}

// isProfile reports whether a directory is a profile: the settings name a mail account, or there is an account in Mail.
func isProfile(dir string) bool {
	if slices.ContainsFunc(subdirs(filepath.Join(dir, "Mail")), looksLikeAccount) {
		return true
	}
	for name := range readPrefs(filepath.Join(dir, "prefs.js")) {
		if strings.HasPrefix(name, "mail.server.") {
			return true
		}
	}
	return false
}

// named reports whether the settings of a profile name one of some directories for an account that is read. A backup may lack all
// that an account is known by.
func named(profileDir string, dirs ...string) bool {
	return slices.ContainsFunc(openProfile(profileDir, "").servers(), func(s server) bool { return s.isRead() && slices.Contains(dirs, s.dir) })
}

// looksLikeAccount reports whether a directory holds what only Thunderbird and its relatives leave among folders.
func looksLikeAccount(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		name := strings.ToLower(e.Name())
		return !e.IsDir() && (strings.HasSuffix(name, ".msf") || name == "popstate.dat" || name == "msgfilterrules.dat")
	})
}

// profileDirs lists the profiles at a directory, each once: those that profiles.ini names and that are there, the default one first;
// the directory itself; what else lies in it or in its Profiles; and copies that somebody put into one of them.
func profileDirs(root string) []profile {
	all := listed(root)
	if isProfile(root) {
		all = withProfile(all, profile{dir: root})
	}
	all = withProfiles(all, root)
	all = withProfiles(all, filepath.Join(root, "Profiles"))
	return withNested(all)
}

// withNested adds the profiles within profiles.
func withNested(all []profile) []profile {
	for i := 0; i < len(all); i++ {
		all = withProfiles(all, all[i].dir)
	}
	return all
}

// withProfiles adds the profiles in a directory.
func withProfiles(all []profile, dir string) []profile {
	for _, sub := range subdirs(dir) {
		if exists(filepath.Join(sub, "prefs.js")) && isProfile(sub) {
			all = withProfile(all, profile{dir: sub})
		}
	}
	return all
}

// withProfile adds a profile that is not there under another path.
func withProfile(all []profile, p profile) []profile {
	info, err := os.Stat(p.dir)
	if err != nil || slices.ContainsFunc(all, func(q profile) bool {
		known, err := os.Stat(q.dir)
		return err == nil && os.SameFile(info, known)
	}) {
		return all
	}
	return append(all, p)
}

// listed returns the profiles that profiles.ini names and that are there.
func listed(root string) []profile {
	f, err := os.Open(filepath.Join(root, "profiles.ini"))
	if err != nil {
		return nil
	}
	defer f.Close()
	return existing(root, parseProfiles(f))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// existing finds the directories of profiles: where they should be, or by their names where the tree was copied.
func existing(root string, listed []profile) []profile {
	var all []profile
	for _, p := range listed {
		parts := strings.FieldsFunc(p.dir, func(r rune) bool { return r == '/' || r == '\\' })
		if len(parts) == 0 {
			continue
		}
		base := parts[len(parts)-1]
		candidates := []string{filepath.FromSlash(p.dir), filepath.Join(root, filepath.FromSlash(p.dir)), filepath.Join(root, base), filepath.Join(root, "Profiles", base)}
		if !filepath.IsAbs(candidates[0]) {
			candidates = candidates[1:]
		}
		i := slices.IndexFunc(candidates, isProfile)
		if i >= 0 {
			all = withProfile(all, profile{dir: candidates[i], name: p.name})
		}
	}
	return all
}

// parseProfiles reads a profiles.ini: the profiles with the paths as they stand there, the default one first.
func parseProfiles(r io.Reader) []profile {
	var all []profile
	var section string
	defaults := map[string]bool{}
	lines := bufio.NewScanner(io.LimitReader(r, 1<<20))
	for lines.Scan() {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if strings.HasPrefix(line, "[") {
			section = strings.ToLower(strings.Trim(line, "[]"))
			if strings.HasPrefix(section, "profile") {
				all = append(all, profile{})
			}
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		readProfileLine(all, section, strings.ToLower(key), value, defaults)
	}
	slices.SortStableFunc(all, func(a, b profile) int { return rank(a, defaults) - rank(b, defaults) })
	return all
}

func readProfileLine(all []profile, section, key, value string, defaults map[string]bool) {
	switch {
	case strings.HasPrefix(section, "install") && key == "default":
		defaults[value] = true
	case !strings.HasPrefix(section, "profile"):
	case key == "name":
		all[len(all)-1].name = value
	case key == "path":
		all[len(all)-1].dir = value
	case key == "default" && value == "1":
		defaults[all[len(all)-1].dir] = true
	}
}

func rank(p profile, defaults map[string]bool) int {
	if defaults[p.dir] {
		return 0
	}
	return 1
}
