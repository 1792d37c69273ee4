package state

import (
	"fmt"
	"testing"
	"time"
)

func TestForecastQueries(t *testing.T) {
	t.Parallel()
	l, err := Open(t.Context(), t.TempDir()+"/l.db")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a, err := l.Account(t.Context(), "imap://a")
	if err != nil {
		t.Fatal(err)
	}
	box, err := a.Mailbox(t.Context(), "INBOX", 1)
	if err != nil {
		t.Fatal(err)
	}
	batch := a.Batch()
	for i := range 10 {
		msg := Message{ID: int64(i + 1), Copy: int64(i + 1), Mailbox: box, Size: int64(100 * i), Subject: fmt.Sprint(i), Exact: []byte{byte(i)}, Key: []byte{byte(i)}}
		if err := batch.AddMessage(t.Context(), msg); err != nil {
			t.Fatal(err)
		}
	}
	if err := batch.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	largest, err := a.Largest(t.Context(), 500, 3)
	if err != nil || len(largest) != 3 || largest[0].Size != 900 || largest[2].Size != 700 || largest[0].Subject != "9" {
		t.Errorf("Largest: got %+v, %v, want 900, 800, 700", largest, err)
	}
	if n, bytes, err := a.CountLarger(t.Context(), 500); n != 4 || bytes != 600+700+800+900 || err != nil {
		t.Errorf("CountLarger: got %d, %d, %v, want 4 of 3000 bytes", n, bytes, err)
	}
	if n, bytes, err := a.CountLarger(t.Context(), 5000); n != 0 || bytes != 0 || err != nil {
		t.Errorf("CountLarger: got %d, %d, %v, want none", n, bytes, err)
	}
	run, err := a.StartRun(t.Context(), "migrate", "v1")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Settle(t.Context(), run, []Outcome{{Message: 10, State: Done, How: Appended, UIDValidity: 1, UID: 1}}); err != nil {
		t.Fatal(err)
	}
	for since, want := range map[time.Duration]int64{-time.Hour: 900, time.Hour: 0} {
		if got, err := a.SentSince(t.Context(), time.Now().Add(since)); got != want || err != nil {
			t.Errorf("SentSince %s: got %d, %v, want %d", since, got, err, want)
		}
	}
	if err := a.EndRun(t.Context(), run, "done", `{"x":1}`); err != nil {
		t.Fatal(err)
	}
	if got, err := a.Tallies(t.Context(), 5); err != nil || fmt.Sprint(got) != `[{"x":1}]` {
		t.Errorf("Tallies: got %v, %v", got, err)
	}
}
