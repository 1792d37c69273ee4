// Package pop3test is a small POP3 server for tests (RFC 1939, 2449, 2595, 5034) that can be made to misbehave.
package pop3test
