package dedupe

import (
	"crypto/sha256"
	"hash"
	"hash/crc32"
	"io"
)

// Identity is what one pass over a clean message tells about it.
type Identity struct {
	Header
	Exact Digest // of all clean bytes
	Sum   uint32 // of the same, as NewSum makes it
	Size  int64  // clean bytes
	Key   Key    // by the Message-ID, else by Date, From, To and Subject, else by Exact
	HasID bool   // Key was made from a Message-ID
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// NewSum returns a CRC-32C (RFC 3720 section 12.1). It tells whether a message that is read again still has its bytes, at a tenth of what
// a digest costs. It is no proof that two messages are one.
func NewSum() hash.Hash32 { return crc32.New(castagnoli) }

// digestSize is how much is digested at a time: the digest is fastest where the bytes are still in the cache.
const digestSize = 32 << 10

// Identify reads a clean message to its end, in constant memory. The only error is a read error.
func Identify(clean io.Reader) (Identity, error) {
	mem := buffers.Get().(*[bufSize]byte)
	defer buffers.Put(mem)
	buf := mem[:digestSize]
	var fields headerFields
	scan := fieldScanner{each: fields.take}
	sum := sha256.New()
	var id Identity
	for {
		n, err := readFull(clean, buf)
		sum.Write(buf[:n])
		id.Sum = crc32.Update(id.Sum, castagnoli, buf[:n])
		if id.Size == 0 {
			scan.done = !endsLF.hasHeader(buf[:n])
		}
		scan.feed(buf[:n])
		id.Size += int64(n)
		if err == io.EOF {
			break
		}
		if err != nil {
			return Identity{}, err
		}
	}
	scan.flush()
	fields.finish()
	sum.Sum(id.Exact[:0])
	id.Header = fields.Header
	id.Key, id.HasID = fields.key(id.Exact)
	return id, nil
}

// readFull reads until buf is full or an error comes. Unlike io.ReadFull it passes the reader's error on as it is, so
// that a source which breaks off is not taken for the end.
func readFull(r io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var got int
		got, err = readSome(r, buf[n:])
		n += got
	}
	return n, err
}

// readSome reads once, and again for a reader that gives nothing and no error.
func readSome(r io.Reader, buf []byte) (int, error) {
	for range 100 {
		if n, err := r.Read(buf); n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}
