package pop3test

import (
	"crypto/md5"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// run serves the connection to its end.
func (c *session) run() {
	greeting := c.opts.Greeting
	if greeting == "" {
		greeting = "+OK POP3 ready"
	}
	if !c.say(greeting + "\r\n") {
		return
	}
	defer func() {
		if c.inside {
			c.server.leave()
		}
	}()
	for {
		if c.br.Buffered() == 0 && c.bw.Flush() != nil {
			return
		}
		line, err := c.br.ReadString('\n')
		if err != nil || c.opts.OneByOne && c.br.Buffered() > 0 {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		c.server.note(line)
		if !c.command(line) {
			_ = c.bw.Flush()
			return
		}
	}
}

// say queues text and reports whether the connection goes on.
func (c *session) say(text string) bool {
	text, rest, hangUp := strings.Cut(text, HangUp)
	_, err := c.bw.WriteString(text)
	_ = rest
	if hangUp {
		_ = c.bw.Flush()
		return false
	}
	return err == nil
}

func (c *session) command(line string) bool {
	word, rest, _ := strings.Cut(line, " ")
	word = strings.ToUpper(word)
	if c.opts.Answer != nil {
		if answer, taken := c.opts.Answer(strings.TrimSpace(word + " " + rest)); taken {
			return c.say(answer)
		}
	}
	switch {
	case word == "QUIT":
		if c.inside {
			c.server.remove(c.gone, c.opts.Messages)
		}
		c.say("+OK bye\r\n")
		return false
	case slices.Contains(c.opts.Hide, word):
		return c.say("-ERR unknown command\r\n")
	case word == "CAPA":
		return c.say(c.capabilities())
	case !c.inside:
		return c.authorization(word, rest)
	default:
		return c.transaction(word, rest)
	}
}

func (c *session) capabilities() string {
	text := "+OK capabilities follow\r\n"
	sasl := c.opts.SASL
	if sasl == nil {
		sasl = []string{"PLAIN", "LOGIN", "XOAUTH2"}
	}
	caps := []string{"TOP", "UIDL", "PIPELINING", "RESP-CODES", "USER", "SASL " + strings.Join(sasl, " ")}
	if c.opts.TLS != nil && !c.secure() {
		caps = append(caps, "STLS")
	}
	for _, name := range caps {
		word, _, _ := strings.Cut(name, " ")
		if !slices.Contains(c.opts.Hide, word) {
			text += name + "\r\n"
		}
	}
	return text + ".\r\n"
}

func (c *session) secure() bool {
	_, ok := c.conn.(*tls.Conn)
	return ok
}

func (c *session) authorization(word, rest string) bool {
	switch word {
	case "STLS":
		if !c.say("+OK begin TLS\r\n") || c.bw.Flush() != nil {
			return false
		}
		c.use(tls.Server(c.conn, c.opts.TLS))
		return true
	case "USER":
		c.user = rest
		return c.say("+OK\r\n")
	case "PASS":
		return c.check(c.user, rest)
	case "APOP":
		user, digest, _ := strings.Cut(rest, " ")
		stamp := c.opts.Greeting[strings.IndexByte(c.opts.Greeting, '<'):]
		sum := fmt.Sprintf("%x", md5.Sum([]byte(stamp+c.opts.Password)))
		if digest == sum {
			return c.check(user, c.opts.Password)
		}
		return c.check(user, "wrong")
	case "AUTH":
		return c.auth(rest)
	default:
		return c.say("-ERR unknown command\r\n")
	}
}

func (c *session) check(user, password string) bool {
	if c.opts.User != "" && (user != c.opts.User || password != c.opts.Password) {
		return c.say("-ERR [AUTH] wrong password: " + password + "\r\n")
	}
	if !c.server.enter(c.opts.Exclusive) {
		return c.say("-ERR [IN-USE] mailbox is locked\r\n")
	}
	c.inside, c.gone = true, map[int]bool{}
	c.opts.Messages = c.server.Messages()
	return c.say("+OK signed in\r\n")
}

// auth does AUTH with or without an initial response.
func (c *session) auth(rest string) bool {
	mechanism, initial, has := strings.Cut(rest, " ")
	next := func(challenge string) string {
		if has {
			has = false
			return decode(initial)
		}
		c.say("+ " + base64.StdEncoding.EncodeToString([]byte(challenge)) + "\r\n")
		_ = c.bw.Flush()
		line, _ := c.br.ReadString('\n')
		return decode(strings.TrimRight(line, "\r\n"))
	}
	switch strings.ToUpper(mechanism) {
	case "PLAIN":
		parts := append(strings.Split(next(""), "\x00"), "", "", "")
		return c.check(parts[1], parts[2])
	case "LOGIN":
		user := next("Username:")
		return c.check(user, next("Password:"))
	case "XOAUTH2":
		user, token, _ := strings.Cut(strings.TrimPrefix(next(""), "user="), "\x01auth=Bearer ")
		token = strings.TrimRight(token, "\x01")
		if token != c.opts.Password {
			next(`{"status":"401"}`)
		}
		return c.check(user, token)
	default:
		return c.say("-ERR unknown mechanism\r\n")
	}
}

func decode(text string) string {
	b, _ := base64.StdEncoding.DecodeString(text)
	return string(b)
}

func (c *session) transaction(word, rest string) bool {
	words := strings.Fields(rest)
	n := 0
	if len(words) > 0 {
		n, _ = strconv.Atoi(words[0])
	}
	if len(words) > 0 && (n < 1 || n > len(c.opts.Messages) || c.gone[n-1]) {
		return c.say("-ERR no such message\r\n")
	}
	switch word {
	case "STAT":
		return c.say(fmt.Sprintf("+OK %d 0\r\n", len(c.opts.Messages)-len(c.gone)))
	case "LIST":
		return c.lines(func(m Message) string { return strconv.Itoa(m.listed()) })
	case "UIDL":
		return c.lines(func(m Message) string { return m.UIDL })
	case "RETR":
		return c.say("+OK message follows\r\n" + Stuff(c.opts.Messages[n-1].Body) + ".\r\n")
	case "TOP":
		head, _, _ := strings.Cut(c.opts.Messages[n-1].Body, "\r\n\r\n")
		return c.say("+OK header follows\r\n" + Stuff(head) + "\r\n\r\n.\r\n")
	case "DELE":
		c.gone[n-1] = true
		return c.say("+OK marked\r\n")
	case "NOOP":
		return c.say("+OK\r\n")
	default:
		return c.say("-ERR unknown command\r\n")
	}
}

func (m Message) listed() int {
	if m.Size != 0 {
		return m.Size
	}
	return len(m.Body)
}

func (c *session) lines(of func(Message) string) bool {
	text := "+OK list follows\r\n"
	for i, m := range c.opts.Messages {
		if !c.gone[i] {
			text += fmt.Sprintf("%d %s\r\n", i+1, of(m))
		}
	}
	return c.say(text + ".\r\n")
}

// Stuff puts a dot before each line that begins with one (RFC 1939 section 3).
func Stuff(body string) string {
	body = strings.ReplaceAll(body, "\r\n.", "\r\n..")
	if strings.HasPrefix(body, ".") {
		body = "." + body
	}
	return body
}
