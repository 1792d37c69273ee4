package imap

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	goimap "github.com/emersion/go-imap/v2"

	"unpop/migrate"
)

// A verdict is one line of the table by which server answers get their meaning. A line applies when its code is the
// answer's, or its text (lower case) occurs in the answer's text, or in both where both are given.
type verdict struct {
	code, text string
	kind       migrate.Kind
	hint       string
}

const (
	hintLater = "the server limits how much may be sent in a while; the same command goes on later"
	hintFull  = "make room in the account or have its quota raised, then run the same command again"
	hintApp   = "this provider wants an app password in place of the account's password"
	hintAdmin = "the server says that its administrator has to be asked"
	hintConns = "close other mail programs or use fewer connections"
)

// verdicts are tried in order: what a provider says in words comes before what its code would mean elsewhere.
var verdicts = []verdict{
	// Gmail, support.google.com/a/answer/1071518: 500 MB a day by IMAP; the code OVERQUOTA does not mean a full account.
	{text: "command or bandwidth limits", kind: migrate.Busy, hint: hintLater},
	{text: "too many simultaneous connections", kind: migrate.Crowded, hint: hintConns},
	{text: "application-specific password required", kind: migrate.Denied, hint: hintApp},
	{text: "web login required", kind: migrate.Denied, hint: "sign in once in a web browser, or use an app password"},
	// Microsoft 365: "Request is throttled. Suggested Backoff Time: 299961 milliseconds" (NO or BAD).
	{text: "suggested backoff time", kind: migrate.Busy, hint: hintLater},
	{text: "request is throttled", kind: migrate.Busy, hint: hintLater},
	{text: "[throttled]", kind: migrate.Busy, hint: hintLater},
	// Dovecot, src/login-common and src/auth.
	{text: "maximum number of connections", kind: migrate.Crowded, hint: hintConns},
	{text: "too many connections", kind: migrate.Crowded, hint: hintConns},
	{text: "too many concurrent", kind: migrate.Crowded, hint: hintConns},
	{text: "temporary authentication failure", kind: migrate.Busy},
	{text: "temporary internal error", kind: migrate.Busy},
	{text: "try again later", kind: migrate.Busy},
	{code: "THROTTLED", kind: migrate.Busy, hint: hintLater},
	// RFC 5530 section 3.
	{code: "UNAVAILABLE", kind: migrate.Busy},
	{code: "INUSE", kind: migrate.Busy},
	{code: "OVERQUOTA", kind: migrate.Full, hint: hintFull},
	{code: "AUTHENTICATIONFAILED", kind: migrate.Denied},
	{code: "AUTHORIZATIONFAILED", kind: migrate.Denied},
	{code: "EXPIRED", kind: migrate.Denied, hint: "the password has expired"},
	{code: "PRIVACYREQUIRED", kind: migrate.Unfit, hint: "the server lets nobody in without TLS: use imaps://"},
	{code: "NONEXISTENT", kind: migrate.Missing},
	{code: "CONTACTADMIN", kind: migrate.Refused, hint: hintAdmin},
	{code: "LIMIT", kind: migrate.Refused}, // Cyrus PR 4125: the same message too many times
	{code: "SERVERBUG", kind: migrate.Refused},
	{code: "CORRUPTION", kind: migrate.Refused},
	{code: "NOPERM", kind: migrate.Refused},
	{code: "CANNOT", kind: migrate.Refused},
	// RFC 9051 section 7.1, RFC 7889 section 4.
	{code: "TRYCREATE", kind: migrate.Missing},
	{code: "TOOBIG", kind: migrate.Refused, hint: "the server takes no message of this size"},
	// Servers without codes.
	{text: "quota exceeded", kind: migrate.Full, hint: hintFull},
	{text: "over quota", kind: migrate.Full, hint: hintFull},
	{text: "exceeded your mail quota", kind: migrate.Full, hint: hintFull}, // Courier
	{text: "quota has been exceeded", kind: migrate.Full, hint: hintFull},  // hMailServer
	{text: "exceed its disk quota", kind: migrate.Full, hint: hintFull},    // Domino
	{text: "mailbox is full", kind: migrate.Full, hint: hintFull},
	{text: "not enough disk", kind: migrate.Full, hint: hintFull},
}

// signInVerdicts come before [verdicts] for the answers to LOGIN and AUTHENTICATE and for the greeting. There a limit is
// one of connections or of traffic, and only what says so is a wrong password.
var signInVerdicts = []verdict{
	{text: "command or bandwidth limits", kind: migrate.Busy, hint: hintLater},
	{code: "LIMIT", kind: migrate.Crowded, hint: hintConns},
	{code: "OVERQUOTA", kind: migrate.Busy, hint: hintLater},
	{code: "SERVERBUG", kind: migrate.Busy},
	{code: "CORRUPTION", kind: migrate.Busy},
	{code: "CONTACTADMIN", kind: migrate.Denied, hint: hintAdmin},
	{code: "NOPERM", kind: migrate.Denied},
}

// classify gives an answer its meaning; fallback is the kind where the table has none. signIn puts
// [signInVerdicts] first.
func classify(r response, fallback migrate.Kind, signIn bool) *migrate.TargetError {
	e := &migrate.TargetError{Kind: fallback, Code: r.code, Text: strings.TrimSpace(r.text), Wait: backoff(r.text)}
	table := verdicts
	if signIn {
		table = slices.Concat(signInVerdicts, verdicts)
	}
	text := strings.ToLower(r.text)
	for _, v := range table {
		if v.applies(r.code, text) {
			e.Kind, e.Hint = v.kind, v.hint
			break
		}
	}
	return e
}

func (v verdict) applies(code, text string) bool {
	return (v.code == "" || v.code == code) && (v.text == "" || strings.Contains(text, v.text))
}

var backoffTime = regexp.MustCompile(`(?i)suggested backoff time: (\d{1,9}) milliseconds`)

// backoff reads the time that Microsoft 365 asks for.
func backoff(text string) time.Duration {
	m := backoffTime.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	ms, _ := strconv.Atoi(m[1]) // nine digits at most
	return time.Duration(ms) * time.Millisecond
}

// asResponse turns go-imap's error into the answer it was made from.
func asResponse(err *goimap.Error) response {
	return response{kind: string(err.Type), code: strings.ToUpper(string(err.Code)), text: err.Text}
}

// broken is the error of a connection that ended. What the server said before it hung up comes first, unless it was we
// who ended it.
func (w *wire) broken(signIn bool) *migrate.TargetError {
	bye, cause := w.end()
	if bye != nil && !isOurEnd(cause) {
		return classify(*bye, migrate.Broken, signIn)
	}
	return &migrate.TargetError{Kind: migrate.Broken, Err: cause}
}

// An ownEnd is a connection's end that we made: the context's, or that of a message which could not be read.
type ownEnd struct{ error }

// Unwrap returns the cause.
func (e *ownEnd) Unwrap() error { return e.error }

func isOurEnd(cause error) bool {
	var end *ownEnd
	return errors.As(cause, &end)
}
