package migrate

import (
	"regexp"
	"slices"

	"unpop/state"
)

// Unmet lists the choices and mappings of a plan that fit no store folder, as they were written: typing errors, as a rule.
func (p *Plan) Unmet(opts *Options) (include, exclude, mappings []string) {
	for _, m := range opts.Map {
		one := naming{opts: &Options{Map: []Mapping{m}}}
		if !p.hasFolder(func(f state.Folder) bool { _, _, ok := one.mapped(f); return ok }) {
			mappings = append(mappings, m.Folder)
		}
	}
	return p.unmet(opts.Include), p.unmet(opts.Exclude), mappings
}

func (p *Plan) unmet(globs []string) (all []string) {
	for _, glob := range globs {
		re, err := compileGlob(glob)
		if err == nil && !p.hasFolder(func(f state.Folder) bool { return matchesAny([]*regexp.Regexp{re}, f.Name) }) {
			all = append(all, glob)
		}
	}
	return all
}

func (p *Plan) hasFolder(is func(state.Folder) bool) bool {
	return slices.ContainsFunc(p.Folders, func(f PlannedFolder) bool { return is(f.Folder) })
}
