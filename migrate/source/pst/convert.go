package pst

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"unpop/migrate"
	"unpop/migrate/mapi"
	"unpop/migrate/source/pst/ndb"
)

// hurts remembers which messages could not be read whole, by part.
type hurts struct {
	mu   sync.Mutex
	list map[string]*hurt
}

type hurt struct {
	seen  map[ndb.NID]bool
	texts []string
}

// maxHurts bounds how many messages of a part are told of.
const maxHurts = 50

// add notes a message, once.
func (h *hurts) add(part string, id ndb.NID, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.list == nil {
		h.list = map[string]*hurt{}
	}
	one := h.list[part]
	if one == nil {
		one = &hurt{seen: map[ndb.NID]bool{}}
		h.list[part] = one
	}
	if len(one.seen) >= maxHurts || one.seen[id] {
		return
	}
	one.seen[id] = true
	one.texts = append(one.texts, text)
}

// of returns what was noted of a part.
func (h *hurts) of(part string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.list[part] == nil {
		return nil
	}
	return append([]string(nil), h.list[part].texts...)
}

// find returns the message of a part's name and a reference.
func (f *dataFile) find(part, ref string) (*item, *losses, error) {
	id, err := parseRef(ref)
	if err != nil {
		return nil, nil, err
	}
	in, err := f.folderNamed(part)
	if err != nil {
		return nil, nil, err
	}
	if !f.loadTree().holds(in, id) {
		return nil, nil, fmt.Errorf("message %s: %w", ref, migrate.ErrChanged)
	}
	node, err := f.file.Node(id)
	if err != nil {
		return nil, nil, err
	}
	lost := &losses{}
	m, err := f.item(node, lost)
	return m, lost, err
}

// folderNamed finds a folder by its part's name.
func (f *dataFile) folderNamed(name string) (ndb.NID, error) {
	f.byNameOnce.Do(func() {
		f.byName = map[string]ndb.NID{}
		for _, p := range f.folderParts() {
			f.byName[strings.TrimPrefix(p.info.Name, f.name+"/")] = p.folder.node
		}
	})
	id, ok := f.byName[name]
	if !ok {
		return 0, fmt.Errorf("pst: no such part: %q", name)
	}
	return id, nil
}

// openMessage converts a message while it is read.
func (f *dataFile) openMessage(ctx context.Context, part, ref string) (io.ReadCloser, error) {
	m, lost, err := f.find(part, ref)
	name := f.name + "/" + part
	if err != nil {
		return nil, &migrate.CopyError{Part: name, Offset: offsetOf(err), Err: err}
	}
	r, w := io.Pipe()
	c := &conversion{PipeReader: r, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		err := f.convert(ctx, w, m, lost, name)
		if err != nil && !errors.Is(err, io.ErrClosedPipe) {
			err = &migrate.CopyError{Part: name, Offset: offsetOf(err), Err: err}
		}
		w.CloseWithError(err) // nil: the end
	}()
	return c, nil
}

// errConversion says that a message is such as package mapi is not prepared for.
var errConversion = errors.New("can't be converted")

// convert writes a message and notes what of it is missing. A fault of the conversion costs this message alone.
func (f *dataFile) convert(ctx context.Context, w io.Writer, m *item, lost *losses, part string) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("message %s: %w: %v", refOf(m.node.ID), errConversion, fault)
		}
	}()
	out, ok := f.buffers.Get().(*bufio.Writer)
	if !ok {
		out = bufio.NewWriterSize(nil, 64<<10)
	}
	defer f.buffers.Put(out)
	out.Reset(obedient{ctx, w})
	defer out.Reset(nil)
	info, err := mapi.Convert(out, m, mapi.Options{Resolve: f.resolve, CodePage: f.page})
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return err
	}
	if info.Damaged || len(lost.errs) > 0 {
		f.hurts.add(part, m.node.ID, fmt.Sprintf("message %s (%s) is not whole: %s", refOf(m.node.ID), subjectOf(m, f.page), whatIsLost(info, lost)))
	}
	return nil
}

// whatIsLost says in a line what is missing.
func whatIsLost(info mapi.Info, lost *losses) string {
	var texts []string
	for _, err := range lost.errs {
		texts = append(texts, err.Error())
	}
	if len(texts) == 0 {
		texts = info.Warnings
	}
	return strings.Join(texts, "; ")
}

// obedient ends a conversion when the context ends.
type obedient struct {
	ctx context.Context
	w   io.Writer
}

func (o obedient) Write(p []byte) (int, error) {
	if err := o.ctx.Err(); err != nil {
		return 0, err
	}
	return o.w.Write(p)
}

// conversion is the reading end.
type conversion struct {
	*io.PipeReader
	done chan struct{}
}

// Close ends the conversion, which no longer reads the file afterwards.
func (c *conversion) Close() error {
	err := c.PipeReader.Close()
	<-c.done
	return err
}

// subjectOf is an item's subject without the mark of its prefix ([MS-PST] section 2.5.3.1.1.1).
func subjectOf(o mapi.Object, page int) string {
	text := mapi.Text(o, idSubject, page)
	if strings.HasPrefix(text, "\x01") && len(text) > 1 {
		text = string([]rune(text)[2:])
	}
	return strings.Join(strings.Fields(text), " ")
}
