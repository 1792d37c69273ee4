package ndb

// Encryption is how the data of users are encoded. It hides them from a text editor only: the key is in the file.
type Encryption uint8

// The encodings ([MS-PST] 2.2.2.6, bCryptMethod).
const (
	None    Encryption = 0
	Permute Encryption = 1 // "compressible": each byte replaced by another one
	Cyclic  Encryption = 2 // "high": three such tables that move on with every byte
)

func (e Encryption) String() string {
	switch e {
	case None:
		return "none"
	case Permute:
		return "compressible"
	case Cyclic:
		return "high"
	}
	return "unknown"
}

// Decode undoes the encoding of the block with the given id, in place.
func (e Encryption) Decode(b []byte, id BID) {
	switch e {
	case Permute:
		for i, c := range b {
			b[i] = permuteI[c]
		}
	case Cyclic:
		cycle(b, uint32(id))
	}
}

// Encode is the reverse of Decode.
func (e Encryption) Encode(b []byte, id BID) {
	switch e {
	case Permute:
		for i, c := range b {
			b[i] = permuteR[c]
		}
	case Cyclic:
		cycle(b, uint32(id))
	}
}

// cycle encodes or decodes b: the one undoes the other ([MS-PST] 5.2).
func cycle(b []byte, key uint32) {
	w := uint16(key>>16) ^ uint16(key)
	for i, c := range b {
		low, high := byte(w), byte(w>>8)
		c = permuteS[permuteR[c+low]+high]
		b[i] = permuteI[c-high] - low
		w++
	}
}
