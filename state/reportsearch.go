package state

import (
	"context"
	"database/sql"
	"encoding/hex"
	"iter"
	"path"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// What is looked for is found among the copies, whatever became of them, and among the messages, whose copies may be gone. A find
// is the number of a message: that of its first copy, also where it was never planned. The same one may come several times.

// everything lists numbers and subjects of an account's copies and messages that fulfil a condition on the table t.
const everything = "SELECT message, subject FROM (" +
	"SELECT coalesce(v.message, c.id) AS message, c.message_id, c.subject, c.part, c.folder, c.ref FROM copy c LEFT JOIN verdict v ON v.copy = c.id WHERE c.part IN " + partsOf +
	" UNION ALL SELECT m.id, m.message_id, m.subject, 0, 0, '' FROM message m WHERE m.mailbox IN " + boxesOf + ") AS t WHERE "

type find struct {
	message int64
	subject string
}

func (a *Account) finds(ctx context.Context, where string, args ...any) iter.Seq2[find, error] {
	return stream(ctx, a.l.read, func(rows *sql.Rows) (find, error) {
		var f find
		return f, rows.Scan(&f.message, &f.subject)
	}, everything+where, append([]any{a.id, a.id}, args...)...)
}

func found(finds iter.Seq2[find, error], fits func(find) bool) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		for f, err := range finds {
			if (err != nil || fits(f)) && !yield(f.message, err) {
				return
			}
		}
	}
}

func all(find) bool { return true }

// FindMessageID finds messages by their Message-ID, with or without its angle brackets.
func (a *Account) FindMessageID(ctx context.Context, id string) iter.Seq2[int64, error] {
	id = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(id), "<"), ">")
	return found(a.finds(ctx, "t.message_id <> '' AND t.message_id IN (?, ?)", id, "<"+id+">"), all)
}

// FindSubject finds messages by a part of their subject, without regard to case in any script.
func (a *Account) FindSubject(ctx context.Context, part string) iter.Seq2[int64, error] {
	part = folded(part)
	return found(a.finds(ctx, "t.subject <> ''"), func(f find) bool { return strings.Contains(folded(f.subject), part) })
}

// folded makes texts equal that differ in case, or in how accents are composed. Most need not be asked for either.
func folded(text string) string {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return cases.Fold().String(norm.NFC.String(text))
		}
	}
	return strings.ToLower(text)
}

// FindFolder finds messages by the store folder of a copy: its full name or the end of it, without regard to ASCII case.
func (a *Account) FindFolder(ctx context.Context, name string) iter.Seq2[int64, error] {
	name = strings.Trim(name, "/")
	return a.within(ctx, "t.folder IN ", "SELECT id FROM folder WHERE source IN "+sourcesOf+
		" AND (lower(name) = lower(?2) OR lower(substr('/' || name, -length(?2) - 1)) = lower('/' || ?2))", a.id, name)
}

// FindFile finds messages by a file or directory below the path of a source, rel being relative to that with slashes: all copies of a
// part of that name or below it, or the copy of a part that lies in a file of its own.
func (a *Account) FindFile(ctx context.Context, source int64, rel string) iter.Seq2[int64, error] {
	if rel == "." {
		return a.within(ctx, "t.part IN ", "SELECT id FROM part WHERE source = ?", source)
	}
	parts := a.within(ctx, "t.part IN ", "SELECT id FROM part WHERE source = ?1 AND (name = ?2 OR substr(name, 1, length(?2) + 1) = ?2 || '/')", source, rel)
	dir, file := fileOfPart(rel)
	own := a.within(ctx, "(t.ref = "+quoted(file)+" OR substr("+quoted(file)+", 1, length(t.ref) + 1) IN (t.ref || ':', t.ref || ';')) AND t.part IN ",
		"SELECT id FROM part WHERE source = ?1 AND name = ?2", source, dir)
	return func(yield func(int64, error) bool) {
		for _, finds := range []iter.Seq2[int64, error]{parts, own} {
			for number, err := range finds {
				if !yield(number, err) {
					return
				}
			}
		}
	}
}

// fileOfPart splits the path of a message's file into the name of its part and its own.
func fileOfPart(rel string) (part, file string) {
	part, file = path.Split(rel)
	part = strings.TrimSuffix(part, "/")
	if base := path.Base(part); base == "cur" || base == "new" { // of a Maildir
		part = path.Dir(part)
	}
	if part == "" {
		part = "."
	}
	return part, file
}

// quoted writes a text as SQL does.
func quoted(text string) string {
	return "CAST(x'" + hex.EncodeToString([]byte(text)) + "' AS TEXT)"
}

// within finds messages by the numbers that a query tells; where it tells none, nothing else is looked at.
func (a *Account) within(ctx context.Context, where, query string, args ...any) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		ids, err := collect(ctx, a.l.read, func(rows *sql.Rows) (int64, error) {
			var id int64
			return id, rows.Scan(&id)
		}, query, args...)
		if err != nil {
			yield(0, err)
		}
		if err != nil || len(ids) == 0 {
			return
		}
		for number, err := range found(a.finds(ctx, where+in(ids)), all) {
			if !yield(number, err) {
				return
			}
		}
	}
}
