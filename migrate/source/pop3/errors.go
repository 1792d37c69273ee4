package pop3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"unpop/migrate"
)

// A verdict is one line of the table by which refusals get their meaning. It applies when its code is the answer's, or its text (lower
// case) occurs in the answer's.
type verdict struct {
	code, text string
	kind       migrate.Kind
	wait       time.Duration
	hint       string
}

const (
	hintInUse = "another mail program is in this mailbox just now; close it"
	hintApp   = "this provider wants an app password in place of the account's password"
)

// verdicts are tried in order: codes (RFC 2449 section 8.1, RFC 3206) before words, but for those that say more than the code.
var verdicts = []verdict{
	{text: "application-specific password", kind: migrate.Denied, hint: hintApp},
	{code: "IN-USE", kind: migrate.Busy, wait: 5 * time.Second, hint: hintInUse},
	{code: "LOGIN-DELAY", kind: migrate.Busy, wait: 30 * time.Second},
	{code: "SYS/TEMP", kind: migrate.Busy},
	{code: "SYS/PERM", kind: migrate.Unfit, hint: "the server has to be mended by its administrator"},
	{code: "AUTH", kind: migrate.Denied},
	{text: "already locked", kind: migrate.Busy, wait: 5 * time.Second, hint: hintInUse},
	{text: "unable to lock", kind: migrate.Busy, wait: 5 * time.Second, hint: hintInUse}, // RFC 1939 section 7
	{text: "lock busy", kind: migrate.Busy, wait: 5 * time.Second, hint: hintInUse},      // qpopper
	{text: "maildrop lock", kind: migrate.Busy, wait: 5 * time.Second, hint: hintInUse},
	{text: "mailbox lock", kind: migrate.Busy, wait: 5 * time.Second, hint: hintInUse},
	{text: "mailbox is locked", kind: migrate.Busy, wait: 5 * time.Second, hint: hintInUse},
	{text: "in use", kind: migrate.Busy, wait: 5 * time.Second, hint: hintInUse},
	{text: "too many", kind: migrate.Busy, wait: 30 * time.Second},
	{text: "too frequent", kind: migrate.Busy, wait: 30 * time.Second},
	{text: "try again", kind: migrate.Busy},
	{text: "temporar", kind: migrate.Busy},
}

// refused gives a refusal its meaning; fallback is the kind where the table has none. words are taken out of the text: the server may
// have repeated them.
func refused(status string, fallback migrate.Kind, words ...string) *migrate.TargetError {
	code, text := parseRefusal(status)
	for _, w := range words {
		if w != "" {
			text = strings.ReplaceAll(text, w, migrate.Secret("").String())
		}
	}
	e := &migrate.TargetError{Kind: fallback, Code: code, Text: text}
	low := strings.ToLower(text)
	for _, v := range verdicts {
		if v.code != "" && v.code == code || v.text != "" && strings.Contains(low, v.text) {
			e.Kind, e.Wait, e.Hint = v.kind, v.wait, v.hint
			break
		}
	}
	return e
}

// parseRefusal takes the code (RFC 2449 section 8) off "-ERR [CODE] text".
func parseRefusal(status string) (code, text string) {
	if len(status) >= 4 && strings.EqualFold(status[:4], "-ERR") {
		status = status[4:]
	}
	text = strings.TrimSpace(status)
	if rest, ok := strings.CutPrefix(text, "["); ok {
		if word, rest, ok := strings.Cut(rest, "]"); ok {
			return strings.ToUpper(word), strings.TrimSpace(rest)
		}
	}
	if text == "" {
		text = "refused without a reason"
	}
	return "", text
}

// lost is the error of a connection that ended; what ended it may be the context.
func lost(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("connection: closed by the server")
	}
	var known *migrate.TargetError
	if errors.As(err, &known) {
		return err
	}
	return &migrate.TargetError{Kind: migrate.Broken, Err: err}
}

// isBroken reports whether a new connection may mend it.
func isBroken(err error) bool {
	var e *migrate.TargetError
	return errors.As(err, &e) && e.Kind == migrate.Broken
}

func unfit(text, hint string) *migrate.TargetError {
	return &migrate.TargetError{Kind: migrate.Unfit, Err: errors.New(text), Hint: hint}
}

// messageError names a message of the account.
func messageError(number int, err error) error {
	return &migrate.CopyError{Part: partName, Message: number, Offset: -1, Err: err}
}

var errTooLong = errors.New("server sends far more than it announced")

// tooLong says how much more.
func tooLong(announced int64) error { return fmt.Errorf("%w (%d bytes)", errTooLong, announced) }
