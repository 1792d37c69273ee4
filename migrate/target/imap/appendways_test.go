package imap_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

// letters are n messages of about a size, each with an id of its own.
func letters(n, size int) []migrate.Outgoing {
	batch := make([]migrate.Outgoing, n)
	for i := range batch {
		batch[i] = outgoing(fmt.Sprint("m", i), size)
	}
	return batch
}

// receiptsOf appends a batch and returns what was settled.
func receiptsOf(t *testing.T, s migrate.Session, batch []migrate.Outgoing) (map[int]migrate.Receipt, error) {
	t.Helper()
	receipts := map[int]migrate.Receipt{}
	err := s.Append(t.Context(), slices.Values(batch), func(i int, r migrate.Receipt) {
		if _, twice := receipts[i]; twice {
			t.Errorf("settle(%d): got it twice", i)
		}
		receipts[i] = r
	})
	return receipts, err
}

// checkPlaced compares what the server has under the UIDs of the receipts with what was sent.
func checkPlaced(t *testing.T, server *imaptest.Server, batch []migrate.Outgoing, receipts map[int]migrate.Receipt) {
	t.Helper()
	held := map[migrate.UID][]byte{}
	for _, m := range server.Dump(t, imaptest.User)["INBOX"] {
		held[migrate.UID(m.UID)] = m.Body
	}
	placed := 0
	for i, m := range batch {
		if receipts[i].Err != nil || receipts[i].UID == 0 {
			continue
		}
		placed++
		r, _ := m.Open()
		if want, _ := io.ReadAll(r); !bytes.Equal(held[receipts[i].UID], want) {
			t.Errorf("message %d: got other bytes under UID %d, want those that were sent", i, receipts[i].UID)
		}
	}
	if placed != len(held) {
		t.Errorf("got %d messages held, want the %d with a receipt", len(held), placed)
	}
}

// TestWays sends the same messages in each way that each server allows, and looks at what went over the wire.
func TestWays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		hide []string
		ways []imap.Way
	}{
		{nil, []imap.Way{imap.Multi, imap.Pipelined, imap.Waiting, imap.Synchronizing}},
		{[]string{"MULTIAPPEND"}, []imap.Way{imap.Pipelined, imap.Waiting, imap.Synchronizing}},
		{[]string{"MULTIAPPEND", "LITERAL+"}, []imap.Way{imap.Pipelined, imap.Waiting, imap.Synchronizing}},
		{[]string{"LITERAL+"}, []imap.Way{imap.Multi, imap.Pipelined, imap.Waiting, imap.Synchronizing}},
		{[]string{"MULTIAPPEND", "LITERAL+", "LITERAL-"}, []imap.Way{imap.Synchronizing}},
	} {
		for _, way := range c.ways {
			t.Run(fmt.Sprint(way, c.hide), func(t *testing.T) {
				t.Parallel()
				server := imaptest.Start(t, func(o *memserver.Options) { o.Hide = c.hide })
				session := open(t, server).(*imap.Session)
				if got := session.Ways(); !slices.Equal(got, c.ways) {
					t.Fatalf("Ways: got %v, want %v", got, c.ways)
				}
				session.Use(way)
				switch way { // else it may have answered before the next command comes
				case imap.Multi:
					server.Mem.SlowStore(200 * time.Millisecond)
				case imap.Pipelined:
					server.Mem.SlowStore(5 * time.Millisecond)
				}
				batch := append(letters(250, 300), letters(30, 9000)...)
				receipts, err := receiptsOf(t, session, batch)
				if err != nil || len(receipts) != len(batch) {
					t.Fatalf("Append: got %v and %d settled, want %d", err, len(receipts), len(batch))
				}
				checkPlaced(t, server, batch, receipts)
				checkTraffic(t, way, server.Mem.Traffic(), !slices.Contains(c.hide, "LITERAL+"))
			})
		}
	}
}

