package migrate

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"
)

// UID is a unique identifier of a message in a mailbox (RFC 9051 section 2.3.1.1).
type UID uint32

// A Target is the account that mail is brought to. Dial may be called by several goroutines at once.
type Target interface {
	// Dial opens an authenticated session. Errors are of type [*TargetError] where the server gave the reason.
	Dial(ctx context.Context) (Session, error)
}

// A Warmer is a [Target] that can sign in ahead of need.
type Warmer interface {
	// Warm begins to open sessions, so that n wait for Dial beside those in use, and returns at once. A target that keeps no
	// sessions does nothing. What goes wrong shows at Dial.
	Warm(ctx context.Context, n int)
}

// A Session is one connection. It belongs to one goroutine at a time. Every method obeys its context and has a
// deadline on each network wait; after a [*TargetError] of kind [Broken] the session can only be closed.
type Session interface {
	// Select opens a mailbox for writing. [ErrNoMailbox] says that there is none of that name.
	Select(ctx context.Context, mailbox string) (Mailbox, error)
	// Append stores messages in the selected mailbox, and calls settle once for each message whose fate is known, as soon as
	// it is; i counts from 0, in the order in which they are drawn, which is that of the mailbox as far as nothing is
	// refused. It draws from another goroutine than it settles from, and some ahead of what is answered. A nil error says
	// that all were drawn and settled. After an error, those drawn and not settled are in doubt; nothing else was sent.
	Append(ctx context.Context, messages iter.Seq[Outgoing], settle func(i int, r Receipt)) error
	// Close logs out, briefly, and closes the connection.
	Close() error
}

// Mailbox is what a server says of a mailbox when it is selected.
type Mailbox struct {
	UIDValidity uint32
	// UIDNext is not above the UID of any message that will be stored from now on.
	UIDNext  UID
	Messages uint32
	// Permanent are the flags and keywords that the server keeps (PERMANENTFLAGS, RFC 9051 section 7.1);
	// AnyKeyword says that new keywords may be made (\*).
	Permanent  []string
	AnyKeyword bool
}

// Outgoing is a message on its way to the target.
type Outgoing struct {
	// Size is the exact number of bytes that Open gives.
	Size  int64
	Flags []string // system flags and keywords, those the mailbox keeps
	// Ask says that the server should be asked before the bytes are sent, where that is a choice: it may refuse a message by
	// ending the connection.
	Ask      bool
	Received time.Time
	// Open gives the clean bytes. An error from it or from the reader, before the last byte was handed over, must keep
	// the message from being stored: the appender sends no command, or breaks the connection within the literal. It may be
	// called again.
	Open func() (io.ReadCloser, error)
}

// Receipt is the known fate of an [Outgoing].
type Receipt struct {
	// UIDValidity and UID name the stored message. UID 0 says that it was stored and that the server didn't say where
	// (no UIDPLUS, RFC 4315).
	UIDValidity uint32
	UID         UID
	// Err is nil for a stored message. A [*TargetError] says why it was not stored, [ErrUnsent] that it was drawn and the
	// end came before its turn, any other error that its bytes could not be read.
	Err error
	// Slow says that the server asked for slower work with its answer.
	Slow bool
}

// ErrUnsent says of a message that nothing of it was sent.
var ErrUnsent = errors.New("message was not sent")

// Found is a message that a mailbox holds.
type Found struct {
	UID       UID
	Size      int64 // RFC822.SIZE
	Flags     []string
	Received  time.Time // INTERNALDATE
	MessageID string    // the raw value of the header field, unfolded; empty if there is none or it was not asked for
}

// A Finder is a [Session] that can look into the selected mailbox. A target without it can't settle doubts.
type Finder interface {
	// Find lists the messages with from <= UID <= to; to 0 means no upper end.
	Find(ctx context.Context, from, to UID, messageIDs bool) iter.Seq2[Found, error]
	// Fetch returns the bytes of a message, without setting \Seen. The reader must be read or closed before
	// the session is used again.
	Fetch(ctx context.Context, uid UID) (io.ReadCloser, error)
}

