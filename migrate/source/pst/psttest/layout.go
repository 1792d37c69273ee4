package psttest

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"maps"
	"slices"

	"unpop/migrate/source/pst/ndb"
)

// crc is the checksum of [MS-PST] 5.3, which is that of zlib without the inversions.
func crc(data []byte) uint32 { return ^crc32.Update(1<<32-1, crc32.IEEETable, data) }

// sign is the signature of [MS-PST] 5.5.
func sign(offset int64, id uint64) uint16 {
	v := uint32(offset) ^ uint32(id)
	return uint16(v>>16 ^ v)
}

// place finds room for n bytes at a multiple of unit, beside the allocation maps.
func (b *builder) place(n, unit int) int64 {
	b.at = (b.at + int64(unit) - 1) / int64(unit) * int64(unit)
	for {
		k := (b.at - b.s.amap) / b.s.amapStep
		from := b.s.amap + k*b.s.amapStep
		if to := from + b.s.amapPages*int64(b.s.page); b.at < to {
			b.at = to
		}
		if b.at+int64(n) <= from+b.s.amapStep {
			break
		}
		b.at = from + b.s.amapStep
	}
	at := b.at
	b.at += int64(n)
	return at
}

// finish writes blocks, pages and the header.
func (b *builder) finish() (*Image, error) {
	if b.err != nil {
		return nil, b.err
	}
	b.out.put(0, nil)
	for i := range b.blocks {
		b.putBlock(&b.blocks[i])
	}
	bbt, bbtAt := b.btree(0x80, b.blockEntries())
	nbt, nbtAt := b.btree(0x81, b.nodeEntries())
	if !b.file.Short {
		b.at = b.lastMap() + b.s.amapStep
	}
	b.out.parts[0].data = b.header(nbt, nbtAt, bbt, bbtAt)
	b.maps()
	return &b.out, b.err
}

// putBlock writes a block with its trailer ([MS-PST] 2.2.2.8.1).
func (b *builder) putBlock(x *block) {
	n := (len(x.data) + b.s.blockTail + b.s.blockUnit - 1) / b.s.blockUnit * b.s.blockUnit
	x.offset = b.place(n, b.s.blockUnit)
	raw := make([]byte, n-b.s.blockTail, n)
	copy(raw, x.data)
	raw = binary.LittleEndian.AppendUint16(raw, uint16(len(x.data)))
	raw = binary.LittleEndian.AppendUint16(raw, sign(x.offset, x.id))
	sum := crc(x.data)
	if b.format == ndb.ANSI {
		raw = binary.LittleEndian.AppendUint32(raw, uint32(x.id))
		raw = binary.LittleEndian.AppendUint32(raw, sum)
	} else {
		raw = binary.LittleEndian.AppendUint32(raw, sum)
		raw = binary.LittleEndian.AppendUint64(raw, x.id)
	}
	if b.format == ndb.Unicode4K {
		raw = binary.LittleEndian.AppendUint16(raw, uint16(x.refs))
		raw = binary.LittleEndian.AppendUint16(raw, uint16(x.size))
		raw = append(raw, 0, 0, 0, 0)
	}
	b.out.put(x.offset, raw)
}

// blockEntries are the leaf entries of the block B-tree.
func (b *builder) blockEntries() [][]byte {
	slices.SortFunc(b.blocks, func(x, y block) int { return cmp.Compare(x.id, y.id) })
	var entries [][]byte
	for _, x := range b.blocks {
		e := b.word(b.word(nil, x.id), uint64(x.offset))
		e = binary.LittleEndian.AppendUint16(e, uint16(len(x.data)))
		switch b.format {
		case ndb.Unicode4K:
			e = binary.LittleEndian.AppendUint16(e, uint16(x.size))
			e = binary.LittleEndian.AppendUint16(e, uint16(x.refs))
			e = append(e, 0, 0)
		case ndb.Unicode:
			e = binary.LittleEndian.AppendUint16(e, uint16(x.refs))
			e = append(e, 0, 0, 0, 0)
		default:
			e = binary.LittleEndian.AppendUint16(e, uint16(x.refs))
		}
		entries = append(entries, e)
	}
	return entries
}

// nodeEntries are the leaf entries of the node B-tree.
func (b *builder) nodeEntries() [][]byte {
	var entries [][]byte
	for _, id := range slices.Sorted(maps.Keys(b.nodes)) {
		n := b.nodes[id]
		e := b.word(b.word(b.word(nil, uint64(id)), n.data), n.sub)
		e = binary.LittleEndian.AppendUint32(e, uint32(n.parent))
		if b.s.word == 8 {
			e = append(e, 2, 0, 0, 0)
		}
		entries = append(entries, e)
	}
	return entries
}

// btree writes a B-tree of pages and returns the id and place of its root.
func (b *builder) btree(kind byte, entries [][]byte) (id uint64, offset int64) {
	for level := 0; ; level++ {
		size := 3 * b.s.word
		if level == 0 {
			size = len(entries[0])
		}
		most := limit(b.file.Limits.PageEntries, b.s.entries/size)
		var up [][]byte
		for chunk := range slices.Chunk(entries, most) {
			id, offset = b.page(kind, level, size, b.s.entries/size, chunk)
			ref := b.word(append([]byte(nil), chunk[0][:b.s.word]...), id)
			up = append(up, b.word(ref, uint64(offset)))
		}
		if len(up) == 1 {
			return id, offset
		}
		entries = up
	}
}

