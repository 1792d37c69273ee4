package msg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"unpop/migrate/mapi"
	"unpop/migrate/mapi/cfb"
)

// Names of streams and storages ([MS-OXMSG] section 2).
const (
	propertyStream = "__properties_version1.0"
	valuePrefix    = "__substg1.0_"
	recipPrefix    = "__recip_version1.0_#"
	attachPrefix   = "__attach_version1.0_#"
	nameStorage    = "__nameid_version1.0"
)

// How many bytes come before the properties in a property stream ([MS-OXMSG] section 2.4.1).
const (
	headOfFile     = 32
	headOfEmbedded = 24
	headOfOthers   = 8
)

const (
	idAttachData mapi.ID = 0x3701
	maxProperty          = 64 << 10 // of a value that Get gives
	maxStream            = 4 << 20  // of a property stream, or one of the map of names
	maxMany              = 1 << 16  // values of one property
)

// object is a storage with properties: a message, a recipient, an attachment.
type object struct {
	names   mapi.NameMap
	fixed   map[mapi.ID]mapi.Value // of numbers and times
	streams map[mapi.ID]value
	below   []cfb.Storage
}

// value is a string, a binary or several of anything.
type value struct {
	typ    mapi.Type
	stream cfb.Stream
	many   map[int]cfb.Stream // the values of several strings or binaries
}

// readObject reads what is in a storage; head is how many bytes come before the properties.
func readObject(s cfb.Storage, head int, names mapi.NameMap) (*object, error) {
	o := &object{names: names, fixed: map[mapi.ID]mapi.Value{}, streams: map[mapi.ID]value{}}
	streams, below := s.List()
	o.below = below
	found := false
	for _, stream := range streams {
		if stream.Name == propertyStream {
			found = true
			data, err := whole(stream, maxStream)
			if err != nil {
				return nil, mapi.Damage(err)
			}
			o.addFixed(data[min(head, len(data)):])
		}
		o.addStream(stream)
	}
	if !found {
		return nil, fmt.Errorf("%w: no properties", mapi.ErrDamaged)
	}
	return o, nil
}

// whole reads a stream of at most limit bytes.
func whole(s cfb.Stream, limit int64) ([]byte, error) {
	if s.Size > limit {
		return nil, fmt.Errorf("stream %q has %d bytes", s.Name, s.Size)
	}
	r, err := s.Open()
	if err != nil {
		return nil, err
	}
	data := make([]byte, s.Size)
	n, err := r.ReadAt(data, 0)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return data[:n], err
}

// sizes are those of values that are in the property stream itself.
var sizes = map[mapi.Type]int{
	mapi.TypeInt16: 2, mapi.TypeInt32: 4, mapi.TypeFloat32: 4, mapi.TypeFloat64: 8, mapi.TypeCurrency: 8, mapi.TypeAppTime: 8, mapi.TypeError: 4,
	mapi.TypeBool: 1, mapi.TypeInt64: 8, mapi.TypeTime: 8,
}

// addFixed takes the numbers and times of a property stream, 16 bytes each: type, id, flags, value.
func (o *object) addFixed(data []byte) {
	for ; len(data) >= 16; data = data[16:] {
		typ, id := mapi.Type(binary.LittleEndian.Uint16(data)), mapi.ID(binary.LittleEndian.Uint16(data[2:]))
		if size := sizes[typ]; size > 0 {
			o.fixed[id] = mapi.Value{Type: typ, Data: data[8 : 8+size]}
		}
	}
}

// addStream takes a stream that is named for a property: "__substg1.0_0037001F", or "…101F-00000002" for one of several values.
func (o *object) addStream(s cfb.Stream) {
	tag, index, many := strings.Cut(strings.TrimPrefix(s.Name, valuePrefix), "-")
	n, err := strconv.ParseUint(tag, 16, 32)
	if err != nil || len(tag) != 8 || !strings.HasPrefix(s.Name, valuePrefix) {
		return
	}
	id := mapi.ID(n >> 16)
	v := o.streams[id]
	v.typ = mapi.Type(n & 0xFFFF)
	if !many {
		v.stream = s
	} else if i, err := strconv.ParseUint(index, 16, 16); err == nil {
		if v.many == nil {
			v.many = map[int]cfb.Stream{}
		}
		v.many[int(i)] = s
	}
	o.streams[id] = v
}

// Get implements [mapi.Object].
func (o *object) Get(id mapi.ID) (mapi.Value, bool) {
	if v, ok := o.fixed[id]; ok {
		return v, true
	}
	v, ok := o.streams[id]
	if !ok {
		return mapi.Value{}, false
	}
	data, err := v.read()
	return mapi.Value{Type: v.typ, Data: data}, err == nil
}

// read returns a value whole.
func (v value) read() ([]byte, error) {
	switch v.typ {
	case mapi.TypeMulti | mapi.TypeString, mapi.TypeMulti | mapi.TypeString8, mapi.TypeMulti | mapi.TypeBinary:
		return v.several()
	}
	return whole(v.stream, maxProperty)
}

