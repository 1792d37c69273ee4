package rtf

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// ErrChecksum says that compressed RTF isn't what its checksum says. All that could be read was read.
var ErrChecksum = errors.New("compressed RTF: checksum mismatch")

// initialText is what the dictionary holds at the start ([MS-OXRTFCP] section 2.1.2.1).
const initialText = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes` +
	` New RomanCourier{\colortbl\red0\green0\blue0` + "\r\n" + `\par \pard\plain\f0\fs20\b\i\u\tab\tx`

// ErrFormat says that data isn't compressed RTF.
var ErrFormat = errors.New("compressed RTF")

const (
	dictionarySize  = 4096
	headerSize      = 16
	typeCompressed  = 0x75465A4C // "LZFu"
	typeRaw         = 0x414C454D // "MELA"
	headerAfterSize = 12         // of the header's bytes those that its size field counts
)

// A Decompressor reads compressed RTF.
type Decompressor struct {
	in    *bufio.Reader
	left  int64 // of the contents
	raw   int64 // bytes that are still to come out
	plain bool  // MELA: not compressed
	check bool
	want  uint32
	crc   uint32
	dict  [dictionarySize]byte
	at    int // where the dictionary is written next
	out   []byte
	store [8 * 17]byte
	err   error
}

// NewDecompressor reads the header of a PidTagRtfCompressed value. It fails with io.ErrUnexpectedEOF where this is
// cut off, and with [ErrFormat].
func NewDecompressor(r io.Reader) (*Decompressor, error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("compressed RTF: header: %w", err)
	}
	size, raw := binary.LittleEndian.Uint32(header[0:]), binary.LittleEndian.Uint32(header[4:])
	d := &Decompressor{left: int64(size) - headerAfterSize, raw: int64(raw), want: binary.LittleEndian.Uint32(header[12:])}
	switch kind := binary.LittleEndian.Uint32(header[8:]); kind {
	case typeCompressed:
		d.check = true
		d.at = copy(d.dict[:], initialText)
	case typeRaw:
		d.plain = true
		d.left = d.raw // writers disagree on whether the size field counts the header
	default:
		return nil, fmt.Errorf("%w: unknown type %08x", ErrFormat, kind)
	}
	if d.left < 0 {
		return nil, fmt.Errorf("%w: size %d is too small", ErrFormat, size)
	}
	d.in = bufio.NewReader(r)
	return d, nil
}

// Read implements io.Reader. After the last byte it returns io.EOF, [ErrChecksum], or io.ErrUnexpectedEOF where the input
// is shorter than it says.
func (d *Decompressor) Read(p []byte) (int, error) {
	for len(d.out) == 0 && d.err == nil {
		if d.plain {
			d.copyRaw()
		} else {
			d.run()
		}
	}
	if len(d.out) == 0 {
		return 0, d.err
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

func (d *Decompressor) copyRaw() {
	n, err := d.in.Read(d.store[:min(int64(len(d.store)), d.left)])
	d.out, d.left = d.store[:n], d.left-int64(n)
	switch {
	case d.left == 0:
		d.err = io.EOF
	case errors.Is(err, io.EOF):
		d.err = io.ErrUnexpectedEOF
	default:
		d.err = err
	}
}

// run decodes one control byte with its eight tokens ([MS-OXRTFCP] section 2.2.3).
func (d *Decompressor) run() {
	d.out = d.store[:0]
	control, ok := d.next()
	for range 8 {
		if !ok || d.raw == 0 {
			d.finish()
			return
		}
		if control&1 == 0 {
			ok = d.literal()
		} else {
			ok = d.reference()
		}
		control >>= 1
	}
}

func (d *Decompressor) literal() bool {
	c, ok := d.next()
	if ok {
		d.emit(c)
	}
	return ok
}

// reference copies from the dictionary; it says false at the end mark, which refers to where the next byte goes.
func (d *Decompressor) reference() bool {
	high, _ := d.next()
	low, ok := d.next()
	if !ok {
		return false
	}
	token := int(high)<<8 | int(low)
	from, length := token>>4, token&0xF+2
	if from == d.at {
		return false
	}
	for i := range length {
		d.emit(d.dict[(from+i)%dictionarySize])
	}
	return true
}

func (d *Decompressor) emit(c byte) {
	if d.raw == 0 {
		return
	}
	d.raw--
	d.dict[d.at] = c
	d.at = (d.at + 1) % dictionarySize
	d.out = append(d.out, c)
}

// next takes a byte of the contents.
func (d *Decompressor) next() (byte, bool) {
	if d.left == 0 {
		return 0, false
	}
	c, err := d.in.ReadByte()
	if err != nil {
		d.fail(err)
		return 0, false
	}
	d.left--
	d.crc = addCRC(d.crc, c)
	return c, true
}

func (d *Decompressor) fail(err error) {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if d.err == nil {
		d.err = err
	}
}

// finish reads what follows the end mark, which the checksum counts too.
func (d *Decompressor) finish() {
	for d.err == nil && d.left > 0 {
		d.next()
	}
	switch {
	case d.err != nil:
	case d.check && d.crc != d.want:
		d.err = ErrChecksum
	default:
		d.err = io.EOF
	}
}

// addCRC is CRC-32 without the inversions at both ends ([MS-OXRTFCP] section 2.1.3.2).
func addCRC(crc uint32, c byte) uint32 { return crc32.IEEETable[byte(crc)^c] ^ crc>>8 }
