package report

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"unpop/state"
)

// csvColumns are a contract: add at the end, never rename.
var csvColumns = []string{
	"account", "state", "mailbox", "uidvalidity", "uid", "date", "subject", "message_id", "flags", "keywords", "size", "copies",
	"source", "folder", "part", "ref", "variant", "rebuilt", "partial", "changed", "run", "reason",
}

// byteOrderMark tells Excel that the file is UTF-8.
const byteOrderMark = "\uFEFF"

// WriteCSV writes a row for each message of the accounts, made for spreadsheets: UTF-8 with a byte order mark, lines that end with
// CR LF, and no cell that a spreadsheet takes for a formula. It holds one row in memory.
func WriteCSV(ctx context.Context, w io.Writer, accounts []*state.Account) error {
	buffered := bufio.NewWriter(w)
	if _, err := buffered.WriteString(byteOrderMark); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	table := csv.NewWriter(buffered)
	table.UseCRLF = true
	_ = table.Write(csvColumns) // an error stays until Flush
	for _, account := range accounts {
		for m, err := range account.Tell(ctx, state.WhichAll, -1) {
			if err != nil {
				return err
			}
			_ = table.Write(csvRow(account.Target, &m))
		}
	}
	table.Flush()
	err := table.Error()
	if err == nil {
		err = buffered.Flush()
	}
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

func csvRow(target string, m *state.Told) []string {
	_, size := m.OnTarget()
	row := []string{
		target, fate(m.Message), m.MailboxName, number(int64(m.UIDValidity)), number(int64(m.UID)), timestamp(m.Date), m.Subject, m.MessageID,
		strings.Join(flagList(m.Flags, nil), " "), strings.Join(m.Keywords, " "), strconv.FormatInt(size, 10), number(m.Copies),
		m.SourcePath, m.Folder, m.Part, m.Ref, yes(m.Variant), yes(m.Rebuilt), yes(m.Partial), yes(m.Changed()), number(m.Run), m.Reason,
	}
	for i := range row {
		row[i] = cell(row[i])
	}
	return row
}

// cell makes a text one that a spreadsheet shows as it is: control characters are visible, and a text that it would compute begins
// with an apostrophe.
func cell(text string) string {
	if text == "" {
		return ""
	}
	text = strings.ReplaceAll(visible(text), "\n", " ")
	if strings.ContainsRune("=+-@＝＋－＠", []rune(text)[0]) {
		return "'" + text
	}
	if trimmed := strings.TrimLeft(text, " \u00A0"); trimmed != text && trimmed != "" && strings.ContainsRune("=+-@", rune(trimmed[0])) {
		return "'" + text // some programs trim first
	}
	return text
}

// number leaves nought out: it stands for unknown.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// timestamp writes the date of a message so that it sorts; it says UTC.
func timestamp(unix int64) string {
	if unix == 0 {
		return ""
	}
	return time.Unix(unix, 0).UTC().Format("2006-01-02T15:04:05Z")
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
