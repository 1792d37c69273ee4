package imap

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	const signIn, appending = migrate.Denied, migrate.Refused
	for _, c := range []struct {
		line     string
		fallback migrate.Kind // and by it, which command the answer is for
		want     migrate.Kind
	}{
		// Sign-in.
		{"A NO [AUTHENTICATIONFAILED] Authentication failed.", signIn, migrate.Denied},
		{"A NO [authenticationfailed] Authentication failed.", signIn, migrate.Denied},
		{"A NO LOGIN failed.", signIn, migrate.Denied},
		{"A NO [AUTHORIZATIONFAILED] no", signIn, migrate.Denied},
		{"A NO [EXPIRED] password expired", signIn, migrate.Denied},
		{"A NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)", signIn, migrate.Denied},
		{"A NO [UNAVAILABLE] Temporary authentication failure.", signIn, migrate.Busy},
		{"A NO [UNAVAILABLE] Internal authentication failure. Refer to server log for more information.", signIn, migrate.Busy},
		{"A NO [INUSE] in use", signIn, migrate.Busy},
		{"A NO [SERVERBUG] oops", signIn, migrate.Busy},
		{"A NO [LIMIT] Too many connections", signIn, migrate.Crowded},
		{"* BYE [LIMIT] go away", signIn, migrate.Crowded},
		{"A NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)", signIn, migrate.Crowded},
		{"A NO [ALERT] Too many simultaneous connections. (Failure)", signIn, migrate.Crowded},
		{"A NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)", signIn, migrate.Busy},
		{"A NO [ALERT] Account exceeded command or bandwidth limits. (Failure)", signIn, migrate.Busy},
		{"* BYE [OVERQUOTA] Account exceeded command or bandwidth limits", signIn, migrate.Busy},
		{"A NO [PRIVACYREQUIRED] no", signIn, migrate.Unfit},
		// APPEND.
		{"A NO [OVERQUOTA] Quota exceeded (mailbox for user is full)", appending, migrate.Full},
		{"A NO Quota exceeded", appending, migrate.Full},
		{"A NO [ALERT] You exceeded your mail quota.", appending, migrate.Full},
		{"A NO Your quota has been exceeded.", appending, migrate.Full},
		{"A NO Unable to write to database because database would exceed its disk quota.", appending, migrate.Full},
		{"A NO [OVERQUOTA] Account exceeded command or bandwidth limits.", appending, migrate.Busy},
		{"A NO [TRYCREATE] Mailbox doesn't exist: Foo", appending, migrate.Missing},
		{"A NO [NONEXISTENT] Mailbox doesn't exist: Foo", appending, migrate.Missing},
		{"A NO [TOOBIG] too big", appending, migrate.Refused},
		{"A NO [LIMIT] message is there too many times", appending, migrate.Refused},
		{"A NO Message contains bare newlines", appending, migrate.Refused},
		{"A BAD Command Argument Error. 11", appending, migrate.Refused},
		{"A NO [UNAVAILABLE] later", appending, migrate.Busy},
		{"A NO [INUSE] locked", appending, migrate.Busy},
		{"A NO [SERVERBUG] Internal error occurred.", appending, migrate.Refused},
		{"A NO [CONTACTADMIN] call", appending, migrate.Refused},
		{"A NO Request is throttled. Suggested Backoff Time: 299961 milliseconds", appending, migrate.Busy},
		{"A BAD Request is throttled. Suggested Backoff Time: 1 milliseconds", appending, migrate.Busy},
		{"A NO something [THROTTLED]", appending, migrate.Busy},
		{"A NO", appending, migrate.Refused},
	} {
		got := classify(parseResponse(c.line), c.fallback, c.fallback == signIn)
		if got.Kind != c.want {
			t.Errorf("%s: got kind %d, want %d", c.line, got.Kind, c.want)
		}
	}
}

func TestClassifyKeepsWords(t *testing.T) {
	t.Parallel()
	got := classify(parseResponse("U1 NO Request is throttled. Suggested Backoff Time: 299961 milliseconds"), migrate.Refused, false)
	if want := 299961 * time.Millisecond; got.Wait != want {
		t.Errorf("backoff: got %v, want %v", got.Wait, want)
	}
	got = classify(parseResponse("U1 NO [OVERQUOTA] Quota exceeded "), migrate.Refused, false)
	if want := "server: [OVERQUOTA] Quota exceeded"; got.Error() != want || got.Hint == "" {
		t.Errorf("got %q and hint %q, want %q and a hint", got, got.Hint, want)
	}
}

func TestDialError(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want migrate.Kind
		hint bool
	}{
		{x509.UnknownAuthorityError{}, migrate.Unfit, true},
		{&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, migrate.Unfit, true},
		{x509.CertificateInvalidError{Reason: x509.Expired}, migrate.Unfit, true},
		{tls.RecordHeaderError{Msg: "x"}, migrate.Unfit, true},
		{&net.DNSError{Err: "no such host", IsNotFound: true}, migrate.Unfit, true},
		{errors.New("connection refused"), migrate.Broken, false},
	} {
		got := migrate.HandshakeError(c.err, (&Options{ImplicitTLS: true}).noTLS())
		if got.Kind != c.want || (got.Hint != "") != c.hint || strings.Count(got.Error(), "tls: ") != 1 {
			t.Errorf("%v: got %v, kind %d and hint %q, want kind %d, hint %v", c.err, got, got.Kind, got.Hint, c.want, c.hint)
		}
	}
}