// checkTraffic holds that a way is what it says: how many were under way, and whether the server was asked.
func checkTraffic(t *testing.T, way imap.Way, got memserver.Traffic, long bool) {
	t.Helper()
	if pipelined := got.InFlight > 1; pipelined != (way >= imap.Pipelined) {
		t.Errorf("%v: got %d commands under way at once", way, got.InFlight)
	}
	if multi := got.Multi() > 0; multi != (way == imap.Multi) {
		t.Errorf("%v: got %d commands with several messages", way, got.Multi())
	}
	asked := 0
	switch {
	case way == imap.Synchronizing:
		asked = 280
	case !long:
		asked = 30
	}
	if got.Sync != asked {
		t.Errorf("%v: got %d messages that the server was asked for, want %d", way, got.Sync, asked)
	}
}

// TestMultiUIDs has the server scatter the UIDs of a command's messages: each receipt is that of its message all the same.
func TestMultiUIDs(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t)
	server.Mem.Scatter(true)
	batch := letters(120, 200)
	receipts, err := receiptsOf(t, open(t, server), batch)
	if err != nil {
		t.Fatal(err)
	}
	checkPlaced(t, server, batch, receipts)
	if server.Mem.Traffic().Multi() == 0 {
		t.Error("got no command with several messages, want some")
	}
}

// TestMultiRefusals has the server refuse some messages, each of which takes its whole command with it: the others pass.
func TestMultiRefusals(t *testing.T) {
	t.Parallel()
	for _, every := range []int{1, 7, 90, 400} {
		t.Run(fmt.Sprint("one of ", every), func(t *testing.T) {
			t.Parallel()
			server := imaptest.Start(t)
			session := open(t, server)
			bad := map[int64]bool{}
			batch := letters(400, 200)
			for i := every / 2; i < len(batch); i += every {
				batch[i] = outgoing(fmt.Sprint("m", i), 3000+6*i)
				bad[batch[i].Size] = true
			}
			server.Mem.Refuse(func(_ string, size int64) *memserver.Answer {
				if bad[size] {
					return &memserver.Answer{Kind: "NO", Text: "Message contains invalid header"}
				}
				return nil
			})
			receipts, err := receiptsOf(t, session, batch)
			if err != nil || len(receipts) != len(batch) {
				t.Fatalf("got %v and %d settled, want all %d", err, len(receipts), len(batch))
			}
			for i, m := range batch {
				if refused := kindOf(receipts[i].Err) == int(migrate.Refused); refused != bad[m.Size] {
					t.Errorf("message %d: got %v, want refused: %v", i, receipts[i].Err, bad[m.Size])
				}
			}
			checkPlaced(t, server, batch, receipts)
		})
	}
}

// TestMultiFull fills an account to the brim: what fits is stored, though commands are refused as a whole.
func TestMultiFull(t *testing.T) {
	t.Parallel()
	batch := letters(300, 1000)
	room := 130*batch[299].Size + 500
	for name, server := range map[string]*imaptest.Server{
		"memory": imaptest.Start(t, func(o *memserver.Options) { o.Quota = room }), "Dovecot": dovecotWith(t, room),
	} {
		if server == nil {
			continue
		}
		receipts, err := receiptsOf(t, open(t, server), batch)
		if kindOf(err) != int(migrate.Full) {
			t.Errorf("%s: got %v, want Full", name, err)
		}
		for i, r := range receipts {
			if r.Err != nil && kindOf(r.Err) != int(migrate.Full) && !errors.Is(r.Err, migrate.ErrUnsent) {
				t.Errorf("%s: message %d: got %v, want Full or never sent", name, i, r.Err)
			}
		}
		checkPlaced(t, server, batch, receipts)
		if held := int64(len(server.Dump(t, imaptest.User)["INBOX"])); held < 120 {
			t.Errorf("%s: got %d stored where there is room for 130, want it filled", name, held)
		}
	}
}

func dovecotWith(t *testing.T, quota int64) *imaptest.Server {
	t.Helper()
	var server *imaptest.Server
	t.Run("start", func(t2 *testing.T) { // skips by itself where there is none
		_ = imaptest.Dovecot(t2, imaptest.DovecotOptions{})
		server = imaptest.Dovecot(t, imaptest.DovecotOptions{Quota: quota})
	})
	return server
}

