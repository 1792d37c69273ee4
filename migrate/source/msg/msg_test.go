package msg

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"unpop/migrate"
	"unpop/migrate/mapi/cfb/cfbtest"
	"unpop/migrate/migratetest"
)

// tree is a message file on its way: streams by their paths.
type tree map[string]string

// text adds a string.
func (f tree) text(id uint16, s string) tree {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return f.stream(id, 0x1F, string(b))
}

func (f tree) stream(id, typ uint16, data string) tree {
	f[fmt.Sprintf("__substg1.0_%04X%04X", id, typ)] = data
	return f
}

// fixed adds a number or a time to the property stream.
func (f tree) fixed(id, typ uint16, value uint64) tree {
	b := binary.LittleEndian.AppendUint16(nil, typ)
	b = binary.LittleEndian.AppendUint16(b, id)
	b = binary.LittleEndian.AppendUint32(b, 6)
	f[propertyStream] += string(binary.LittleEndian.AppendUint64(b, value))
	return f
}

// put adds another tree below a storage.
func (f tree) put(storage string, other tree) tree {
	for name, data := range other {
		f[storage+"/"+name] = data
	}
	return f
}

// within begins a tree whose property stream has a head of so many bytes.
func within(head int) tree { return tree{propertyStream: strings.Repeat("\x00", head)} }

func fileTime(t time.Time) uint64 { return uint64(t.UnixNano()/100 + 116444736000000000) }

var day = time.Date(2003, 4, 5, 6, 7, 8, 0, time.UTC)

// letter is a plain message, whose head has so many bytes.
func letter(n, head int) tree {
	return within(head).text(0x001A, "IPM.Note").text(0x0037, fmt.Sprintf("Letter %d", n)).text(0x1000, fmt.Sprintf("This is letter %d.\r\n", n)).
		text(0x0C1A, "Anna").text(0x0C1E, "SMTP").text(0x0C1F, "anna@example.org").text(0x1035, fmt.Sprintf("<letter.%d@example.org>", n)).
		fixed(0x0E07, 3, 1).fixed(0x0039, 0x40, fileTime(day)).fixed(0x0E06, 0x40, fileTime(day))
}

func recipient(kind uint64, name string) tree {
	return within(headOfOthers).text(0x3001, name).text(0x3002, "SMTP").text(0x3003, strings.ToLower(name)+"@example.org").fixed(0x0C15, 3, kind)
}

// full is a message with all that there is: recipients, a file, a message in it, categories.
func full() tree {
	f := letter(1, headOfFile).put("__recip_version1.0_#00000000", recipient(1, "Bert")).put("__recip_version1.0_#00000001", recipient(2, "Carla"))
	f.put("__attach_version1.0_#00000000", within(headOfOthers).text(0x3707, "grüße.bin").stream(0x3701, 0x102, strings.Repeat("data\x00", 3000)).fixed(0x3705, 3, 1))
	f.put("__attach_version1.0_#00000001", within(headOfOthers).text(0x3001, "inner").fixed(0x3705, 3, 5).put("__substg1.0_3701000D", letter(2, headOfEmbedded)))
	f.put(nameStorage, tree{
		"__substg1.0_00020102": "", "__substg1.0_00030102": "\x00\x00\x00\x00\x05\x00\x00\x00", "__substg1.0_00040102": "\x10\x00\x00\x00K\x00e\x00y\x00w\x00o\x00r\x00d\x00s\x00",
	})
	f["__substg1.0_8000101F"] = "\x08\x00\x00\x00\x08\x00\x00\x00"
	f["__substg1.0_8000101F-00000000"] = "R\x00e\x00d\x00"
	f["__substg1.0_8000101F-00000001"] = "B\x00l\x00u\x00e\x00"
	return f
}

// plant writes files and returns their directory.
func plant(tb testing.TB, files map[string][]byte) string {
	tb.Helper()
	root := filepath.Join(tb.TempDir(), "Saved")
	for name, data := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return root
}

