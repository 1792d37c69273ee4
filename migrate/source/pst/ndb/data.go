package ndb

import (
	"encoding/binary"
	"io"
	"slices"
	"sort"
	"sync"
)

// Data is what a node holds: one block or the leaves of a data tree ([MS-PST] 2.2.2.8.3.2), end to end. Only the references of
// one part of the tree are in memory (some thousands), whatever the size. It may be used from several goroutines.
type Data struct {
	f    *File
	size int64

	mu     sync.Mutex
	parts  []BID     // the XBLOCKs, or one BID of a data block
	single bool      // that one BID is a data block
	starts []mark    // where the parts begin that were looked at until now, and one more: where the next will
	part   *dataPart // the one used last

	one   [1]BID // room for parts and starts as most data have them
	marks [2]mark
}

// mark is a place in a data tree.
type mark struct {
	offset int64
	block  int
}

// dataPart is a list of data blocks.
type dataPart struct {
	index int
	ids   []BID
	ends  []int64 // where each block ends, counted from the begin of the part
}

// Open gives the data of the node; a node without data has none, which is no error.
func (n Node) Open() (*Data, error) {
	if n.file == nil {
		return nil, &Damage{-1, "node", ErrNotFound}
	}
	d := &Data{f: n.file}
	d.starts = d.marks[:1]
	if n.data == 0 {
		return d, nil
	}
	d.one[0] = n.data
	d.parts, d.single = d.one[:], true
	if !n.data.Internal() {
		return d, d.measure()
	}
	return d, d.openTree(n.data)
}

// openTree reads the root of a data tree.
func (d *Data) openTree(root BID) error {
	x, err := d.f.dataBlock(root)
	if err != nil {
		return err
	}
	d.single = false
	if x.level == 1 {
		return d.measure()
	}
	d.parts, d.size = x.ids, x.total
	return nil
}

// measure finds the size of data with one part only by adding up its blocks.
func (d *Data) measure() error {
	p, err := d.load(0)
	if err != nil {
		return err
	}
	if len(p.ends) > 0 {
		d.size = p.ends[len(p.ends)-1]
	}
	return nil
}

// Size is how many bytes there are. Data of more than one XBLOCK have the size that their root gives; where they are shorter,
// reading ends with a [*Damage].
func (d *Data) Size() int64 { return d.size }

// ReadAt implements [io.ReaderAt]. It ends with [io.EOF] at Size and with a [*Damage] at a block that can't be read.
func (d *Data) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) {
		at := off + int64(n)
		if at >= d.size || at < 0 {
			return n, io.EOF
		}
		m, err := d.readPart(p[n:], at)
		if err != nil {
			return n, err
		}
		n += int(min(int64(m), d.size-at))
	}
	return n, nil
}

// readPart reads what p takes of the block that holds the byte at an offset. One that p takes whole is not kept.
func (d *Data) readPart(p []byte, off int64) (n int, err error) {
	id, skip, size, err := d.blockAt(off)
	if err != nil {
		return 0, err
	}
	if skip == 0 && int64(len(p)) >= size {
		n, err = d.f.copyBlock(p, id)
	} else {
		var b []byte
		b, err = d.f.block(id)
		n = copy(p, b[min(skip, int64(len(b))):])
	}
	if n == 0 && err == nil {
		err = &Damage{-1, blockName(id), ErrBlockSize}
	}
	return n, err
}

// blockAt returns the block that holds the byte at an offset, how many of its bytes are before that one, and its size.
func (d *Data) blockAt(off int64) (id BID, skip, size int64, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, err := d.partWith(func(m mark) bool { return m.offset > off })
	if err != nil {
		return 0, 0, 0, err
	}
	rest := off - d.starts[p.index].offset
	i := sort.Search(len(p.ends), func(i int) bool { return p.ends[i] > rest })
	start := int64(0)
	if i > 0 {
		start = p.ends[i-1]
	}
	return p.ids[i], rest - start, p.ends[i] - start, nil
}

// Block returns the content of the i-th block of data, [io.EOF] behind the last one. It is not to be changed.
func (d *Data) Block(i int) ([]byte, error) {
	if i < 0 {
		return nil, io.EOF
	}
	d.mu.Lock()
	p, err := d.partWith(func(m mark) bool { return m.block > i })
	if err != nil {
		d.mu.Unlock()
		if err == errBeyond {
			err = io.EOF
		}
		return nil, err
	}
	id := p.ids[i-d.starts[p.index].block]
	d.mu.Unlock()
	return d.f.block(id)
}

