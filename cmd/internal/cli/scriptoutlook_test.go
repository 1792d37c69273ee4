package cli

import (
	"bytes"
	"context"
	"io"
	"net/mail"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // for the charsets of Anna's mail
	"github.com/rogpeppe/go-internal/testscript"

	"unpop/dedupe"
	"unpop/migrate/source"
	"unpop/migrate/source/pst/psttest"
)

// cmdOutlook writes a data file as Outlook would have it, had it fetched the mail of a source: outlook FILE SOURCE
// Of mail that was received it keeps the header, of the rest only properties. Mail that was deleted, and of which there is only the header, is not in it. A contact and an
// appointment are.
func cmdOutlook(ts *testscript.TestScript, _ bool, args []string) {
	s, _, err := source.Open(ts.MkAbs(args[1]))
	ts.Check(err)
	defer s.Close()
	file := &psttest.File{Folders: []*psttest.Folder{
		{Name: "Contatti", Class: "IPF.Contact", Messages: []*psttest.Message{other("IPM.Contact", "Nonna")}},
		{Name: "Calendario", Class: "IPF.Appointment", Messages: []*psttest.Message{other("IPM.Appointment", "Dentista")}},
	}}
	for part, err := range s.Parts(context.Background()) {
		ts.Check(err)
		for c, err := range part.Copies(context.Background()) {
			ts.Check(err)
			r, err := s.Open(context.Background(), part.Info().Name, c.Ref)
			ts.Check(err)
			cleaner := dedupe.NewCleaner(r)
			text, err := io.ReadAll(cleaner)
			ts.Check(err)
			ts.Check(r.Close())
			if c.Expunged || slices.ContainsFunc(cleaner.Removed(), absent) {
				continue
			}
			in := folderOf(&file.Folders, c.Folder.Path)
			in.Messages = append(in.Messages, asOutlook(ts, text))
		}
	}
	image, err := file.Image()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), image.Bytes(), 0o600))
}

// absent reports whether a field says that the message was deleted, and only awaits to be compacted away, or is its header alone.
func absent(f dedupe.Field) bool {
	status, err := strconv.ParseUint(strings.TrimSpace(f.Value), 16, 16)
	return strings.EqualFold(f.Name, "X-Mozilla-Status") && err == nil && status&0x408 != 0
}

// other is an item that is no mail.
func other(class, name string) *psttest.Message {
	return &psttest.Message{Properties: []psttest.Property{psttest.Text(0x001A, class), psttest.Text(0x0037, name), psttest.Text(0x3001, name)}}
}

// folderOf finds or makes a folder.
func folderOf(folders *[]*psttest.Folder, path []string) *psttest.Folder {
	for _, f := range *folders {
		if f.Name == path[0] {
			if len(path) == 1 {
				return f
			}
			return folderOf(&f.Folders, path[1:])
		}
	}
	f := &psttest.Folder{Name: path[0]}
	*folders = append(*folders, f)
	if len(path) == 1 {
		return f
	}
	return folderOf(&f.Folders, path[1:])
}

// asOutlook takes a message apart.
func asOutlook(ts *testscript.TestScript, text []byte) *psttest.Message {
	e, err := message.Read(bytes.NewReader(text))
	ts.Check(err)
	header, _, _ := bytes.Cut(text, []byte("\r\n\r\n"))
	m := &psttest.Message{Properties: []psttest.Property{psttest.Text(0x001A, "IPM.Note"), psttest.Int32(0x0E07, 0)}}
	if e.Header.Has("Received") {
		m.Properties = append(m.Properties, psttest.Text(0x007D, string(header)+"\r\n\r\n"))
	} else {
		m.Properties = append(m.Properties, written(ts, e)...)
		m.Recipients = recipientsOf(e)
	}
	takeApart(ts, m, e)
	return m
}

// written are the properties of a message that was written here.
func written(ts *testscript.TestScript, e *message.Entity) []psttest.Property {
	h := mail.Header(e.Header.Map())
	date, err := h.Date()
	ts.Check(err)
	subject, err := e.Header.Text("Subject")
	ts.Check(err)
	props := []psttest.Property{psttest.Text(0x0037, subject), psttest.Time(0x0039, date)}
	if from, err := h.AddressList("From"); err == nil {
		props = append(props, psttest.Text(0x0042, from[0].Name), psttest.Text(0x0064, "SMTP"), psttest.Text(0x0065, from[0].Address))
	}
	for field, id := range map[string]uint16{"Message-Id": 0x1035, "In-Reply-To": 0x1042, "References": 0x1039} {
		if value := h.Get(field); value != "" {
			props = append(props, psttest.Text(id, value))
		}
	}
	return props
}

func recipientsOf(e *message.Entity) [][]psttest.Property {
	var all [][]psttest.Property
	for i, field := range []string{"To", "Cc", "Bcc"} {
		list, _ := mail.Header(e.Header.Map()).AddressList(field) // a draft may have none
		for _, a := range list {
			all = append(all, []psttest.Property{
				psttest.Int32(0x0C15, int32(i+1)), psttest.Text(0x3001, a.Name), psttest.Text(0x3002, "SMTP"), psttest.Text(0x3003, a.Address),
			})
		}
	}
	return all
}

// takeApart makes text, HTML and attachments of the parts.
func takeApart(ts *testscript.TestScript, m *psttest.Message, e *message.Entity) {
	if parts := e.MultipartReader(); parts != nil {
		for {
			p, err := parts.NextPart()
			if err == io.EOF {
				return
			}
			ts.Check(err)
			takeApart(ts, m, p)
		}
	}
	data, err := io.ReadAll(e.Body)
	ts.Check(err)
	kind, params, _ := e.Header.ContentType()
	_, disposition, _ := e.Header.ContentDisposition()
	name := disposition["filename"] + params["name"]
	switch {
	case name == "" && kind == "text/html":
		m.Properties = append(m.Properties, psttest.Binary(0x1013, data), psttest.Int32(0x3FDE, 65001))
	case name == "" && strings.HasPrefix(kind, "text/"):
		m.Properties = append(m.Properties, psttest.Text(0x1000, string(data)))
	default:
		m.Attachments = append(m.Attachments, &psttest.Attachment{Properties: []psttest.Property{
			psttest.Text(0x3707, name), psttest.Text(0x370E, kind), psttest.Binary(0x3701, data),
		}})
	}
}
