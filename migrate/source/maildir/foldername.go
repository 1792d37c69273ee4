package maildir

import (
	"io/fs"
	"strconv"

	"unpop/migrate/mutf7"
)

// evolutionMark is the file by which Evolution (since 3.0) marks its Maildir++ tree, whose names have escapes of their own.
const evolutionMark = "..maildir++"

func hasName(entries []fs.DirEntry, name string) bool {
	for _, e := range entries {
		if e.Name() == name {
			return true
		}
	}
	return false
}

// decodeEvolution undoes Evolution's escapes, "_" and two hexadecimal digits, as well.
func decodeEvolution(name string) string {
	var text []byte
	for i := 0; i < len(name); i++ {
		if i+2 < len(name) && name[i] == '_' {
			if c, err := strconv.ParseUint(name[i+1:i+3], 16, 8); err == nil {
				text = append(text, byte(c))
				i += 2
				continue
			}
		}
		text = append(text, name[i])
	}
	return mutf7.FileName(string(text))
}