func planted(tb testing.TB) string {
	tb.Helper()
	contact := within(headOfFile).text(0x001A, "IPM.Contact").text(0x3001, "Bert")
	return plant(tb, map[string][]byte{
		"full.msg": cfbtest.BuildTree(full()), "Inbox/a.msg": cfbtest.BuildTree(letter(3, headOfFile)), "Inbox/B.MSG": cfbtest.BuildTree(letter(4, headOfFile)),
		"Inbox/deep/c.msg": cfbtest.BuildTree(letter(5, headOfFile)), "Inbox/contact.msg": cfbtest.BuildTree(contact), "text/mail.msg": []byte("From: a@b\n\nno"),
		"Inbox/readme.txt": []byte("hello"), "Maildir/cur/x.msg": cfbtest.BuildTree(letter(6, headOfFile)),
	})
}

func open(tb testing.TB, name string) *Source {
	tb.Helper()
	s, err := Open(name)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

func read(tb testing.TB, s migrate.Source, part, ref string) string {
	tb.Helper()
	r, err := s.Open(tb.Context(), part, ref)
	if err != nil {
		return "error: " + err.Error()
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return "error: " + err.Error()
	}
	return string(data)
}

func TestContract(t *testing.T) {
	t.Parallel()
	root := planted(t)
	for _, name := range []string{root, filepath.Join(root, "Inbox", "a.msg")} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			defer migratetest.Unchanged(t, root)()
			migratetest.TestSource(t, func(tb testing.TB) migrate.Source { return open(tb, name) })
		})
	}
}

