package mutf7

import "testing"

func TestFileName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Entw&APw-rfe": "Entwürfe",
		"Entwürfe":     "Entwürfe",
		"A & B":        "A & B", // no modified UTF-7
		"A &- B":       "A & B",
		"Entw\xfcrfe":  "Entwürfe",
		"My Folder":    "My Folder",
	} {
		if got := FileName(name); got != want {
			t.Errorf("FileName(%q): got %q, want %q", name, got, want)
		}
	}
}
