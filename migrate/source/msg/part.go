package msg

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"

	"unpop/migrate"
	"unpop/migrate/mapi"
	"unpop/migrate/mapi/cfb"
	"unpop/migrate/source/outlook"
)

// A part is a directory with message files.
type part struct {
	source *Source
	info   migrate.PartInfo
	others outlook.Counts
}

// part makes the part of a directory. The one at the top is called as it is; those below it go by their paths from there.
func (s *Source) part(dir string) *part {
	names := strings.Split(dir, "/")
	if dir == "." {
		names = []string{filepath.Base(s.root)}
	}
	return &part{source: s, info: migrate.PartInfo{Name: dir, Folder: migrate.Folder{Path: names, Role: migrate.RoleOf(names[0])}}}
}

// files lists the names of the message files, in order.
func (p *part) files() ([]string, error) {
	if p.source.only != "" {
		return []string{p.source.only}, nil
	}
	entries, err := os.ReadDir(p.path(""))
	if err != nil {
		return nil, &migrate.CopyError{Part: p.info.Name, Offset: -1, Err: err}
	}
	var names []string
	for _, e := range entries {
		if named(e) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

func (p *part) path(name string) string {
	return filepath.Join(p.source.root, filepath.FromSlash(p.info.Name), name)
}

// converted is part of the stamp: what is made of the same file may differ from one version of the program to the next.
const converted = 2

// survey takes the stamp, which covers the names, sizes and times of the files.
func (p *part) survey(files []string) {
	sum := sha256.New()
	fmt.Fprintln(sum, converted)
	for _, name := range files {
		info, err := os.Stat(p.path(name))
		if err != nil {
			continue // it is told when it is opened
		}
		fmt.Fprintf(sum, "%s\x00%d@%d\n", name, info.Size(), info.ModTime().UnixNano())
		p.info.Bytes += info.Size()
	}
	p.info.Stamp = hex.EncodeToString(sum.Sum(nil)[:16])
}

// Info implements [migrate.Part].
func (p *part) Info() migrate.PartInfo { return p.info }

// Copies lists the messages by the names of their files, and counts what is something else.
func (p *part) Copies(ctx context.Context) iter.Seq2[*migrate.Copy, error] {
	return func(yield func(*migrate.Copy, error) bool) {
		files, err := p.files()
		if err != nil {
			yield(nil, err)
			return
		}
		p.others = outlook.Counts{}
		for _, name := range files {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			c, err := p.copy(name)
			if err != nil {
				err = p.fault(name, err)
			}
			if c != nil && !yield(c, err) {
				return
			}
		}
	}
}

// copy describes a message; nil if it is something else.
func (p *part) copy(name string) (*migrate.Copy, error) {
	c := &migrate.Copy{Ref: name, Folder: p.info.Folder}
	m, file, err := p.open(name)
	if err != nil {
		return c, err
	}
	defer file.Close()
	class, mail, user := outlook.Kind(m)
	if !mail {
		if user {
			p.others[class]++
		}
		return nil, nil
	}
	outlook.Describe(c, m)
	if info, err := file.Stat(); err == nil && c.Size == 0 {
		c.Size = info.Size()
	}
	return c, nil
}

// open opens a message. The caller closes the file.
func (p *part) open(name string) (*item, *os.File, error) {
	f, err := os.Open(p.path(name))
	if err != nil {
		return nil, nil, err
	}
	m, err := readItem(f)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return m, f, nil
}

func readItem(f *os.File) (*item, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	file, err := cfb.Open(f, info.Size())
	if err != nil {
		return nil, mapi.Damage(err)
	}
	return openItem(file)
}

// fault says where an error is.
func (p *part) fault(name string, err error) error {
	return &migrate.CopyError{Part: path.Join(p.info.Name, name), Offset: -1, Err: err}
}

// Remarks implements [migrate.Remarker]: what was left aside and what could not be read whole.
func (p *part) Remarks() []string {
	return append(p.others.Remarks(), p.source.hurts.Of(p.info.Name)...)
}

// Others implements [migrate.Exporter].
func (s *Source) Others(ctx context.Context) iter.Seq2[*migrate.Other, error] {
	return func(yield func(*migrate.Other, error) bool) {
		for _, dir := range s.dirs {
			p := s.part(dir)
			files, err := p.files()
			if err != nil && !yield(nil, err) {
				return
			}
			for _, name := range files {
				if ctx.Err() != nil {
					yield(nil, ctx.Err())
					return
				}
				if o, err := p.other(name); (o != nil || err != nil) && !yield(o, err) {
					return
				}
			}
		}
	}
}

// other describes an item that is no mail; nil if it is mail, or settings. Its file is open while it is written only.
func (p *part) other(name string) (*migrate.Other, error) {
	m, file, err := p.open(name)
	if err != nil {
		return nil, p.fault(name, err)
	}
	defer file.Close()
	if _, mail, user := outlook.Kind(m); mail || !user {
		return nil, nil
	}
	o := outlook.Other(m, p.info.Folder, mapi.Options{})
	o.Write = func(w io.Writer) error {
		m, file, err := p.open(name)
		if err != nil {
			return p.fault(name, err)
		}
		defer file.Close()
		return outlook.Other(m, p.info.Folder, mapi.Options{}).Write(w)
	}
	return o, nil
}
