package report

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"time"

	"unpop/cmd/internal/progress"
	"unpop/state"
)

//go:embed page.html style.css
var files embed.FS

// pages are the templates. They are written so that a page is well-formed XML too, which a test can hold it to.
var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"n": progress.Count, "some": some, "bytes": progress.Bytes, "day": day, "who": who, "kind": kind, "repair": repair, "took": took,
	"noun": func(n any, noun string) (string, error) {
		number, err := integer(n)
		return count(number, noun), err
	},
	"verb":    verb,
	"subject": subject,
	"f":       func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) },
	"style":   style,
}).ParseFS(files, "page.html"))

func style() (template.CSS, error) {
	text, err := files.ReadFile("style.css")
	return template.CSS(text), err // ours, not a user's
}

func integer(v any) (int64, error) {
	switch v := v.(type) {
	case int:
		return int64(v), nil
	case int64:
		return v, nil
	default:
		return 0, fmt.Errorf("not a number: %T", v)
	}
}

func subject(s string) string {
	if s == "" {
		return "(no subject)"
	}
	return s
}

// kinds are the sources as people know them.
var kinds = map[string]string{
	"thunderbird": "Thunderbird", "mbox": "mbox", "maildir": "Maildir", "pst": "Outlook data file", "msg": "Outlook messages", "pop3": "POP3 mailbox",
}

func kind(name string) string {
	if title, ok := kinds[name]; ok {
		return title
	}
	return name
}

// repairs are the steps of migrate/mend, as people understand them.
var repairs = []string{"nothing changed", "line ends and NUL bytes mended", "the header and long lines mended too"}

func repair(step int) string {
	if step >= 0 && step < len(repairs) {
		return repairs[step]
	}
	return "changes of step " + strconv.Itoa(step)
}

func took(d time.Duration) string {
	if d < time.Second {
		return "less than a second"
	}
	return progress.Duration(d)
}

// Moment writes a time as a person reads it, for the templates.
func (o *Options) Moment(t time.Time) string { return o.moment(t) }

// Stamp writes a time for a table, for the templates.
func (o *Options) Stamp(t time.Time) string { return o.stamp(t) }

// Chart draws the mail by years; nil where there is none.
func (a *Account) Chart() *Chart { return newChart(a.Years, a.Made.Year()) }

// BoxSum adds up the mailboxes; nil where one has no need of it.
func (a *Account) BoxSum() *state.MailboxTotal {
	if len(a.Boxes) < 2 {
		return nil
	}
	sum := &state.MailboxTotal{}
	for _, b := range a.Boxes {
		sum.Uploaded += b.Uploaded
		sum.Present += b.Present
		sum.Moved += b.Moved
		sum.Pending += b.Pending
		sum.Rejected += b.Rejected
		sum.Missing += b.Missing
		sum.Bytes += b.Bytes
	}
	return sum
}

// Unbrought reports whether anything was not brought over.
func (a *Account) Unbrought() bool {
	l := &a.Lists
	return len(l.Rejected.Rows)+len(l.Missing.Rows)+len(l.Pending.Rows)+len(l.Unreadable.Rows)+len(l.Expunged.Rows)+len(l.Excluded.Rows) > 0 || a.History.Dropped > 0
}

// HasOther reports whether a source holds what is not mail.
func (a *Account) HasOther() bool {
	for _, s := range a.Sources {
		if len(s.Other) > 0 {
			return true
		}
	}
	return false
}

// WriteHTML writes the page of the account: one file that needs no other.
func (a *Account) WriteHTML(w io.Writer) error { return execute(w, "page", a) }

// execute writes a page. Whatever came from a message can't act in it: the template escapes it, and what is not escaped by HTML but
// would move or hide text is made visible.
func execute(w io.Writer, name string, data any) error {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if _, err := io.WriteString(w, visible(page.String())); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}
