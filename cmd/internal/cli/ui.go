package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"unpop/cmd/internal/progress"
	"unpop/migrate"
)

// What a person reads follows these rules.
//
//   - What was asked for goes to standard output. Progress, notes and errors go to standard error.
//   - An error is printed once, here: "unpop: error: " and the cause, lower case, no full stop.
//   - "unpop: hint: " says the next thing to do, where one is known, as a command that can be pasted where there is one.
//   - A wrong command line gets error, hint and one usage line, never a page.
//   - Nothing that is not ours (names of folders, subjects, a server's words) reaches the terminal with control characters.
//   - With --json all of standard error is JSON lines, and standard output is one object.
//   - Nothing is coloured but the progress, and tables are 80 columns wide.

// ui prints. It belongs to one goroutine.
type ui struct {
	out, err io.Writer
	json     bool
	broken   error // standard output took not all of what was printed
}

// printf writes to standard output.
func (u *ui) printf(format string, args ...any) {
	if _, err := fmt.Fprintf(u.out, format, args...); err != nil && u.broken == nil {
		u.broken = fmt.Errorf("output: %w", err)
	}
}

// note writes a line of its own to standard error.
func (u *ui) note(format string, args ...any) {
	text := printable(fmt.Sprintf(format, args...))
	if u.json {
		u.line(map[string]string{"text": text})
		return
	}
	_, _ = fmt.Fprintln(u.err, text)
}

// line writes a JSON line to standard error.
func (u *ui) line(v any) { _ = encode(u.err, v) }

// object writes the one object that --json asks for.
func (u *ui) object(v any) error { return encode(u.out, v) }

func encode(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("output: %w", err)
	}
	return nil
}

// fail prints an error and what can be done about it.
func (u *ui) fail(err error, status int) {
	text, hint := printable(oneLine(err)), printable(hintOf(err))
	if u.json {
		u.line(struct {
			Error string `json:"error"`
			Hint  string `json:"hint,omitempty"`
			Exit  int    `json:"exit"`
		}{text, hint, status})
		return
	}
	_, _ = fmt.Fprintln(u.err, "unpop: error: "+text)
	if hint != "" {
		_, _ = fmt.Fprintln(u.err, "unpop: hint: "+hint)
	}
	var fail *failure
	if errors.As(err, &fail) && fail.usage != "" {
		_, _ = fmt.Fprintln(u.err, "usage: "+fail.usage)
	}
}

// stopped says how to go on, where something was begun.
func (u *ui) stopped(begun bool) {
	if begun {
		u.note("unpop: stopped; run the same command again, it goes on where it stopped")
	} else {
		u.note("unpop: stopped")
	}
}

// warn prints something that a person should know and that stops nothing.
func (u *ui) warn(text string) { u.note("unpop: warning: %s", text) }

// show displays a run until the display is stopped.
func (u *ui) show(p *migrate.Progress) *progress.Display {
	return progress.Start(u.err, p, u.format())
}

// format is how progress is shown.
func (u *ui) format() progress.Options {
	opts := progress.Options{}
	if u.json {
		opts.Format = progress.JSON
	}
	return opts
}

// showMore goes on where a display of the same run was stopped.
func (u *ui) showMore(p *migrate.Progress) *progress.Display {
	opts := progress.Options{Resume: true}
	if u.json {
		opts.Format = progress.JSON
	}
	return progress.Start(u.err, p, opts)
}

// oneLine writes joined errors beside each other.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
