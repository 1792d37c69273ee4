package migrate_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	goimap "github.com/emersion/go-imap/v2"

	"unpop/migrate"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

func TestUndoAfterTheUserWorked(t *testing.T) {
	t.Parallel()
	for name, start := range servers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := start(t)
			before := full(k)
			k.run()
			client := k.client()
			uid := func(mailbox, subjectOf string) goimap.UIDSet {
				for _, m := range k.dump()[mailbox] {
					if subject(m.Body) == subjectOf {
						return goimap.UIDSetNum(goimap.UID(m.UID))
					}
				}
				t.Fatalf("no %s in %s", subjectOf, mailbox)
				return nil
			}
			flagged, moved, deleted := uid("INBOX", "two"), uid("INBOX", "no id"), uid(k.name("Clienti"), "four")
			check := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			_, err := client.Select("INBOX", nil).Wait()
			check(err)
			check(client.Store(flagged, &goimap.StoreFlags{Op: goimap.StoreFlagsAdd, Flags: []goimap.Flag{goimap.FlagFlagged, goimap.FlagSeen}}, nil).Close())
			_, err = client.Move(moved, k.name("Viaggi")).Wait()
			check(err)
			_, err = client.Select(k.name("Clienti"), nil).Wait()
			check(err)
			check(client.Store(deleted, &goimap.StoreFlags{Op: goimap.StoreFlagsAdd, Flags: []goimap.Flag{goimap.FlagDeleted}}, nil).Close())
			check(client.UIDExpunge(deleted).Close())
			check(client.Close())

			var told []string
			r, err := k.undo(t.Context(), migrate.UndoOptions{Obstacle: func(n migrate.NotUndone) {
				if !errors.Is(n.Why, migrate.ErrGone) {
					t.Errorf("%s: got %v, want %v", n.Subject, n.Why, migrate.ErrGone)
				}
				told = append(told, n.Mailbox+" "+n.Subject)
			}})
			if want := []string{k.name("Clienti") + " four", "INBOX no id"}; err != nil || r.Removed != fullMessages-2 || r.Gone != 2 || sorted(told) != sorted(want) {
				t.Errorf("got %+v, %v and %q, want %s", r, err, told, want)
			}
			viaggi := k.name("Viaggi")
			stays := k.dump()[viaggi]
			if len(stays) != 2 || subject(stays[1].Body) != "no id" {
				t.Fatalf("%s holds %d messages, want the moved one to stay", viaggi, len(stays))
			}
			before[viaggi] = stays
			k.same(before)
		})
	}
}

func TestUndoRefusesWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	full(k)
	k.run()
	// The same name with another UIDVALIDITY and the same UIDs: somebody's own mailbox.
	client := k.client()
	for _, err := range []error{client.Delete("Viaggi").Wait(), client.Create("Viaggi", nil).Wait(), client.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	k.store("Viaggi", mail("other", "other", "text"), mail("3", "three", "text"))
	want := k.dump()["Viaggi"]
	for range 2 {
		var why []error
		r, err := k.undo(t.Context(), migrate.UndoOptions{Obstacle: func(n migrate.NotUndone) { why = append(why, n.Why) }})
		if err != nil || r.Renumbered != 1 || len(why) != 1 || !errors.Is(why[0], migrate.ErrRenumbered) {
			t.Errorf("got %+v, %v, %v, want one refused", r, why, err)
		}
	}
	if got := k.dump()["Viaggi"]; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v untouched", got, want)
	}
}

func TestUndoRefusesOtherContent(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", "text"))
	k.run()
	k.target = lying{Target: k.target, change: func(f migrate.Found) migrate.Found {
		if f.MessageID == "<1@test>" {
			f.MessageID = "<another@test>"
		} else {
			f.Size += 7 // altered by the server: the bytes decide
		}
		return f
	}}
	r, err := k.undo(t.Context(), migrate.UndoOptions{})
	if err != nil || r.Removed != 2 || r.Other != 0 {
		t.Errorf("got %+v, %v: the bytes are those that were sent, so want both removed", r, err)
	}
	k.target = k.server.Target(imaptest.User)
	k.run()
	k.target = lying{k.server.Target(imaptest.User), func(f migrate.Found) migrate.Found { f.Size += 7; return f }, mail("3", "three", "text")}
	r, err = k.undo(t.Context(), migrate.UndoOptions{})
	if err != nil || r.Other != 2 || r.Removed != 0 {
		t.Errorf("got %+v, %v, want other bytes left alone", r, err)
	}
	k.holds(map[string][]string{"INBOX": {"one", "two"}})
}

func TestUndoFollowsARenamedMailbox(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	before := full(k)
	k.run()
	client := k.client()
	if err := client.Rename("Viaggi", "Reisen", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	_ = client.Close()
	before["Reisen"] = before["Viaggi"]
	delete(before, "Viaggi")
	if r := k.undone(); r.Removed != fullMessages || r.Left() != 0 {
		t.Errorf("got %+v, want all removed", r)
	}
	k.same(before)
}

func TestUndoKeepsMailboxesThatAreUsed(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	full(k)
	k.run()
	k.store("Clienti/ACME", mail("mine", "mine", "text"))
	r := k.undone()
	for _, b := range r.Mailboxes {
		if inUse := strings.HasPrefix(b.Name, "Clienti"); b.Made && (b.Deleted == inUse || errors.Is(b.Kept, migrate.ErrNotEmpty) != inUse) {
			t.Errorf("%s: got deleted %t, kept for %v", b.Name, b.Deleted, b.Kept)
		}
	}
	if r.Removed != fullMessages || r.Deleted != 1 {
		t.Errorf("got %+v, want all removed and Sent deleted", r)
	}
	k.holds(map[string][]string{"INBOX": {"own one", "one"}, "Viaggi": {"own two"}, "Clienti/ACME": {"mine"}})
}

func TestUndoNeedsUIDPLUS(t *testing.T) {
	t.Parallel()
	k := inMemory(t, func(o *memserver.Options) { o.Hide = []string{"UIDPLUS"} })
	k.mbox("pc/Inbox", mail("1", "one", "text"))
	k.run()
	if r, err := k.undo(t.Context(), migrate.UndoOptions{}); !errors.Is(err, migrate.ErrCantUndo) {
		t.Errorf("got %+v, %v, want %v", r, err, migrate.ErrCantUndo)
	}
	if r := k.run(); r.Present != 1 || r.Verified != 1 {
		t.Errorf("got %+v, want nothing changed", r.Tally)
	}
}
