package migrate

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
)

// HandshakeError is [DialError] for a TLS handshake, and says once that it was one.
func HandshakeError(err error, noTLS string) *TargetError {
	if !strings.HasPrefix(err.Error(), "tls: ") {
		err = fmt.Errorf("tls: %w", err)
	}
	return DialError(err, noTLS)
}

// DialError explains what stood between us and a server's greeting. noTLS is the hint for a port that should speak TLS from the start and
// speaks none; it is empty where none is expected.
func DialError(err error, noTLS string) *TargetError {
	e := &TargetError{Kind: Broken, Err: err}
	var (
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
		invalid  x509.CertificateInvalidError
		verify   *tls.CertificateVerificationError
		record   tls.RecordHeaderError
		dns      *net.DNSError
	)
	switch {
	case errors.As(err, &unknown):
		e.Kind, e.Hint = Unfit, "if the server's certificate comes from an authority of your own, name it with --tls-ca FILE"
	case errors.As(err, &hostname):
		e.Kind, e.Hint = Unfit, "use the host name that the certificate is for"
	case errors.As(err, &invalid), errors.As(err, &verify):
		e.Kind, e.Hint = Unfit, "the server's certificate is not valid now; with one of your own, name its authority with --tls-ca FILE"
	case errors.As(err, &record) && noTLS != "":
		e.Kind, e.Hint = Unfit, noTLS
	case errors.As(err, &dns) && dns.IsNotFound:
		e.Kind, e.Hint = Unfit, "check the host name"
	}
	return e
}
