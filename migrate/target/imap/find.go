package imap

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"unpop/migrate"
)

const (
	// findBatch is how many messages are asked for in one FETCH, and held in memory.
	findBatch = 500
	// headerMax is how much of a header field is read. A Message-ID is one line.
	headerMax = 16 << 10
)

var messageIDField = &goimap.FetchItemBodySection{
	Specifier: goimap.PartSpecifierHeader, HeaderFields: []string{"Message-ID"}, Peek: true,
}

// Find lists the messages of the selected mailbox with from <= UID <= to, in ascending order; to 0 means no upper end.
// The session may be used inside the loop, and after it was left early.
func (s *Session) Find(ctx context.Context, from, to migrate.UID, messageIDs bool) iter.Seq2[migrate.Found, error] {
	return func(yield func(migrate.Found, error) bool) {
		set, err := s.search(ctx, from, to)
		for err == nil && len(set) > 0 {
			var batch goimap.UIDSet
			batch, set = cutSet(set, findBatch)
			var found []migrate.Found
			if found, err = s.findBatch(ctx, batch, messageIDs); err != nil {
				break
			}
			for _, f := range found {
				if !yield(f, nil) {
					return
				}
			}
		}
		if err != nil {
			yield(migrate.Found{}, err)
		}
	}
}

// search returns the UIDs that exist. "n:*" means the last message too where it is below n (RFC 9051 section 6.4.8), so the
// range is cut to what was asked for.
func (s *Session) search(ctx context.Context, from, to migrate.UID) (goimap.UIDSet, error) {
	from = max(from, 1)
	if to != 0 && to < from {
		return nil, nil
	}
	var set goimap.UIDSet
	err := s.do(ctx, migrate.Refused, func() error {
		// A server may show what other sessions stored only after a command that lets it (RFC 9051 section 5.2); Dovecot
		// answers SEARCH from before.
		if err := s.client.Noop().Wait(); err != nil {
			return err
		}
		criteria := &goimap.SearchCriteria{UID: []goimap.UIDSet{{{Start: goimap.UID(from), Stop: goimap.UID(to)}}}}
		options := &goimap.SearchOptions{ReturnAll: s.wire.caps.Has(goimap.CapESearch)}
		data, err := s.client.UIDSearch(criteria, options).Wait()
		if err == nil {
			set, _ = data.All.(goimap.UIDSet)
		}
		return err
	})
	return clipSet(set, goimap.UID(from), goimap.UID(to)), err
}

// clipSet cuts a set to from..to; to 0 means no upper end.
func clipSet(set goimap.UIDSet, from, to goimap.UID) goimap.UIDSet {
	if to == 0 {
		to = ^goimap.UID(0)
	}
	var clipped goimap.UIDSet
	for _, r := range set {
		start, stop := min(r.Start, r.Stop), max(r.Start, r.Stop)
		if start, stop = max(start, from), min(stop, to); start <= stop {
			clipped = append(clipped, goimap.UIDRange{Start: start, Stop: stop})
		}
	}
	return clipped
}

// cutSet splits n UIDs off a set.
func cutSet(set goimap.UIDSet, n goimap.UID) (head, rest goimap.UIDSet) {
	for i, r := range set {
		if size := r.Stop - r.Start + 1; size > n || size == 0 { // 0: all of them
			head = append(head[:len(head):len(head)], goimap.UIDRange{Start: r.Start, Stop: r.Start + n - 1})
			rest = append(goimap.UIDSet{{Start: r.Start + n, Stop: r.Stop}}, set[i+1:]...)
			return head, rest
		} else if n -= size; n == 0 {
			return set[:i+1], set[i+1:]
		}
		head = set[:i+1]
	}
	return head, nil
}

// findBatch fetches what a Found needs of some messages.
func (s *Session) findBatch(ctx context.Context, set goimap.UIDSet, messageIDs bool) ([]migrate.Found, error) {
	options := &goimap.FetchOptions{UID: true, RFC822Size: true, Flags: true, InternalDate: true}
	if messageIDs {
		options.BodySection = []*goimap.FetchItemBodySection{messageIDField}
	}
	var found []migrate.Found
	err := s.do(ctx, migrate.Refused, func() error {
		fetch := s.client.Fetch(set, options)
		for msg := fetch.Next(); msg != nil; msg = fetch.Next() {
			f, err := readFound(msg)
			if err != nil {
				return err // fetch is left alone: it would read the broken literal again
			}
			if f.UID != 0 && len(found) < findBatch {
				found = append(found, f)
			}
		}
		return fetch.Close()
	})
	return found, err
}

func readFound(msg *imapclient.FetchMessageData) (f migrate.Found, err error) {
	for item := msg.Next(); item != nil; item = msg.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			f.UID = migrate.UID(item.UID)
		case imapclient.FetchItemDataRFC822Size:
			f.Size = item.Size
		case imapclient.FetchItemDataInternalDate:
			f.Received = item.Time
		case imapclient.FetchItemDataFlags:
			for _, flag := range item.Flags {
				f.Flags = append(f.Flags, string(flag))
			}
		case imapclient.FetchItemDataBodySection:
			if f.MessageID, err = readField(item.Literal); err != nil {
				return f, err
			}
		}
	}
	return f, nil
}

// readField returns the value of a header field, unfolded. go-imap throws away what is not read of the literal.
func readField(literal goimap.LiteralReader) (string, error) {
	if literal == nil {
		return "", nil
	}
	header, err := io.ReadAll(io.LimitReader(literal, headerMax))
	if err == nil && int64(len(header)) < min(literal.Size(), headerMax) {
		err = io.ErrUnexpectedEOF
	}
	name, value, ok := strings.Cut(string(header), ":")
	if !ok || !strings.EqualFold(strings.TrimSpace(name), "Message-ID") {
		return "", err
	}
	return unfold(value), err
}

// unfold joins the lines of the first field (RFC 5322 section 2.2.3).
func unfold(value string) string {
	var joined strings.Builder
	for i, line := range strings.Split(value, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if i > 0 && (line == "" || line[0] != ' ' && line[0] != '\t') {
			break
		}
		joined.WriteString(line)
	}
	return strings.TrimSpace(joined.String())
}

var errNoMessage = errors.New("message: not in the mailbox")
