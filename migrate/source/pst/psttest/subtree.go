package psttest

import (
	"encoding/binary"
	"slices"
)

// subtree writes SLBLOCKs, and SIBLOCKs above them if there is more than one ([MS-PST] 2.2.2.8.3.3).
func (b *builder) subtree(subs []subnode) uint64 {
	if len(subs) == 0 {
		return 0
	}
	slices.SortFunc(subs, func(x, y subnode) int { return int(int64(x.id) - int64(y.id)) })
	most := limit(b.file.Limits.SLBlock, (b.s.maxData()-8)/(3*b.s.word))
	var keys, refs []uint64
	for chunk := range slices.Chunk(subs, most) {
		var entries []byte
		for _, s := range chunk {
			entries = b.word(b.word(b.word(entries, uint64(s.id)), s.data), s.sub)
		}
		keys, refs = append(keys, uint64(chunk[0].id)), append(refs, b.subBlock(0, len(chunk), entries))
	}
	for level := byte(1); len(refs) > 1; level++ {
		var upKeys, upRefs []uint64
		for i := 0; i < len(refs); i += most {
			var entries []byte
			end := min(i+most, len(refs))
			for j := i; j < end; j++ {
				entries = b.word(b.word(entries, keys[j]), refs[j])
			}
			upKeys, upRefs = append(upKeys, keys[i]), append(upRefs, b.subBlock(level, end-i, entries))
		}
		keys, refs = upKeys, upRefs
	}
	return refs[0]
}

// subBlock writes one block of a subnode tree.
func (b *builder) subBlock(level byte, count int, entries []byte) uint64 {
	data := []byte{2, level}
	data = binary.LittleEndian.AppendUint16(data, uint16(count))
	if b.s.word == 8 {
		data = append(data, 0, 0, 0, 0)
	}
	return b.block(append(data, entries...), true)
}
