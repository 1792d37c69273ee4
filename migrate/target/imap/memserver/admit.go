package memserver

import (
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

// A part is what is said about a message before its literal (RFC 3502 section 6.3.11).
type part struct {
	options imap.AppendOptions
	size    int64
	nonSync bool
}

// admit decides about a message before it comes. An error ends the connection.
func (a *appending) admit(p part) error {
	if a.refusal != nil {
		return nil
	}
	a.size += p.size
	if err := a.server.admitLiteral(p); err != nil {
		return a.refuse(err)
	}
	if !a.planned {
		if err := a.heed(a.server.askAbout(a.mailbox, p.size)); err != nil || a.refusal != nil {
			return err
		}
	}
	return a.refuse(a.user.admit(a.mailbox, a.size))
}

// admitLiteral tells why a literal is none that this server takes.
func (s *Server) admitLiteral(p part) error {
	if limit := s.appendLimit(); p.size > int64(limit) {
		return &imap.Error{
			Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeTooBig,
			Text: fmt.Sprintf("Literals are limited to %d bytes for this command", limit),
		}
	}
	switch plus, minus := !s.hides(string(imap.CapLiteralPlus)), !s.hides(string(imap.CapLiteralMinus)); {
	case !p.nonSync || plus || minus && p.size <= minusMax:
		return nil
	case minus:
		return &imap.Error{Type: imap.StatusResponseTypeBad, Text: "Non-synchronizing literals are limited to 4096 bytes"}
	}
	return &imap.Error{Type: imap.StatusResponseTypeBad, Text: "Non-synchronizing literals are not supported"}
}

// askAbout asks the function that was set for it about a message.
func (s *Server) askAbout(mailbox string, size int64) *Answer {
	s.mu.Lock()
	refuse := s.faults.refuse
	s.mu.Unlock()
	if refuse == nil {
		return nil
	}
	return refuse(mailbox, size)
}

// admit tells why so many bytes can't be stored in a mailbox.
func (u *user) admit(mailbox string, size int64) error {
	if _, err := u.Status(mailbox, &imap.StatusOptions{}); err != nil {
		return &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeTryCreate, Text: "No such mailbox"}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.opts.Quota > 0 && u.used+size > u.opts.Quota {
		return &imap.Error{
			Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeOverQuota,
			Text: "Quota exceeded (mailbox for user is full)",
		}
	}
	return nil
}

func syntaxError(text string) error {
	return &imap.Error{Type: imap.StatusResponseTypeBad, Code: imap.ResponseCodeClientBug, Text: "Syntax error: " + text}
}

// isEnd tells the end of a command, as leniently as go-imap does.
func isEnd(line string) bool {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(line, "\n"), " "), "\r") == ""
}

// parsePart reads the line up to the literal of a further message: [SP flags] [SP date] SP literal.
func parsePart(line string) (p part, err error) {
	a := announced([]byte(line))
	if !a.literal {
		return p, syntaxError("expected literal")
	}
	p.size, p.nonSync = a.size, a.nonSync
	text := strings.TrimSuffix(line[:strings.LastIndexByte(line, '{')], "~")
	if rest, ok := strings.CutPrefix(text, " ("); ok {
		list, after, closed := strings.Cut(rest, ")")
		if p.options.Flags, err = parseFlags(list); err != nil || !closed {
			return p, syntaxError("expected flag list")
		}
		text = after
	}
	if rest, ok := strings.CutPrefix(text, " \""); ok {
		date, after, _ := strings.Cut(rest, "\"")
		if p.options.Time, err = time.Parse("_2-Jan-2006 15:04:05 -0700", date); err != nil {
			return p, syntaxError("expected date-time")
		}
		text = after
	}
	if text != " " {
		return p, syntaxError("expected SP and literal")
	}
	return p, nil
}

func parseFlags(list string) ([]imap.Flag, error) {
	var flags []imap.Flag
	if list == "" {
		return nil, nil
	}
	for name := range strings.SplitSeq(list, " ") {
		atom := strings.TrimPrefix(name, `\`)
		if atom == "" || strings.ContainsFunc(atom, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`(){%*"\]`, r) }) {
			return nil, fmt.Errorf("flag %q: no atom", name)
		}
		flags = append(flags, imap.Flag(name))
	}
	return flags, nil
}
