package thunderbird

import (
	"slices"
	"strings"
	"testing"
)

func TestPopState(t *testing.T) {
	t.Parallel()
	text := "# POP3 State File\r\n# This is a generated file!  Do not edit.\r\n\r\n*pop.example.it anna@example.it\r\nk 000a 1700000000\r\nk *000b 1\r\n" +
		"\n*pop2.example.it bruno\nk 1\n*\n*half\n"
	got := readPopState(strings.NewReader(text))
	if want := []string{"anna@pop.example.it", "bruno@pop2.example.it"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
