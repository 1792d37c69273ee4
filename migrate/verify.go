package migrate

import (
	"context"
	"errors"
	"strings"
	"time"

	"unpop/state"
)

// VerifyOptions say how thoroughly to look.
type VerifyOptions struct {
	// Deep fetches every message and compares its bytes, over several connections.
	Deep bool
	// Repair sends again what is missing, from the sources; it must be among the inputs.
	Repair bool
}

// Verification is what the target was found to hold of what the ledger says it does.
type Verification struct {
	VerifyCounts
	Mailboxes []VerifiedMailbox // in which something is not as it was sent
	// OnlyInbox says that INBOX alone lost messages: a mail client somewhere still downloads and deletes (POP3).
	OnlyInbox bool
	Repaired  int64 // were missing and are there again; not among the missing ones
	Sent      int64 // of them by APPEND; the others were found under another UID
}

// VerifyCounts count messages.
type VerifyCounts struct {
	Verified int64 // there
	Missing  int64 // not there
	// Altered are there with another size, or other bytes of the same content, or bytes that can't be compared: some
	// servers change odd bytes.
	Altered   int64
	Different int64 // there is another message in its place; only a deep look tells
	// FlagsDiffer are there with other flags than those that were set: since then the user worked with them.
	FlagsDiffer int64
}

func (c *VerifyCounts) add(o VerifyCounts) {
	c.Verified += o.Verified
	c.Missing += o.Missing
	c.Altered += o.Altered
	c.Different += o.Different
	c.FlagsDiffer += o.FlagsDiffer
}

// VerifiedMailbox is what one mailbox was found to hold.
type VerifiedMailbox struct {
	Name string
	VerifyCounts
}

// Verify asks the target for every message that the ledger says it holds, by UID.
func (m *Migration) Verify(ctx context.Context, opts VerifyOptions) (Verification, error) {
	if err := m.begin(ctx); err != nil {
		return Verification{}, err
	}
	v, err := m.checkAll(ctx, opts.Deep)
	if err == nil && v.Different == 0 {
		err = m.account.SetVerified(ctx, m.run, kindPOP3, time.Now())
	}
	if err != nil || !opts.Repair || v.Missing == 0 {
		return v, err
	}
	return m.repair(ctx, v)
}

func (m *Migration) checkAll(ctx context.Context, deep bool) (Verification, error) {
	loads, err := m.account.Loads(ctx, state.Done)
	if err != nil {
		return Verification{}, err
	}
	var messages, bytes int64
	for _, l := range loads {
		messages += l.Messages
		bytes += l.Bytes
	}
	if !deep {
		bytes = 0
	}
	m.p.Begin(StepVerify, messages, bytes)
	if len(loads) == 0 {
		return Verification{}, nil
	}
	c := newCheck(m, deep, loads)
	err = c.run(ctx)
	return c.result(), err
}

// result sums up the mailboxes.
func (c *check) result() Verification {
	var v Verification
	inbox := int64(0)
	for _, l := range c.loads {
		n := *c.counts[l.Mailbox.ID]
		v.add(n)
		if n.Missing+n.Altered+n.Different+n.FlagsDiffer > 0 {
			v.Mailboxes = append(v.Mailboxes, VerifiedMailbox{l.Mailbox.Name, n})
		}
		if strings.EqualFold(l.Mailbox.Name, "INBOX") {
			inbox = n.Missing
		}
	}
	v.OnlyInbox = inbox >= 2 && inbox == v.Missing
	return v
}

// lookUp returns what the selected mailbox holds under the UIDs of some messages, sorted by UIDVALIDITY and UID. Others may
// lie between them.
func lookUp(ctx context.Context, finder Finder, box Mailbox, messages []state.Message, messageIDs bool) (map[UID]Found, error) {
	asked := map[UID]bool{}
	var first, last UID
	for _, msg := range messages {
		if msg.UIDValidity != box.UIDValidity {
			continue
		}
		if uid := UID(msg.UID); len(asked) == 0 || uid < first {
			first = uid
		}
		last = max(last, UID(msg.UID))
		asked[UID(msg.UID)] = true
	}
	there := make(map[UID]Found, len(asked))
	if len(asked) == 0 {
		return there, nil
	}
	for found, err := range finder.Find(ctx, first, last, messageIDs) {
		if err != nil {
			return nil, err
		}
		if asked[found.UID] {
			there[found.UID] = found
		}
	}
	return there, nil
}

var errNoFinder = errors.New("target: can't be searched")
