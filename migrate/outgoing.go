package migrate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
	"time"

	"unpop/dedupe"
	"unpop/migrate/mend"
	"unpop/state"
)

// outgoing makes of a planned message what the target appends. dropped counts the keywords that the mailbox does not keep.
func (m *Migration) outgoing(ctx context.Context, msg state.Message, box Mailbox) (out Outgoing, dropped int64) {
	flags := Flags(msg.Flags).Names()
	for _, k := range msg.Keywords {
		if box.keeps(k) {
			flags = append(flags, k)
		} else {
			dropped++
		}
	}
	flags = slices.DeleteFunc(flags, func(f string) bool { return strings.HasPrefix(f, `\`) && !box.keeps(f) })
	_, size := msg.OnTarget()
	return Outgoing{
		Size: size, Flags: flags, Received: time.Unix(msg.Date, 0).UTC(), Ask: msg.Tries > 0,
		Open: func() (io.ReadCloser, error) { return m.openSent(ctx, msg) },
	}, dropped
}

// keeps reports whether the mailbox keeps a flag or keyword. A server that takes any keyword takes the system flags too, though
// some list only those that a message of the mailbox has.
func (b Mailbox) keeps(flag string) bool {
	return b.AnyKeyword || slices.ContainsFunc(b.Permanent, func(p string) bool { return strings.EqualFold(p, flag) })
}

// openExact returns the clean bytes of the message's best copy, and fails before the last of them where they are not those that
// were scanned: an incomplete literal is never stored. The checksum is enough for that, where it is known: what happens to a store
// between two readings is no attack, and who could make one of it could write mail as well.
func (m *Migration) openExact(ctx context.Context, msg state.Message) (io.ReadCloser, error) {
	clean, err := m.open(ctx, msg.Source, msg.Part, msg.Ref)
	if err != nil {
		return nil, err
	}
	r := &exactReader{from: clean, hash: sha256.New(), left: msg.Size, want: msg.Exact}
	if len(msg.Sum) > 0 {
		r.hash, r.want = dedupe.NewSum(), msg.Sum
	}
	return r, nil
}

// openSent returns the bytes that go to the target: those of openExact, or mended ones.
func (m *Migration) openSent(ctx context.Context, msg state.Message) (io.ReadCloser, error) {
	if msg.Repair == 0 {
		return m.openExact(ctx, msg)
	}
	clean, err := m.open(ctx, msg.Source, msg.Part, msg.Ref)
	if err != nil {
		return nil, err
	}
	mended := cleanCloser{mend.Reader(clean, mend.Step(msg.Repair)), clean}
	return &exactReader{from: mended, hash: sha256.New(), left: msg.SentSize, want: msg.Sent}, nil
}

// heldBack is how much of a message is read ahead of its digest's proof. Most messages are shorter, so that nothing at all is
// sent of one that changed.
const heldBack = 256 << 10

// exactReader gives exactly left bytes of the wanted digest or checksum, or an error before the last of them.
type exactReader struct {
	from io.ReadCloser
	hash hash.Hash
	left int64
	want []byte
	tail *bytes.Reader // the last bytes, once the digest was proven
	room []byte        // where they lie; nil once it was given back
}

func (r *exactReader) Read(p []byte) (int, error) {
	if r.tail != nil {
		return r.tail.Read(p)
	}
	if r.left <= heldBack {
		if err := r.prove(); err != nil {
			return 0, err
		}
		return r.tail.Read(p)
	}
	p = p[:min(int64(len(p)), r.left-heldBack)]
	n, err := r.from.Read(p)
	r.hash.Write(p[:n])
	r.left -= int64(n)
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: message is shorter than it was", ErrChanged)
	}
	return n, err
}

// prove reads the rest and compares the digest.
func (r *exactReader) prove() error {
	rest := takeRoom(int(r.left) + 1) // one more, to notice a message that grew
	r.room = rest
	n, err := io.ReadFull(r.from, rest)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	r.hash.Write(rest[:n])
	if int64(n) != r.left || !bytes.Equal(r.hash.Sum(nil), r.want) {
		return fmt.Errorf("%w: message has other bytes", ErrChanged)
	}
	r.tail = bytes.NewReader(rest[:n])
	return nil
}

// Close closes the source.
func (r *exactReader) Close() error {
	r.leave()
	return r.from.Close()
}

// leave gives the memory back. Nothing can be read afterwards.
func (r *exactReader) leave() {
	if r.room != nil {
		giveRoom(r.room)
		r.room, r.tail = nil, bytes.NewReader(nil)
	}
}