// A Lister is a [Session] that looks up many messages of the selected mailbox without waiting for each answer.
type Lister interface {
	// List takes pages of ascending UIDs and yields one answer for each, in the same order: those messages that the mailbox holds, by
	// UID, with size and flags and nothing else. Several pages are taken before the first answer is given; a page may be empty. The
	// session may not be used inside the loop.
	List(ctx context.Context, pages iter.Seq[[]UID]) iter.Seq2[[]Found, error]
}

// Fetched is a message whose bytes are on their way. Body holds until the next one is asked for; it need not be read to its end.
type Fetched struct {
	UID  UID
	Body io.Reader
}

// A Fetcher is a [Session] that fetches many messages of the selected mailbox without waiting for each.
type Fetcher interface {
	// FetchAll yields the messages of those UIDs, without setting \Seen, each at most once and in the order that the server likes. One
	// that isn't there is left out. The session may not be used inside the loop, and who leaves it early waits for the rest of
	// some dozen messages.
	FetchAll(ctx context.Context, uids []UID) iter.Seq2[Fetched, error]
}

// A Peeker is a [Session] that can look at mailboxes without selecting them.
type Peeker interface {
	// UIDValidities tells those of the mailboxes that are there, in about one round trip (STATUS, RFC 9051 section 6.3.11). What it
	// doesn't name may be there all the same: the server may not want to tell. No mailbox may be taken for selected afterwards.
	UIDValidities(ctx context.Context, mailboxes []string) (map[string]uint32, error)
}

// A Remover is a [Session] that can delete messages of the selected mailbox for good, these and no others
// (UID STORE +FLAGS \Deleted and UID EXPUNGE, RFC 4315 section 2.1). It fails with [errors.ErrUnsupported] where the
// server can't confine EXPUNGE to UIDs.
type Remover interface {
	Remove(ctx context.Context, uids []UID) error
}

// Standing is what a mailbox tells of itself without being selected.
type Standing struct {
	UIDValidity uint32
	UIDNext     UID
	Messages    uint32
	// ModSeq grows with every change of the mailbox (HIGHESTMODSEQ, RFC 7162 section 3.1.2.1); 0: the server doesn't count.
	ModSeq uint64
}

// An Indexer is a [Session] that can take stock of an account.
type Indexer interface {
	// Standings tells how those of the mailboxes stand that are there, in about one round trip (STATUS). What it doesn't name may
	// be there all the same. The selected mailbox stays selected, unless it is one of
	// them.
	Standings(ctx context.Context, mailboxes []string) (map[string]Standing, error)
	// Index lists the messages of the selected mailbox with from <= UID <= to, in any order, with all that Found has. It asks ahead, so
	// that a long line is never idle. With since, those that didn't change after that ModSeq may be left out. The session may not be
	// used inside the loop.
	Index(ctx context.Context, from, to UID, since uint64) iter.Seq2[Found, error]
}

// Arrival tells where messages went.
type Arrival struct {
	UIDValidity uint32
	UIDs        map[UID]UID // old to new; what is missing here was not there, or the server didn't say
}

// A Mover is a [Session] that can move messages of the selected mailbox to another one, these and no others (UID MOVE, RFC 6851; or UID COPY,
// \Deleted and UID EXPUNGE, RFC 4315). Flags and date stay. It fails with [errors.ErrUnsupported], also for no messages at all,
// where the server can do neither. After any other error but one of kind [Refused] it is not known what was moved; after that, nothing was.
type Mover interface {
	Move(ctx context.Context, uids []UID, to string) (Arrival, error)
	// Copy is Move that leaves the messages where they are.
	Copy(ctx context.Context, uids []UID, to string) (Arrival, error)
}

// A Flagger is a [Session] that can give flags and keywords to messages of the selected mailbox, and take them away again. The other
// flags stay, and UIDs that aren't there are passed over.
type Flagger interface {
	AddFlags(ctx context.Context, uids []UID, flags []string) error
	RemoveFlags(ctx context.Context, uids []UID, flags []string) error
}

