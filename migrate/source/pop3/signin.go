package pop3

import (
	"context"
	"crypto/md5" //nolint:gosec // APOP is made of it
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"unpop/migrate"
)

// Mechanism is a way to sign in.
type Mechanism string

// The ways to sign in.
const (
	AuthAny     Mechanism = ""        // what the server offers
	AuthPlain   Mechanism = "plain"   // AUTH PLAIN (RFC 4616)
	AuthLogin   Mechanism = "login"   // AUTH LOGIN
	AuthXOAuth2 Mechanism = "xoauth2" // AUTH XOAUTH2: the password is an access token
	AuthAPOP    Mechanism = "apop"    // APOP (RFC 1939): the password itself doesn't travel
	AuthUser    Mechanism = "user"    // USER and PASS (RFC 1939)
)

// ParseMechanism reads the name of a way to sign in.
func ParseMechanism(name string) (Mechanism, error) {
	switch m := Mechanism(strings.ToLower(name)); m {
	case AuthAny, AuthPlain, AuthLogin, AuthXOAuth2, AuthAPOP, AuthUser:
		return m, nil
	default:
		return AuthAny, fmt.Errorf("sign-in: %q is none of plain, login, xoauth2, apop, user", name)
	}
}

var (
	errCredentials = errors.New("sign-in: line break or NUL in the user name or the password")
	errNoStamp     = errors.New("sign-in: the server's greeting has no timestamp for APOP")
)

var stampPattern = regexp.MustCompile(`<[\x21-\x3b\x3d\x3f-\x7e]*@[\x21-\x3b\x3d\x3f-\x7e]*>`)

// timestamp takes the timestamp out of a greeting (RFC 1939 section 7); empty if there is none.
func timestamp(greeting string) string { return stampPattern.FindString(greeting) }

// signIn authorizes in one of the ways that the server offers.
func (s *session) signIn(ctx context.Context, password migrate.Secret) error {
	user, word := s.opts.User, password.Reveal()
	if strings.ContainsAny(user+word, "\r\n\x00") {
		return &migrate.TargetError{Kind: migrate.Denied, Err: errCredentials}
	}
	way := s.choose()
	err := s.authorize(ctx, way, user, word)
	if s.opts.Auth == AuthAny && way != AuthUser && (isUnknownCommand(err) || way == AuthAPOP && isDenied(err)) {
		err = s.authorize(ctx, AuthUser, user, word) // many greet with a timestamp and know no APOP
	}
	var e *migrate.TargetError
	if errors.As(err, &e) && e.Code == "LOGIN-DELAY" && s.caps.delay > 0 {
		e.Wait = s.caps.delay
	}
	return err
}

// choose takes the way that the user wants, or the best of those offered: within TLS one that needs no quoting, without it one that
// does not show the password.
func (s *session) choose() Mechanism {
	switch sasl := s.caps.sasl; {
	case s.opts.Auth != AuthAny:
		return s.opts.Auth
	case !s.secure && s.stamp != "":
		return AuthAPOP
	case sasl["PLAIN"]:
		return AuthPlain
	case sasl["LOGIN"] && !s.caps.user:
		return AuthLogin
	case sasl["XOAUTH2"] && !s.caps.user:
		return AuthXOAuth2
	default:
		return AuthUser
	}
}

func (s *session) authorize(ctx context.Context, way Mechanism, user, word string) error {
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	switch way {
	case AuthPlain:
		return s.sasl(ctx, "PLAIN", []string{word}, encode("\x00"+user+"\x00"+word))
	case AuthLogin:
		return s.sasl(ctx, "LOGIN", []string{word}, encode(user), encode(word))
	case AuthXOAuth2:
		return s.sasl(ctx, "XOAUTH2", []string{word}, encode("user="+user+"\x01auth=Bearer "+word+"\x01\x01"))
	case AuthAPOP:
		return s.apop(ctx, user, word)
	default:
		return s.userAndPass(ctx, user, word)
	}
}

// userAndPass does what go-pop3 can do.
func (s *session) userAndPass(ctx context.Context, user, word string) error {
	defer s.gate.guard(ctx)()
	s.gate.begin()
	if err := s.client.User(user); err != nil {
		return s.denied(ctx, err, word)
	}
	s.gate.begin()
	if err := s.client.Pass(word); err != nil {
		return s.denied(ctx, err, word)
	}
	return nil
}

func (s *session) apop(ctx context.Context, user, word string) error {
	if s.stamp == "" {
		return &migrate.TargetError{Kind: migrate.Unfit, Err: errNoStamp}
	}
	sum := md5.Sum([]byte(s.stamp + word)) //nolint:gosec // RFC 1939 section 7
	defer s.gate.guard(ctx)()
	s.gate.begin()
	if _, err := s.client.Cmd("APOP", false, user, hex.EncodeToString(sum[:])); err != nil {
		return s.denied(ctx, err, word)
	}
	return nil
}

// longestCommand is a line's length without CRLF; a longer initial response goes by itself (RFC 5034 section 4).
const longestCommand = 253

// sasl does AUTH (RFC 5034) with the responses, the first one together with the command where it fits.
func (s *session) sasl(ctx context.Context, mechanism string, words []string, responses ...string) error {
	defer s.gate.guard(ctx)()
	line := "AUTH " + mechanism
	if initial := line + " " + responses[0]; len(initial) <= longestCommand {
		line, responses = initial, responses[1:]
	}
	for {
		s.gate.begin()
		_, err := s.client.Cmd(line, false)
		if err == nil {
			return nil
		}
		if !strings.HasPrefix(s.gate.status, "+ ") && s.gate.status != "+" { // go-pop3 knows no challenges
			return s.denied(ctx, err, append(words, responses...)...)
		}
		if len(responses) == 0 {
			return s.giveUp(ctx, words)
		}
		line, responses = responses[0], responses[1:]
	}
}

// giveUp answers a challenge that comes in place of a refusal (XOAUTH2 explains itself so), and reads the refusal.
func (s *session) giveUp(ctx context.Context, words []string) error {
	s.gate.begin()
	_, err := s.client.Cmd("", false)
	if err == nil {
		return nil
	}
	return s.denied(ctx, err, words...)
}

// denied is why the server lets nobody in, without the words that it may have repeated.
func (s *session) denied(ctx context.Context, err error, words ...string) error {
	if s.gate.broken == nil && ctx.Err() == nil && isRefusal(s.gate.status) {
		return refused(s.gate.status, migrate.Denied, words...)
	}
	return s.fault(ctx, err, migrate.Denied)
}

func isDenied(err error) bool {
	var e *migrate.TargetError
	return errors.As(err, &e) && e.Kind == migrate.Denied
}

// isUnknownCommand reports whether a server refused the way to sign in and not the one who does.
func isUnknownCommand(err error) bool {
	var e *migrate.TargetError
	if !errors.As(err, &e) || e.Kind != migrate.Denied || e.Code != "" {
		return false
	}
	text := strings.ToLower(e.Text)
	for _, word := range []string{"unknown", "unrecogni", "not supported", "unsupported", "unimplemented", "not implemented", "mechanism", "invalid command", "syntax"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
