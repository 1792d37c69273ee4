package migrate

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shelf is a source's items that are no mail; an error stands between them.
type shelf []any

func (s shelf) Others(context.Context) iter.Seq2[*Other, error] {
	return func(yield func(*Other, error) bool) {
		for _, item := range s {
			switch item := item.(type) {
			case *Other:
				if !yield(item, nil) {
					return
				}
			case error:
				if !yield(nil, item) {
					return
				}
			}
		}
	}
}

// card is a contact in a folder.
func card(name string, path ...string) *Other {
	return &Other{
		Folder: Folder{Path: path}, Kind: "contact", Name: name, Ext: ".vcf",
		Write: func(w io.Writer) error { _, err := io.WriteString(w, "card of "+name); return err },
	}
}

// files lists what is below a directory, with slashes.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestExport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := card("Broken", "A")
	broken.Write = func(w io.Writer) error { _, _ = io.WriteString(w, "half"); return errors.New("no more") }
	named := card("", "B")
	named.Folder.Account = "Outlook: old"
	items := shelf{
		card("Anna", "A"), card("anna", "A"), errors.New("page lost"), broken, card("Anna", "A"), named, card("CON", "A", "..", "x/y"),
	}
	for range 2 { // a second run replaces the files
		out, err := Export(t.Context(), dir, items[:4], items[4:])
		if err != nil || out.Files != 5 || out.Failed != 2 || out.Kinds["contact"] != 5 || len(out.Errors) != 2 {
			t.Fatalf("got %+v, %v, want 5 files and 2 failures", out, err)
		}
	}
	want := []string{"A/Anna (3).vcf", "A/Anna.vcf", "A/_/x_y/_CON.vcf", "A/anna (2).vcf", "Outlook_ old/B/contact.vcf"}
	got := files(t, dir)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "A", "anna (2).vcf")); err != nil || string(data) != "card of anna" {
		t.Errorf("got %q, %v, want the card", data, err)
	}
}

func TestExportNowhere(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Export(t.Context(), file, shelf{card("Anna", "A")}); err == nil || !strings.HasPrefix(err.Error(), "export: ") {
		t.Errorf("got %v, want an error of the disk", err)
	}
	if out, err := Export(t.Context(), file, shelf{}); err != nil || out.Files != 0 {
		t.Errorf("got %+v, %v, want nothing to do", out, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Export(ctx, t.TempDir(), shelf{card("Anna", "A")}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

// A name from a file of anybody's is a file name anywhere, and never a path.
func TestSafeName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Anna Rossi": "Anna Rossi", "a/b\\c:d*e?f\"g<h>i|j": "a_b_c_d_e_f_g_h_i_j", "": "", "..": "", ". .": "", "../../etc/passwd": "_.._.._etc_passwd",
		"name. ": "name", "nul": "_nul", "COM1.txt": "_COM1.txt", "com0": "com0", "Console": "Console", "a\x00b\nc\x7f": "abc", ".hidden": "_.hidden",
		"Größe 日本": "Größe 日本", "\xff\xfe": "", "AUX .x": "_AUX .x",
	} {
		if got := safeName(text); got != want {
			t.Errorf("safeName(%q): got %q, want %q", text, got, want)
		}
	}
}

func FuzzSafeName(f *testing.F) {
	for _, text := range []string{"", "..", "a/b", "con", "\x00", "a. ", strings.Repeat("é", 200)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name := safeName(text)
		if name != safeName(name) || len(name) > maxName || strings.ContainsAny(name, "/\\:*?\"<>|\x00") || name == "." || name == ".." ||
			name != "" && !filepath.IsLocal(name) || strings.HasSuffix(name, ".") || strings.HasSuffix(name, " ") {
			t.Errorf("safeName(%q): got %q", text, name)
		}
	})
}
