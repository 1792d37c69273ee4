package mapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
)

// failing is a value that breaks off.
type failing struct {
	*memory
	err error
}

func (f failing) Open(id ID) (Stream, bool) {
	s, ok := f.memory.Open(id)
	if id == idAttachData || id == idBody {
		s.Data = brokenAt{s.Data, 3, f.err}
	}
	return s, ok
}

func (f failing) Message() (Message, error) { return nil, f.err }

type brokenAt struct {
	io.ReaderAt
	at  int64
	err error
}

func (b brokenAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := b.ReaderAt.ReadAt(p, off)
	if off+int64(n) > b.at {
		return int(max(0, b.at-off)), b.err
	}
	return n, err
}

// holder is a message whose attachments are given.
type holder struct {
	*memory
	attachments []Attachment
	err         error
}

func (h holder) Attachments() iter.Seq2[Attachment, error] {
	return func(yield func(Attachment, error) bool) {
		for _, a := range h.attachments {
			if !yield(a, nil) {
				return
			}
		}
		if h.err != nil {
			yield(nil, h.err)
		}
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	damage := fmt.Errorf("block 7: %w", ErrDamaged)
	broken := failing{
		object(properties{idAttachMethod: 1, idAttachName: "a.bin", idAttachData: []byte("abcdef")}),
		damage,
	}
	gone := failing{object(properties{idAttachMethod: methodEmbedded}), damage}
	m := holder{object(properties{idBody: "text"}), []Attachment{broken, gone}, damage}
	var b bytes.Buffer
	info, err := Convert(&b, m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := shape(t, b.String()); got != "mixed/text/plain=text mixed/application/octet-stream=abc mixed/text/plain=[A message was attached here. It could not be read.]" || !info.Damaged || len(info.Warnings) < 2 {
		t.Errorf("got %s, %+v, want what could be read, and warnings", got, info)
	}
	for name, m := range map[string]Message{
		"an attachment's data": holder{
			object(properties{idBody: "text"}),
			[]Attachment{failing{broken.memory, io.ErrNoProgress}},
			nil,
		},
		"a message within": holder{
			object(properties{idBody: "text"}),
			[]Attachment{failing{gone.memory, io.ErrNoProgress}},
			nil,
		},
		"the attachments": holder{object(properties{idBody: "text"}), nil, io.ErrNoProgress},
		"the text":        failing{object(properties{idBody: "text"}), io.ErrNoProgress},
	} {
		if _, err := Convert(io.Discard, m, Options{}); !errors.Is(err, io.ErrNoProgress) {
			t.Errorf("%s: got %v, want the store's error", name, err)
		}
	}
}

func TestShortValueIsDamage(t *testing.T) {
	t.Parallel()
	short := failing{
		object(properties{idAttachMethod: 1, idAttachName: "a.bin", idAttachData: []byte("abcdef")}),
		io.EOF,
	}
	info, err := Convert(io.Discard, holder{object(properties{}), []Attachment{short}, nil}, Options{})
	if err != nil || !info.Damaged {
		t.Errorf("got %+v, %v, want damage", info, err)
	}
}

func TestWriteErrorIsReturned(t *testing.T) {
	t.Parallel()
	m := object(properties{
		idBody: strings.Repeat("text\r\n", 1000),
		idHTML: []byte("<p>x"),
	}).with(file{
		idAttachMethod: 1,
		idAttachData:   make([]byte, 100_000),
	})
	var whole bytes.Buffer
	if _, err := Convert(&whole, m, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 10, 300, 5000, 9000, whole.Len() - 10} {
		if _, err := Convert(&limited{n}, m, Options{}); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("after %d bytes: got %v, want %v", n, err, io.ErrShortWrite)
		}
	}
}

type limited struct{ left int }

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}
