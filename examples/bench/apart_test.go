package main

import (
	"slices"
	"strings"
	"testing"
)

func TestApart(t *testing.T) {
	t.Parallel()
	if got := cores("").command("dovecot", "-F").Args; !slices.Equal(got, []string{"dovecot", "-F"}) {
		t.Errorf("got %q, want it as it is", got)
	}
	if got := cores("0-1").command("dovecot", "-F").Args; !slices.Equal(got, []string{"taskset", "-c", "0-1", "dovecot", "-F"}) {
		t.Errorf("got %q, want it on those cores", got)
	}
	if err := cores("98765").keep(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "-apart: ") {
		t.Errorf("got %v, want an error of -apart for cores that nobody has", err)
	}
	server, others, err := halves()
	if err == nil && (server == "" || others == "" || server == others) {
		t.Errorf("got %q and %q, want different ones", server, others)
	}
}
