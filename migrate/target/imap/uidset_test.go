package imap

import (
	"slices"
	"strings"
	"testing"

	"unpop/migrate"
)

func TestAppendUID(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		arg      string
		n        int
		validity uint32
		want     []migrate.UID
	}{
		{"38505 3955", 1, 38505, []migrate.UID{3955}},
		{"7 304,319:320", 3, 7, []migrate.UID{304, 319, 320}},
		{"7 4:6", 3, 7, []migrate.UID{4, 5, 6}},
		{"7 4:4", 1, 7, []migrate.UID{4}},
		{"7 9,4", 2, 7, []migrate.UID{9, 4}},
		{"7 4:6", 2, 0, nil}, // another number of messages
		{"7 4:5", 3, 0, nil},
		{"7 6:4", 3, 0, nil}, // it can't be told which is which
		{"7 *", 1, 0, nil},
		{"7 0", 1, 0, nil},
		{"0 3", 1, 0, nil},
		{"7", 1, 0, nil},
		{"", 1, 0, nil},
		{"7 1:4294967295", 3, 0, nil},
		{"7 4294967295", 1, 7, []migrate.UID{4294967295}},
		{"7 4294967296", 1, 0, nil},
		{"x 3", 1, 0, nil},
	} {
		validity, got := appendUID(c.arg, c.n)
		if !slices.Equal(got, c.want) || c.want != nil && validity != c.validity {
			t.Errorf("appendUID(%q, %d): got %d and %v, want %d and %v", c.arg, c.n, validity, got, c.validity, c.want)
		}
	}
}

// FuzzAppendUID: either as many UIDs as there are messages, none of them zero, or nothing.
func FuzzAppendUID(f *testing.F) {
	for _, seed := range []string{"38505 3955", "7 304,319:320", "7 6:4", "7 1:4294967295", "7 ,", "7 4:"} {
		f.Add(seed, 3)
	}
	f.Fuzz(func(t *testing.T, arg string, n int) {
		if n < 1 || n > 1000 {
			return
		}
		_, uids := appendUID(arg, n)
		if len(uids) != 0 && len(uids) != n || slices.Contains(uids, 0) || len(uids) > 0 && !strings.Contains(arg, " ") {
			t.Errorf("appendUID(%q, %d): got %v", arg, n, uids)
		}
	})
}