// TestMultiUnreadable leaves unreadable messages out of commands and sends the others in them.
func TestMultiUnreadable(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t)
	batch := letters(60, 300)
	for i := 0; i < len(batch); i += 3 {
		batch[i].Open = func() (io.ReadCloser, error) { return nil, errors.New("disk: gone") }
	}
	receipts, err := receiptsOf(t, open(t, server), batch)
	if err != nil || len(receipts) != len(batch) {
		t.Fatalf("got %v and %d settled, want all %d", err, len(receipts), len(batch))
	}
	for i, r := range receipts {
		if bad := r.Err != nil; bad != (i%3 == 0) {
			t.Errorf("message %d: got %v", i, r.Err)
		}
	}
	checkPlaced(t, server, batch, receipts)
}

// TestMultiWithoutUIDPlus stores without a word of where.
func TestMultiWithoutUIDPlus(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t, func(o *memserver.Options) { o.Hide = []string{"UIDPLUS"} })
	batch := letters(50, 300)
	receipts, err := receiptsOf(t, open(t, server), batch)
	if err != nil || len(receipts) != len(batch) || receipts[17].Err != nil || receipts[17].UID != 0 {
		t.Errorf("got %v, %d settled, %+v; want all stored without UIDs", err, len(receipts), receipts[17])
	}
	if held := server.Dump(t, imaptest.User)["INBOX"]; len(held) != len(batch) {
		t.Errorf("got %d held, want %d", len(held), len(batch))
	}
}

// TestSlowMessages draws messages that come seldom: what was drawn is stored without waiting for the next one.
func TestSlowMessages(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t)
	settled := make(chan int, 2)
	var waited bool
	messages := func(yield func(migrate.Outgoing) bool) {
		if !yield(outgoing("first", 200)) {
			return
		}
		select {
		case <-settled:
			waited = true
		case <-time.After(10 * time.Second):
		}
		yield(outgoing("second", 200))
	}
	err := open(t, server).Append(t.Context(), iter.Seq[migrate.Outgoing](messages), func(i int, _ migrate.Receipt) { settled <- i })
	if err != nil || !waited {
		t.Errorf("got %v and the first settled: %v, want it settled before the second was there", err, waited)
	}
}

// TestMultiCut cuts the line within a command: all of it is in doubt, nothing of it is stored.
func TestMultiCut(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t)
	session := open(t, server)
	server.Mem.CutAppend(5000)
	receipts, err := receiptsOf(t, session, letters(200, 300))
	if kindOf(err) != int(migrate.Broken) {
		t.Errorf("got %v, want Broken", err)
	}
	for i, r := range receipts {
		if !errors.Is(r.Err, migrate.ErrUnsent) {
			t.Errorf("message %d: got %v, want it in doubt or never sent", i, r.Err)
		}
	}
	if held := server.Dump(t, imaptest.User)["INBOX"]; len(held) != 0 {
		t.Errorf("got %d held, want none of a command that did not come whole", len(held))
	}
}

// TestKeywordRefused has the server refuse a message with an odd keyword: it is stored without it.
func TestKeywordRefused(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t)
	session := open(t, server)
	odd := outgoing("odd", 100)
	odd.Flags = []string{`\Seen`, "od+d"}
	server.Mem.FailAppends(memserver.Answer{Kind: "NO", Code: "CANNOT", Text: "no such keyword"})
	kinds, err := appendAll(t, session, odd)
	if err != nil || kinds[0] != stored {
		t.Fatalf("got %v and %v, want it stored", kinds, err)
	}
	held := server.Dump(t, imaptest.User)["INBOX"]
	if len(held) != 1 || !slices.Contains(held[0].Flags, `\Seen`) || slices.Contains(held[0].Flags, "od+d") {
		t.Errorf("got %+v, want one message, seen, without the keyword", held)
	}
}
