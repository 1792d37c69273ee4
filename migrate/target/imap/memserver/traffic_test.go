package memserver_test

import (
	"io"
	"reflect"
	"strings"
	"testing"

	"unpop/migrate/target/imap/memserver"
)

// TestTraffic: what clients do can be told.
func TestTraffic(t *testing.T) {
	t.Parallel()
	server := withOptions(t, memserver.Options{})
	c := signIn(t, server)
	single := "b APPEND INBOX {16+}\r\n" + one + "\r\n"
	c.says(single, "b OK [APPENDUID 1 1] APPEND completed\r\n")
	c.says(single, "b OK [APPENDUID 1 2] APPEND completed\r\n")
	if got := server.Traffic(); got.InFlight != 1 || got.Multi() != 0 || got.Messages[1] != 2 || got.NonSync != 2 || got.Sync != 0 {
		t.Errorf("one by one: got %+v, want 2 APPENDs of a message, one in flight", got)
	}
	server.ResetTraffic()
	if _, err := io.WriteString(c.conn, strings.Repeat(batch, 4)+single+"c APPEND {5+}\r\nINBOX {16}\r\n"); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if line, err := c.in.ReadString('\n'); err != nil || !strings.HasPrefix(line, "b OK") {
			t.Fatalf("got %q and %v, want OK", line, err)
		}
	}
	c.says("", "+ Ready for literal data\r\n")
	c.says(one+"\r\n", "c OK [APPENDUID 1 16] APPEND completed\r\n")
	c.asks("SELECT INBOX", "a OK")
	c.asks("UID FETCH 1 (FLAGS)", "a OK")
	got := server.Traffic()
	if got.InFlight < 2 || got.InFlight > 6 || got.Multi() != 4 {
		t.Errorf("pipelined: got %+v, want several in flight, 4 of them batches", got)
	}
	got.InFlight = 0
	want := memserver.Traffic{
		Commands: map[string]int{"APPEND": 6, "SELECT": 1, "UID FETCH": 1}, Messages: map[int]int{1: 2, 3: 4}, Sync: 1, NonSync: 13,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("pipelined: got %+v, want %+v", got, want)
	}
}