func TestListing(t *testing.T) {
	t.Parallel()
	s := open(t, planted(t))
	got := map[string]string{}
	var remarks []string
	for part, err := range s.Parts(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for c, err := range part.Copies(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			subject, _, _ := strings.Cut(read(t, s, part.Info().Name, c.Ref), "\r\nDate:")
			_, subject, _ = strings.Cut(subject, "Subject: ")
			got[c.Folder.String()+" "+c.Folder.Role.String()+" "+c.Ref], _, _ = strings.Cut(subject, "\r\n")
		}
		remarks = append(remarks, part.(migrate.Remarker).Remarks()...)
	}
	want := map[string]string{
		"Saved none full.msg": "Letter 1", "Inbox inbox a.msg": "Letter 3", "Inbox inbox B.MSG": "Letter 4", "Inbox/deep inbox c.msg": "Letter 5",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if !slices.Equal(remarks, []string{"1 contact: not mail (--export writes them to files)"}) {
		t.Errorf("remarks: got %q, want that of the contact", remarks)
	}
}

func TestMessage(t *testing.T) {
	t.Parallel()
	s := open(t, planted(t))
	for part := range s.Parts(t.Context()) {
		for c := range part.Copies(t.Context()) {
			if c.Ref != "full.msg" {
				continue
			}
			if c.Flags != migrate.Seen || !slices.Equal(c.Keywords, []string{"Red", "Blue"}) || !c.Received.Equal(day) || !c.Rebuilt || c.Size == 0 {
				t.Errorf("got %+v", c)
			}
		}
	}
	text := read(t, s, ".", "full.msg")
	for _, want := range []string{
		"\r\nTo: \"Bert\" <bert@example.org>\r\n", "\r\nCc: \"Carla\" <carla@example.org>\r\n", "This is letter 1.", "This is letter 2.", "message/rfc822",
		"ZGF0YQ", "gr%C3%BC%C3%9Fe.bin", "<letter.1@example.org>", "\r\nSubject: Letter 2\r\n",
	} {
		if !strings.Contains(text, want) && !strings.Contains(strings.ReplaceAll(text, `"`, ""), strings.ReplaceAll(want, `"`, "")) {
			t.Errorf("got %q, want %q in it", text, want)
		}
	}
}

func TestOthers(t *testing.T) {
	t.Parallel()
	var got []string
	for o, err := range open(t, planted(t)).Others(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := o.Write(&b); err != nil || !strings.HasPrefix(b.String(), "BEGIN:VCARD") {
			t.Errorf("got %q, %v", b.String(), err)
		}
		got = append(got, o.Folder.String()+"/"+o.Name+o.Ext)
	}
	if !slices.Equal(got, []string{"Inbox/Bert.vcf"}) {
		t.Errorf("got %q, want one contact", got)
	}
}

func TestIsMsg(t *testing.T) {
	t.Parallel()
	root := planted(t)
	for name, want := range map[string]bool{
		"": true, "full.msg": true, "Inbox": true, "Inbox/deep": true, "text": false, "text/mail.msg": false, "Inbox/readme.txt": false, "nowhere": false,
		"Maildir": false,
	} {
		if got := IsMsg(filepath.Join(root, filepath.FromSlash(name))); got != want {
			t.Errorf("IsMsg(%q): got %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{"text", "text/mail.msg", "nowhere"} {
		if s, err := Open(filepath.Join(root, filepath.FromSlash(name))); err == nil {
			t.Errorf("Open(%s): got %+v, want an error", name, s)
		}
	}
}

// The stamp changes with the files.
func TestStamp(t *testing.T) {
	t.Parallel()
	root := planted(t)
	stamp := func() string {
		for part := range open(t, root).Parts(t.Context()) {
			if part.Info().Name == "Inbox" {
				return part.Info().Stamp
			}
		}
		return ""
	}
	before := stamp()
	if before == "" || stamp() != before {
		t.Errorf("got %q, then %q, want the same", before, stamp())
	}
	if err := os.Remove(filepath.Join(root, "Inbox", "a.msg")); err != nil {
		t.Fatal(err)
	}
	if after := stamp(); after == before {
		t.Errorf("got %q, want another stamp", after)
	}
}

// A damaged file costs itself, and ends nothing.
func TestDamaged(t *testing.T) {
	t.Parallel()
	good := cfbtest.BuildTree(full())
	r := rand.New(rand.NewPCG(1, 2))
	root := plant(t, map[string][]byte{"a.msg": good})
	readable := 0
	for i := range 300 {
		data := bytes.Clone(good)
		for range 1 + r.IntN(40) {
			data[r.IntN(len(data))] = byte(r.Uint32())
		}
		if i%3 == 0 {
			data = data[:r.IntN(len(data))]
		}
		if err := os.WriteFile(filepath.Join(root, "b.msg"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		s := open(t, root)
		n := 0
		for part := range s.Parts(t.Context()) {
			for c, err := range part.Copies(t.Context()) {
				n++
				text := read(t, s, ".", c.Ref)
				if c.Ref == "a.msg" && (err != nil || strings.HasPrefix(text, "error")) {
					t.Fatalf("the good file: got %v, %q", err, text)
				}
				if strings.Contains(text, "can't be converted") {
					t.Errorf("damage %d: %s", i, text)
				}
				if c.Ref == "b.msg" && !strings.HasPrefix(text, "error") {
					readable++
				}
			}
		}
		if n == 0 {
			t.Errorf("damage %d: got no copies, want that of the good file", i)
		}
	}
	t.Logf("%d of 300 damaged files could be read", readable)
}

// What of a message can't be read is told, and the rest is kept.
func TestNotWhole(t *testing.T) {
	t.Parallel()
	f := letter(1, headOfFile).put(attachPrefix+"00000000", within(headOfOthers).text(0x3707, "a.bin").stream(0x3701, 0x102, strings.Repeat("data", 3000)).fixed(0x3705, 3, 1))
	f[attachPrefix+"00000001/stray"] = "without properties"
	root := plant(t, map[string][]byte{"a.msg": cfbtest.BuildTree(f), "b.msg": cfbtest.BuildTree(letter(2, headOfFile))})
	s := open(t, root)
	for part := range s.Parts(t.Context()) {
		for c := range part.Copies(t.Context()) {
			read(t, s, ".", c.Ref)
			read(t, s, ".", c.Ref)
		}
		remarks := part.(migrate.Remarker).Remarks()
		if len(remarks) != 1 || !strings.HasPrefix(remarks[0], "message a.msg (Letter 1) is not whole: attachment: ") {
			t.Errorf("got %q, want that of one message", remarks)
		}
	}
}
