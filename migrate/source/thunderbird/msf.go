package thunderbird

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

// infoScope is the kind of the row that describes the folder itself.
const infoScope = "ns:msg:db:row:scope:dbfolderinfo:all"

// folderFlags are Thunderbird's nsMsgFolderFlags.
type folderFlags uint32

// The flags that tell what a folder is for.
const (
	flagVirtual   folderFlags = 0x20
	flagTrash     folderFlags = 0x100
	flagSent      folderFlags = 0x200
	flagDrafts    folderFlags = 0x400
	flagInbox     folderFlags = 0x1000
	flagArchive   folderFlags = 0x4000
	flagTemplates folderFlags = 0x400000
	flagJunk      folderFlags = 0x40000000
)

// folderInfo is what an index says of its folder.
type folderInfo struct {
	name  string // as the user sees it; empty if it does not say
	flags folderFlags
}

// A morkValue is a cell's value, or where to look for it.
type morkValue struct {
	text  string
	byRef bool
	at    int64
}

// readFolderInfo reads an index of any size with little memory: once for the row of the folder, once for its values.
func readFolderInfo(r io.ReadSeeker) (folderInfo, error) {
	cells, err := infoCells(r)
	if err != nil {
		return folderInfo{}, fmt.Errorf("folder index: %w", err)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return folderInfo{}, fmt.Errorf("folder index: %w", err)
	}
	err = scanMork(r, func(c morkCell) {
		for column, v := range cells {
			if c.kind == valueAlias && v.byRef && c.key == v.text && c.at < v.at {
				cells[column].value = c.value // the last one before its use
			}
		}
	})
	if err != nil {
		return folderInfo{}, fmt.Errorf("folder index: %w", err)
	}
	info := folderInfo{name: utf8Name(cells["folderName"].resolved())}
	if flags, err := strconv.ParseUint(cells["flags"].resolved(), 16, 32); err == nil {
		info.flags = folderFlags(flags)
	}
	return info, nil
}

// An infoCell is a cell of the folder's row.
type infoCell struct {
	morkValue
	value string
}

func (c *infoCell) resolved() string {
	switch {
	case c == nil:
		return ""
	case c.byRef:
		return c.value
	default:
		return c.text
	}
}

// infoCells returns the cells of the folder's row that matter, as they stand at the end of the file.
func infoCells(r io.Reader) (map[string]*infoCell, error) {
	columns := map[string]string{} // alias to name
	cells := map[string]*infoCell{}
	err := scanMork(r, func(c morkCell) {
		switch {
		case c.kind == columnAlias && len(columns) < 4096:
			columns[c.key] = c.value
		case c.kind == rowCell && columns[c.scope] == infoScope:
			name := c.key
			if alias, ok := strings.CutPrefix(name, "^"); ok {
				name = columns[alias]
			}
			if name == "folderName" || name == "flags" {
				cells[name] = &infoCell{morkValue: morkValue{text: strings.TrimSpace(c.value), byRef: c.byRef, at: c.at}}
			}
		}
	})
	return cells, err
}

// utf8Name returns a name as UTF-8; what isn't is taken for ISO 8859-1.
func utf8Name(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	var text strings.Builder
	for i := range len(name) {
		text.WriteRune(rune(name[i]))
	}
	return text.String()
}

// maxIndex is the size above which an index is not read only to learn a folder's flags.
const maxIndex = 4 << 20

// indexOf reads the index beside a folder. An absent or unreadable one says nothing; one that is larger than limit isn't read.
func indexOf(path string, limit int64) folderInfo {
	f, err := os.Open(path + ".msf")
	if err != nil {
		return folderInfo{}
	}
	defer f.Close()
	if stat, err := f.Stat(); err != nil || !stat.Mode().IsRegular() || stat.Size() > limit {
		return folderInfo{}
	}
	info, err := readFolderInfo(f)
	if err != nil && !errors.Is(err, io.EOF) {
		return folderInfo{}
	}
	return info
}
