package psttest

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"

	"unpop/migrate/source/pst/ndb"
)

// What a file can't hold.
var (
	errTooBig = errors.New("too large for the format")
	errTwice  = errors.New("node written twice")
)

// sizes are the sizes in which the formats differ.
type sizes struct {
	word, page, entries, trailer   int
	blockTail, blockUnit, maxBlock int
	amap, amapStep                 int64
	amapPages                      int64 // pages that are kept free at each allocation map
}

// sizesOf returns those of a format.
func sizesOf(f ndb.Format) sizes {
	switch f {
	case ndb.ANSI:
		return sizes{4, 512, 496, 500, 12, 64, 8192, 0x4400, 496 * 8 * 64, 4}
	case ndb.Unicode4K:
		return sizes{8, 4096, 4056, 4072, 24, 512, 65536, 0x22000, 4072 * 8 * 512, 1}
	}
	return sizes{8, 512, 488, 496, 16, 64, 8192, 0x4400, 496 * 8 * 64, 4}
}

// maxData is the most data of a block.
func (s sizes) maxData() int { return s.maxBlock - s.blockTail }

// builder collects the blocks and nodes of a file.
type builder struct {
	file   *File
	format ndb.Format
	s      sizes
	encode func(string) []byte

	blocks      []block
	nodes       map[ndb.NID]nodeEntry
	nextBlock   uint64
	nextPage    uint64
	nextFolder  uint32
	nextMessage uint32
	nextLocal   uint32
	uid         [16]byte
	err         error

	at  int64 // where the next block or page goes
	out Image
}

type block struct {
	id         uint64
	data       []byte // as stored
	size, refs int
	offset     int64
}

type nodeEntry struct {
	data, sub uint64
	parent    ndb.NID
}

// newBuilder makes a builder for a file.
func newBuilder(f *File) *builder {
	b := &builder{
		file: f, format: f.Format, nodes: make(map[ndb.NID]nodeEntry), nextBlock: 4, nextPage: 1,
		nextFolder: 0x404, nextMessage: 0x10000, nextLocal: 0x400, uid: [16]byte{1, 2, 3, 5, 8, 13, 21, 34},
	}
	if b.format == 0 {
		b.format = ndb.Unicode
	}
	b.s = sizesOf(b.format)
	b.at = max(b.s.amap, f.Limits.Start)
	if b.format == ndb.ANSI {
		if b.encode = f.Encode; b.encode == nil {
			b.encode = Latin1
		}
	}
	return b
}

// fail keeps the first error.
func (b *builder) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// block adds a block and returns its id.
func (b *builder) block(data []byte, internal bool) uint64 {
	if len(data) > b.s.maxData() {
		b.fail(fmt.Errorf("block of %d bytes: %w", len(data), errTooBig))
		return 0
	}
	id := b.nextBlock
	b.nextBlock += 4
	stored := bytes.Clone(data)
	if internal {
		id |= 2
	} else {
		b.file.Encryption.Encode(stored, ndb.BID(id))
	}
	if b.format == ndb.Unicode4K && b.file.Deflate {
		stored = deflated(stored)
	}
	b.blocks = append(b.blocks, block{id: id, data: stored, size: len(data), refs: 2})
	return id
}

// deflated compresses a block if that makes it smaller.
func deflated(data []byte) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	if _, err := w.Write(data); err != nil || w.Close() != nil || z.Len() >= len(data) {
		return data
	}
	return z.Bytes()
}

// word appends an id or an offset.
func (b *builder) word(to []byte, v uint64) []byte {
	if b.s.word == 4 {
		return binary.LittleEndian.AppendUint32(to, uint32(v))
	}
	return binary.LittleEndian.AppendUint64(to, v)
}

// node adds a node of the file.
func (b *builder) node(id, parent ndb.NID, data, sub uint64) {
	if _, known := b.nodes[id]; known {
		b.fail(fmt.Errorf("node %v: %w", id, errTwice))
	}
	b.nodes[id] = nodeEntry{data, sub, parent}
}

// rawNode adds a node of any content.
func (b *builder) rawNode(n RawNode) {
	b.node(n.NID, n.Parent, b.stream(n.Data), b.subtree(b.rawSubnodes(n.Sub)))
}

// rawSubnodes writes subnodes of any content.
func (b *builder) rawSubnodes(list []RawNode) []subnode {
	var subs []subnode
	for _, n := range list {
		subs = append(subs, subnode{n.NID, b.stream(n.Data), b.subtree(b.rawSubnodes(n.Sub))})
	}
	return subs
}

// limit returns a limit, or what the format gives.
func limit(given, most int) int {
	if given > 0 && given < most {
		return given
	}
	return most
}

// stream writes data of any size and returns the id of its block or tree.
func (b *builder) stream(data []byte) uint64 {
	var parts [][]byte
	for most := b.s.maxData(); len(data) > 0; {
		n := min(most, len(data))
		parts, data = append(parts, data[:n]), data[n:]
	}
	return b.dataTree(parts)
}

// dataTree writes blocks, and an XBLOCK and XXBLOCK above them if there is more than one.
func (b *builder) dataTree(parts [][]byte) uint64 {
	var ids []uint64
	var sizes []int
	for _, p := range parts {
		ids, sizes = append(ids, b.block(p, false)), append(sizes, len(p))
	}
	most := limit(b.file.Limits.XBlock, (b.s.maxData()-8)/b.s.word)
	for level := byte(1); len(ids) > 1; level++ {
		if level > 2 {
			b.fail(fmt.Errorf("data tree of %d blocks: %w", len(parts), errTooBig))
			return 0
		}
		var upIDs []uint64
		var upSizes []int
		for len(ids) > 0 {
			n := min(most, len(ids))
			id, size := b.xblock(level, ids[:n], sizes[:n])
			upIDs, upSizes = append(upIDs, id), append(upSizes, size)
			ids, sizes = ids[n:], sizes[n:]
		}
		ids, sizes = upIDs, upSizes
	}
	if len(ids) == 0 {
		return 0
	}
	return ids[0]
}

// xblock writes an XBLOCK or XXBLOCK ([MS-PST] 2.2.2.8.3.2).
func (b *builder) xblock(level byte, ids []uint64, sizes []int) (id uint64, size int) {
	var refs []byte
	for i := range ids {
		refs = b.word(refs, ids[i])
		size += sizes[i]
	}
	data := []byte{1, level}
	data = binary.LittleEndian.AppendUint16(data, uint16(len(ids)))
	data = binary.LittleEndian.AppendUint32(data, uint32(size))
	return b.block(append(data, refs...), true), size
}

// subnode is an entry of an SLBLOCK.
type subnode struct {
	id        ndb.NID
	data, sub uint64
}