// several puts the values of a property together as a PST has them ([MS-PST] section 2.3.3.4.2).
func (v value) several() ([]byte, error) {
	n := 0
	for n < maxMany && v.many[n].Name != "" {
		n++
	}
	head, data := binary.LittleEndian.AppendUint32(nil, uint32(n)), []byte(nil)
	for i := range n {
		one, err := whole(v.many[i], maxProperty)
		if err != nil {
			return nil, err
		}
		head = binary.LittleEndian.AppendUint32(head, uint32(4+4*n+len(data)))
		if data = append(data, one...); len(data) > maxStream {
			return nil, fmt.Errorf("property of more than %d bytes", maxStream)
		}
	}
	return append(head, data...), nil
}

// Open implements [mapi.Object].
func (o *object) Open(id mapi.ID) (mapi.Stream, bool) {
	v, ok := o.streams[id]
	if !ok || v.typ&mapi.TypeMulti != 0 {
		return mapi.Stream{}, false
	}
	r, err := v.stream.Open()
	return mapi.Stream{Type: v.typ, Size: v.stream.Size, Data: mapi.DamageReader(r, err)}, true
}

// Named implements [mapi.Object].
func (o *object) Named(name mapi.Name) (mapi.ID, bool) { return o.names.Named(name) }

// inside lists the storages whose names begin with a prefix, in the order of the numbers that follow.
func (o *object) inside(prefix string) []cfb.Storage {
	var list []cfb.Storage
	for _, s := range o.below {
		if strings.HasPrefix(s.Name, prefix) {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b cfb.Storage) int { return strings.Compare(strings.ToUpper(a.Name), strings.ToUpper(b.Name)) })
	return list
}

// item is a message, of any class, or one that lies in another.
type item struct{ *object }

// openItem reads the message in a file.
func openItem(f *cfb.File) (*item, error) {
	root := f.Root()
	_, storages := root.List()
	var names mapi.NameMap
	for _, s := range storages {
		if s.Name == nameStorage {
			names = readNames(s)
		}
	}
	o, err := readObject(root, headOfFile, names)
	if err != nil {
		return nil, err
	}
	return &item{o}, nil
}

// readNames reads the map of names. What of it is damaged is left out.
func readNames(s cfb.Storage) mapi.NameMap {
	streams, _ := s.List()
	data := map[string][]byte{}
	for _, stream := range streams {
		data[stream.Name], _ = whole(stream, maxStream)
	}
	return mapi.NewNameMap(data[valuePrefix+"00020102"], data[valuePrefix+"00030102"], data[valuePrefix+"00040102"])
}

// Recipients implements [mapi.Message].
func (m *item) Recipients() iter.Seq2[mapi.Object, error] {
	return func(yield func(mapi.Object, error) bool) {
		for _, s := range m.inside(recipPrefix) {
			o, err := readObject(s, headOfOthers, m.names)
			if err == nil && !yield(o, nil) {
				return
			}
		}
	}
}

// Attachments implements [mapi.Message].
func (m *item) Attachments() iter.Seq2[mapi.Attachment, error] {
	return func(yield func(mapi.Attachment, error) bool) {
		for _, s := range m.inside(attachPrefix) {
			o, err := readObject(s, headOfOthers, m.names)
			if err != nil {
				if !yield(nil, err) {
					return
				}
			} else if !yield(&attachment{o}, nil) {
				return
			}
		}
	}
}

// attachment is an attachment of a message.
type attachment struct{ *object }

// methodOLE is the value of PidTagAttachMethod of an OLE object, whose storage is one in the file.
const (
	idAttachMethod mapi.ID = 0x3705
	methodOLE      int     = 6
)

// Open implements [mapi.Object]. What an OLE object is becomes a compound file of its own.
func (a *attachment) Open(id mapi.ID) (mapi.Stream, bool) {
	s, ok := a.storage()
	if id != idAttachData || !ok || mapi.Int(a.object, idAttachMethod) != methodOLE {
		return a.object.Open(id)
	}
	data, err := s.Pack()
	size := max(int64(len(data)), 1) // so that the error is met
	return mapi.Stream{Type: mapi.TypeObject, Size: size, Data: mapi.DamageReader(bytes.NewReader(data), err)}, true
}

// storage is the storage in which the data of an attachment are, if they aren't a stream.
func (a *attachment) storage() (cfb.Storage, bool) {
	name := fmt.Sprintf("%s%04X%04X", valuePrefix, uint16(idAttachData), uint16(mapi.TypeObject))
	i := slices.IndexFunc(a.below, func(s cfb.Storage) bool { return strings.EqualFold(s.Name, name) })
	if i < 0 {
		return cfb.Storage{}, false
	}
	return a.below[i], true
}

// Message implements [mapi.Attachment].
func (a *attachment) Message() (mapi.Message, error) {
	s, ok := a.storage()
	if !ok {
		return nil, fmt.Errorf("%w: no embedded message", mapi.ErrDamaged)
	}
	o, err := readObject(s, headOfEmbedded, a.names)
	if err != nil {
		return nil, err
	}
	return &item{o}, nil
}