// An Arranger is a [Session] that knows the mailboxes and makes new ones.
type Arranger interface {
	// Mailboxes lists all that can be selected, with their roles.
	Mailboxes(ctx context.Context) ([]MailboxInfo, error)
	// Create makes a mailbox and subscribes it; an existing one is no error. It reports whether it made it.
	Create(ctx context.Context, name string, role Role) (bool, error)
	// Survey tells what the account allows.
	Survey(ctx context.Context) (Survey, error)
}

// A Deleter is a [Session] that can delete mailboxes. No mailbox may be selected by the caller afterwards without
// selecting it anew.
type Deleter interface {
	// Delete deletes a mailbox that holds nothing, and unsubscribes it. It fails with [ErrNotEmpty] where there are messages
	// in it or mailboxes below it, and with [ErrNoMailbox] where there is none of that name.
	Delete(ctx context.Context, name string) error
}

// ErrNotEmpty says that a mailbox to delete holds messages or other mailboxes.
var ErrNotEmpty = errors.New("mailbox is not empty")

// A Prober is a [Session] that can tell whether the server would take a mailbox name, without making one.
type Prober interface {
	Allows(ctx context.Context, name string) (bool, error)
}

// MailboxInfo is one line of the server's LIST.
type MailboxInfo struct {
	Name string // decoded, with the server's delimiter
	Role Role   // by SPECIAL-USE (RFC 6154), or [RoleInbox]; names are not judged here
	// Childless says that there can be no mailbox below it (\Noinferiors, RFC 9051 section 7.3.1).
	Childless bool
	// Virtual says that it shows messages of other mailboxes (\All, \Flagged, \Important; RFC 6154, RFC 8457).
	Virtual bool
	// Foreign says that it belongs to another user or to all (RFC 2342).
	Foreign bool
}

// Survey tells what an account allows, as far as the server says.
type Survey struct {
	Server     string // what the server calls itself (ID, RFC 2971), or its greeting; for the report
	Delimiter  rune   // between names; 0 for a flat account
	Prefix     string // of the personal namespace, with its delimiter ("INBOX."), RFC 2342
	AppendMax  int64  // APPENDLIMIT (RFC 7889) in bytes; 0 unknown
	HasQuota   bool   // the next two mean something
	QuotaUsed  int64  // bytes, RFC 9208 STORAGE
	QuotaLimit int64  // bytes
	// Connections is how many sessions at once this kind of server is known to allow; 0 unknown.
	Connections int
	// DailyBytes is how much this kind of server is known to take in a day, and DailySource who says so; 0 unknown.
	DailyBytes  int64
	DailySource string
	// Labels says that mailboxes are labels: the account holds each message once, and a special mailbox is at nobody's
	// disposal (Gmail).
	Labels bool
}

// Kind says what a target's error means for the run.
type Kind uint8

// The kinds of target errors.
const (
	// Broken: the connection is gone or no longer makes sense. Dial again.
	Broken Kind = iota
	// Refused: the server does not take this message; others may pass.
	Refused
	// Missing: the mailbox is not there (TRYCREATE, NONEXISTENT).
	Missing
	// Full: no room left in the account.
	Full
	// Denied: sign-in refused.
	Denied
	// Busy: the server asks to come back later (Wait tells when, if it does).
	Busy
	// Crowded: the server gives no more connections.
	Crowded
	// Unfit: the server or its certificate is not what the user asked for; trying again won't help.
	Unfit
)

// A TargetError is a failure with its meaning for the run.
type TargetError struct {
	Kind Kind
	// Code and Text are the server's words (RFC 9051 section 7.1, RFC 5530); empty for a local cause.
	Code, Text string
	// Wait is the time that the server asked for.
	Wait time.Duration
	// Hint is the remedy, for a person; empty where none is known.
	Hint string
	// Err is the cause, if it was not the server's answer.
	Err error
}

// Error gives the server's words where there are some.
func (e *TargetError) Error() string {
	switch {
	case e.Err != nil:
		return e.Err.Error()
	case e.Code != "":
		return "server: [" + e.Code + "] " + e.Text
	default:
		return "server: " + e.Text
	}
}

// Unwrap returns the cause.
func (e *TargetError) Unwrap() error { return e.Err }

// ErrNoMailbox says that a mailbox to select does not exist.
var ErrNoMailbox = errors.New("mailbox does not exist")
