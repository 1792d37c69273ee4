package ndb

import "bytes"

// heapSignature is the third byte of every heap ([MS-PST] 2.3.1.2), and heapClients are the fourth bytes that were seen.
const heapSignature = 0xEC

// heapClients are the kinds of heaps.
func heapClients() []byte { return []byte{0xBC, 0x7C, 0xB5, 0x6C, 0x8C, 0x9C, 0xA5, 0xAC, 0xCC} }

// detectEncryption compares what the header says with the data of nodes that every file has: there are files that say they are
// not encoded and are.
func (f *File) detectEncryption() error {
	said := f.encryption
	for _, id := range []NID{NIDMessageStore, NIDNameMap, NIDRootFolder} {
		for _, e := range []Encryption{said, Permute, None, Cyclic} {
			if f.encryption = e; e <= Cyclic && f.showsHeap(id) {
				if e != said {
					f.warnings.add(&Damage{0, "header", ErrEncryption})
				}
				return nil
			}
		}
	}
	if f.encryption = said; said > Cyclic {
		return ErrEncryption
	}
	return nil
}

// showsHeap says that the data of a node, decoded, are a heap.
func (f *File) showsHeap(id NID) bool {
	n, err := f.Node(id)
	if err != nil || n.data == 0 || n.data.Internal() {
		return false
	}
	x, err := f.extent(n.data)
	if err != nil {
		return false
	}
	b, err := f.readBlock(x)
	return err == nil && len(b) > 4 && b[2] == heapSignature && bytes.IndexByte(heapClients(), b[3]) >= 0
}