// page writes a page of a B-tree ([MS-PST] 2.2.2.7.7.1).
func (b *builder) page(kind byte, level, size, most int, entries [][]byte) (id uint64, offset int64) {
	raw := make([]byte, b.s.trailer)
	copy(raw, slices.Concat(entries...))
	counts := []byte{byte(len(entries)), byte(most), byte(size), byte(level)}
	if b.format == ndb.Unicode4K {
		counts = binary.LittleEndian.AppendUint16(nil, uint16(len(entries)))
		counts = binary.LittleEndian.AppendUint16(counts, uint16(most))
		counts = append(counts, byte(size), byte(level))
	}
	copy(raw[b.s.entries:], counts)
	id = b.nextPage
	b.nextPage++
	offset = b.place(b.s.page, b.s.page)
	b.out.put(offset, b.pageTrailer(raw, kind, sign(offset, id), id))
	return id, offset
}

// pageTrailer appends the trailer of a page ([MS-PST] 2.2.2.7.1).
func (b *builder) pageTrailer(raw []byte, kind byte, signature uint16, id uint64) []byte {
	sum := crc(raw)
	raw = binary.LittleEndian.AppendUint16(append(raw, kind, kind), signature)
	if b.format == ndb.ANSI {
		raw = binary.LittleEndian.AppendUint32(raw, uint32(id))
		return binary.LittleEndian.AppendUint32(raw, sum)
	}
	raw = binary.LittleEndian.AppendUint32(raw, sum)
	raw = binary.LittleEndian.AppendUint64(raw, id)
	return append(raw, make([]byte, b.s.page-len(raw))...)
}

// maps writes the allocation maps ([MS-PST] 2.2.2.7.2): a bit for each unit that is taken, the highest bit of a byte first.
func (b *builder) maps() {
	unit, head := int64(b.s.blockUnit), 0
	if b.format == ndb.ANSI {
		head = 4
	}
	taken := b.taken()
	for at := b.s.amap; at < b.at; at += b.s.amapStep {
		raw := make([]byte, b.s.trailer)
		for len(taken) > 0 && taken[0].offset < at+b.s.amapStep {
			from, to := (taken[0].offset-at)/unit, (taken[0].offset+int64(len(taken[0].data))-at+unit-1)/unit
			for ; from < to; from++ {
				raw[head+int(from/8)] |= 0x80 >> (from % 8)
			}
			taken = taken[1:]
		}
		for i := range b.s.amapPages * int64(b.s.page) / unit {
			raw[head+int(i/8)] |= 0x80 >> (i % 8)
		}
		b.out.put(at, b.pageTrailer(raw, 0x84, 0, uint64(at)))
		if (at-b.s.amap)/b.s.amapStep%8 == 0 && b.format != ndb.Unicode4K {
			b.pageMap(at + int64(b.s.page))
		}
	}
	slices.SortStableFunc(b.out.parts, func(x, y part) int { return cmp.Compare(x.offset, y.offset) })
	b.out.size = b.at
}

// pageMap writes the map of pages that old programs want to see ([MS-PST] 2.2.2.7.3).
func (b *builder) pageMap(at int64) {
	raw := bytes.Repeat([]byte{0xFF}, b.s.trailer)
	if b.format == ndb.ANSI {
		clear(raw[:4])
	}
	b.out.put(at, b.pageTrailer(raw, 0x83, 0, uint64(at)))
}

// taken are the parts behind the header, in the order of their places.
func (b *builder) taken() []part {
	list := slices.Clone(b.out.parts[1:])
	slices.SortFunc(list, func(x, y part) int { return cmp.Compare(x.offset, y.offset) })
	return list
}

// header writes the header ([MS-PST] 2.2.2.6).
func (b *builder) header(nbt uint64, nbtAt int64, bbt uint64, bbtAt int64) []byte {
	h := make([]byte, 564)
	copy(h, "!BDN\x00\x00\x00\x00SM")
	if b.file.OST {
		h[9] = 'O'
	}
	version := map[ndb.Format]uint16{ndb.ANSI: 14, ndb.Unicode: 23, ndb.Unicode4K: 36}[b.format]
	binary.LittleEndian.PutUint16(h[10:], cmp.Or(b.file.Version, version))
	h[12], h[14], h[15] = 19, 1, 1
	root := []uint64{uint64(b.at), uint64(b.lastMap()), 0, 0, nbt, uint64(nbtAt), bbt, uint64(bbtAt)}
	at, crypt := 184, 513
	if b.format == ndb.ANSI {
		at, crypt = 168, 461
		copy(h[24:], b.word(b.word(nil, b.nextBlock), b.nextPage))
	} else {
		binary.LittleEndian.PutUint64(h[32:], b.nextPage)
		binary.LittleEndian.PutUint64(h[516:], b.nextBlock)
	}
	var fields []byte
	for _, v := range root {
		fields = b.word(fields, v)
	}
	copy(h[at:], append(fields, 2))
	h[crypt-1], h[crypt] = 0x80, byte(b.file.Encryption)
	binary.LittleEndian.PutUint32(h[4:], crc(h[8:8+471]))
	if b.format != ndb.ANSI {
		binary.LittleEndian.PutUint32(h[524:], crc(h[8:8+516]))
	}
	return h
}

// lastMap is where the last allocation map is.
func (b *builder) lastMap() int64 {
	return b.s.amap + (b.at-1-b.s.amap)/b.s.amapStep*b.s.amapStep
}
