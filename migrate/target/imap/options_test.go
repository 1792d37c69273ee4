package imap

import (
	"strings"
	"testing"
)

func TestParseURL(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"imaps://anna@mail.example.org":               "imaps://anna@mail.example.org:993",
		"IMAPS://anna@Mail.Example.org/":              "imaps://anna@mail.example.org:993",
		"imap://anna@mail.example.org":                "imap://anna@mail.example.org:143",
		"imaps://anna@example.org@mail.example.org":   "imaps://anna%40example.org@mail.example.org:993",
		"imaps://anna%40example.org@mail.example.org": "imaps://anna%40example.org@mail.example.org:993",
		"imap://a%3Ab@127.0.0.1:1143":                 "imap://a%3Ab@127.0.0.1:1143",
		"imaps://anna@[::1]":                          "imaps://anna@[::1]:993",
		"imaps://anna@[::1]:1":                        "imaps://anna@[::1]:1",
		"imaps://ann%C3%A4@h":                         "imaps://ann%C3%A4@h:993",
		`imaps://dom\shared@h`:                        `imaps://dom%5Cshared@h:993`,
	} {
		opts, err := ParseURL(raw)
		if err != nil || opts.String() != want {
			t.Errorf("ParseURL(%q): got %v and %v, want %s", raw, opts, err, want)
			continue
		}
		again, err := ParseURL(opts.String())
		if err != nil || again.String() != want || again.User != opts.User {
			t.Errorf("ParseURL(%q) again: got %v and %v, want the same", opts, again, err)
		}
	}
}

func TestParseURLRefuses(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]error{
		"imaps://anna:sesame@mail.example.org":    errPassword,
		"imaps://anna:ses@me@mail.example.org":    errPassword,
		"imaps://anna:ses/ame?#@mail.example.org": errPassword,
		"imaps://anna@example.org:sesame@host":    errPassword,
		"imaps://mail.example.org":                errNoUser,
		"imaps://@mail.example.org":               errNoUser,
		"imaps://":                                errNoUser,
		"":                                        errScheme,
		"sesame":                                  errScheme,
		"https://anna@h":                          errScheme,
		"imaps://anna@":                           errNoHost,
		"imaps://anna@:993":                       errNoHost,
		"imaps://anna@ho st":                      errNoHost,
		"imaps://anna@host:0":                     errBadPort,
		"imaps://anna@host:sesame":                errBadPort,
		"imaps://anna@host:70000":                 errBadPort,
		"imaps://anna@host/INBOX":                 errTrailing,
		"imaps://anna@host?sesame=1":              errTrailing,
		"imaps://anna@host#sesame":                errTrailing,
		"imaps://an%0Ana@host":                    errBadUser,
		"imaps://an%zz@host":                      errBadUser,
		"imaps://an\x00na@host":                   errBadUser,
	} {
		opts, err := ParseURL(raw)
		if err != want { //nolint:errorlint // the very value
			t.Errorf("ParseURL(%q): got %v and %v, want %v", raw, opts, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "sesame") {
			t.Errorf("ParseURL(%q): got the secret in %q", raw, err)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("imaps://anna@example.org@mail.example.org:993")
	f.Add("imap://a%3Ab@[::1]:143/")
	f.Fuzz(func(t *testing.T, raw string) {
		opts, err := ParseURL(raw)
		if err != nil {
			return
		}
		again, err := ParseURL(opts.String())
		if err != nil || again.String() != opts.String() || again.User != opts.User || again.Host != opts.Host || again.Port != opts.Port {
			t.Errorf("ParseURL(%q): got %q, which reads back as %q (%v)", raw, opts, again, err)
		}
	})
}