// errBeyond is what partWith says where there is no more.
var errBeyond = &Damage{-1, "data tree", io.ErrUnexpectedEOF}

// partWith loads the part before the first mark that is beyond what is looked for, going on with marks as far as needed.
func (d *Data) partWith(beyond func(mark) bool) (*dataPart, error) {
	for !beyond(d.starts[len(d.starts)-1]) {
		next := len(d.starts) - 1
		if next >= len(d.parts) {
			return nil, errBeyond
		}
		if _, err := d.load(next); err != nil {
			return nil, err
		}
	}
	return d.load(sort.Search(len(d.starts), func(i int) bool { return beyond(d.starts[i]) }) - 1)
}

// load reads the references of a part and sets the mark behind it.
func (d *Data) load(i int) (*dataPart, error) {
	if d.part != nil && d.part.index == i {
		return d.part, nil
	}
	x := dataTree{level: 1, ids: d.parts[i : i+1], total: -1}
	if !d.single {
		var err error
		if x, err = d.f.dataBlock(d.parts[i]); err != nil {
			return nil, err
		}
		if x.level != 1 {
			return nil, &Damage{-1, blockName(d.parts[i]), ErrBlockType}
		}
	}
	p := &dataPart{index: i, ids: x.ids, ends: d.ends(x)}
	if i == len(d.starts)-1 {
		d.starts = append(d.starts, d.starts[i].after(p))
	}
	d.part = p
	return p, nil
}

// after is the mark behind a part that begins at m.
func (m mark) after(p *dataPart) mark {
	m.block += len(p.ids)
	if len(p.ends) > 0 {
		m.offset += p.ends[len(p.ends)-1]
	}
	return m
}

// ends adds up the sizes of blocks. One that can't be found is taken for a full one, the last for what is left, so that
// what is behind it stays in its place.
func (d *Data) ends(x dataTree) []int64 {
	ends, at := make([]int64, 0, len(x.ids)), int64(0)
	for i, id := range x.ids {
		e, err := d.f.extent(id)
		size := int64(e.size)
		if err != nil {
			size = int64(d.f.lay.maxData)
			if last := i == len(x.ids)-1; last && x.total >= at && x.total-at < size {
				size = x.total - at
			}
		}
		at += size
		ends = append(ends, at)
	}
	if x.total >= 0 && at != x.total {
		d.f.warnings.add(&Damage{-1, blockName(x.id), ErrBlockSize})
	}
	return ends
}

// dataTree is an XBLOCK (level 1) or an XXBLOCK (level 2).
type dataTree struct {
	id    BID
	level int
	total int64 // the size that it gives
	ids   []BID
}

// dataBlock reads an XBLOCK or XXBLOCK.
func (f *File) dataBlock(id BID) (dataTree, error) {
	b, err := f.block(id)
	if err != nil {
		return dataTree{}, err
	}
	if len(b) < 8 || b[0] != 1 || b[1] < 1 || b[1] > 2 || !id.Internal() {
		return dataTree{}, &Damage{-1, blockName(id), ErrBlockType}
	}
	x := dataTree{id: id, level: int(b[1]), total: int64(binary.LittleEndian.Uint32(b[4:]))}
	count := int(binary.LittleEndian.Uint16(b[2:]))
	if most := (len(b) - 8) / f.lay.word; count > most {
		f.warnings.add(&Damage{-1, blockName(id), ErrBlockSize})
		count = most
	}
	x.ids = make([]BID, 0, count)
	for i := range count {
		x.ids = append(x.ids, BID(f.lay.id(b[8+i*f.lay.word:])))
	}
	if repeats(x.ids) {
		return dataTree{}, &Damage{-1, blockName(id), ErrRepeated} // a small file would have no end
	}
	return x, nil
}

// repeats reports whether an id is there twice. They mostly ascend.
func repeats(ids []BID) bool {
	for i := 1; i < len(ids); i++ {
		if ids[i] <= ids[i-1] {
			sorted := slices.Sorted(slices.Values(ids))
			return len(slices.Compact(sorted)) < len(ids)
		}
	}
	return false
}
