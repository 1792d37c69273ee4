package imaptest

import "fmt"

// dovecotPOP3 serves POP3 beside IMAP, the same way: TLS from the first byte, STLS, or none.
func dovecotPOP3(port int, opts DovecotOptions) string {
	if !opts.POP3 {
		return ""
	}
	plain, implicit := port, 0
	if opts.Implicit {
		plain, implicit = 0, port
	}
	return fmt.Sprintf(`protocols = imap pop3
service pop3-login {
 inet_listener pop3 {
  port = %d
 }
 inet_listener pop3s {
  port = %d
  ssl = yes
 }
}
`, plain, implicit)
}
