package memserver

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/emersion/go-imap/v2"

	"unpop/migrate"
)

// stored tells where messages went, in their order.
type stored struct {
	UIDValidity uint32
	UIDs        []imap.UID
}

// Scatter makes the server leave UIDs out between the messages of an APPEND from now on, so that the set in its APPENDUID isn't a mere
// range: as if somebody else had delivered and removed mail in between.
func (s *Server) Scatter(on bool) { s.scatters.Store(on) }

// store stores messages: all of them, or none. Nobody who asks for a mailbox's state finds some of them.
func (u *user) store(mailbox string, messages []message) (s stored, err error) {
	u.whole.Lock()
	defer u.whole.Unlock()
	size := int64(0)
	for _, m := range messages {
		size += int64(len(m.content))
	}
	if err := u.admit(mailbox, size); err != nil {
		return s, err
	}
	u.mu.Lock()
	u.used += size
	u.mu.Unlock()
	for i, m := range messages {
		if i > 0 && u.server.scatters.Load() {
			u.scatter(mailbox)
		}
		data, err := u.Append(mailbox, literal(m.content), &m.options)
		if err != nil {
			return s, err
		}
		s.UIDValidity, s.UIDs = data.UIDValidity, append(s.UIDs, data.UID)
	}
	return s, nil
}

// scatter uses a UID up.
func (u *user) scatter(mailbox string) {
	if data, err := u.Append(mailbox, literal(nil), &imap.AppendOptions{}); err == nil {
		_ = (&Account{u}).with(mailbox, migrate.UID(data.UID), expunge)
	}
}

// literal makes content readable as an APPEND's message.
func literal(content []byte) imap.LiteralReader { return bytes.NewReader(content) }

// uidSet writes UIDs in their order (RFC 4315 section 4, uid-set).
func uidSet(uids []imap.UID) string {
	var set []string
	for i := 0; i < len(uids); {
		end := i
		for end+1 < len(uids) && uids[end+1] == uids[end]+1 {
			end++
		}
		one := fmt.Sprint(uids[i])
		if end > i {
			one += fmt.Sprintf(":%d", uids[end])
		}
		set, i = append(set, one), end+1
	}
	return strings.Join(set, ",")
}
