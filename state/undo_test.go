package state

import (
	"errors"
	"fmt"
	"testing"
)

// undoing is an account with some messages in one mailbox that was made: sent, adopted, present, planned, rejected, missing.
func undoing(t *testing.T) (*Account, int64, int64) {
	t.Helper()
	l, a := open(t)
	box, err := a.Mailbox(t.Context(), "Clienti", 0)
	if err != nil {
		t.Fatal(err)
	}
	source, err := a.Source(t.Context(), "mbox", "/pc")
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		fmt.Sprintf("INSERT INTO part (id, source, name) VALUES (1, %d, 'Inbox')", source),
		fmt.Sprintf("INSERT INTO folder (id, source, name, account, path, role) VALUES (1, %d, 'Inbox', '', '[]', 0)", source),
		fmt.Sprintf("UPDATE account SET plan = 'some' WHERE id = %d", a.id), "UPDATE mailbox SET made = 1",
	} {
		if _, err := l.write.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	for i, row := range []struct{ state, how, missing, doubted int }{
		{2, 1, 0, 1}, {2, 2, 0, 0}, {2, 3, 0, 0}, {0, 0, 0, 1}, {3, 0, 0, 0}, {2, 1, 1, 0}, {2, 4, 0, 0},
	} {
		id := int64(i + 1)
		_, err := l.write.Exec("INSERT INTO copy (id, part, folder, ref, state, size, exact, key, hasid, trace, partial, rebuilt, flags, keywords, date, daterank, message_id, subject, flaw, message) "+
			"VALUES (?1, 1, 1, ?1, 0, 10, x'01', x'02', 1, 1, 0, 0, 0, '', 0, 0, '', '', '', ?1)", id)
		if err == nil {
			_, err = l.write.Exec("INSERT INTO message (id, account, copy, mailbox, size, exact, key, hasid, trace, partial, variant, flags, keywords, date, message_id, subject, "+
				"state, how, uidvalidity, uid, missing, doubted, repair, reason) VALUES (?1, ?2, ?1, ?3, 10, x'01', x'02', 1, 1, 0, 0, 0, '', 0, '', '', ?4, ?5, 7, ?1, ?6, ?7, 1, 'why')",
				id, a.id, box, row.state, row.how, row.missing, row.doubted)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return a, box, source
}

// states lists the messages' states in the order of their numbers.
func states(t *testing.T, a *Account) string {
	t.Helper()
	var all string
	for m, err := range a.messages(t.Context(), "ORDER BY m.id") {
		if err != nil {
			t.Fatal(err)
		}
		all += fmt.Sprint(int(m.State))
	}
	return all
}

func numbers(messages []Message) (all []int64) {
	for _, m := range messages {
		all = append(all, m.ID)
	}
	return all
}

func TestUndoIsThreeMoves(t *testing.T) {
	t.Parallel()
	a, box, _ := undoing(t)
	loads, err := a.UndoLoads(t.Context())
	if err != nil || len(loads) != 1 || loads[0].Messages != 3 || loads[0].Bytes != 30 || !loads[0].Mailbox.Made {
		t.Fatalf("got %+v, %v, want the three that were uploaded", loads, err)
	}
	first, err := a.Uploaded(t.Context(), box, 0, 0, 2)
	if err != nil || fmt.Sprint(numbers(first)) != "[1 2]" {
		t.Fatalf("got %v, %v, want 1 and 2", numbers(first), err)
	}
	if err := a.Undoing(t.Context(), []int64{1, 2}); err != nil {
		t.Fatal(err)
	}
	if got := states(t, a); got != "4420322" {
		t.Errorf("intent: got states %s", got)
	}
	if half, err := a.HalfUndone(t.Context(), box); err != nil || fmt.Sprint(numbers(half)) != "[1 2]" {
		t.Errorf("got %v, %v, want what is marked", numbers(half), err)
	}
	if boxes, err := a.HalfUndoneMailboxes(t.Context()); err != nil || len(boxes) != 1 || boxes[0].ID != box {
		t.Errorf("got %v, %v, want the mailbox", boxes, err)
	}
	if rest, err := a.Uploaded(t.Context(), box, 7, 2, 9); err != nil || fmt.Sprint(numbers(rest)) != "[6]" {
		t.Errorf("got %v, %v, want the last one", numbers(rest), err)
	}
	if err := a.NotUndone(t.Context(), []int64{2}); err != nil {
		t.Fatal(err)
	}
	if err := a.Undone(t.Context(), []int64{1}); err != nil {
		t.Fatal(err)
	}
	if got := states(t, a); got != "0220322" {
		t.Errorf("result: got states %s", got)
	}
	if plan, err := a.Plan(t.Context()); err != nil || plan != "" {
		t.Errorf("got plan %q, %v, want none", plan, err)
	}
	for m, err := range a.messages(t.Context(), "WHERE m.id = 1") {
		if err != nil || m.UID != 0 || m.UIDValidity != 0 || m.How != 0 || m.Repair != 0 || m.Doubted || m.Reason != "" {
			t.Errorf("got %+v, %v, want it as if it had never been sent", m, err)
		}
	}
}

func TestUndoingIsAllOrNothing(t *testing.T) {
	t.Parallel()
	a, _, _ := undoing(t)
	for _, other := range []int64{3, 4, 5, 7, 99} {
		if err := a.Undoing(t.Context(), []int64{1, other}); !errors.Is(err, errNotPlanned) {
			t.Errorf("with message %d: got %v, want a refusal", other, err)
		}
	}
	if got := states(t, a); got != "2220322" {
		t.Errorf("got states %s, want nothing changed", got)
	}
}

func TestMadeMailboxesAreForgotten(t *testing.T) {
	t.Parallel()
	a, box, _ := undoing(t)
	if made, err := a.Created(t.Context()); err != nil || len(made) != 1 || made[0].ID != box {
		t.Fatalf("got %v, %v, want the mailbox", made, err)
	}
	if err := a.Unmade(t.Context(), box); err != nil {
		t.Fatal(err)
	}
	if made, err := a.Created(t.Context()); err != nil || len(made) != 0 {
		t.Errorf("got %v, %v, want none", made, err)
	}
}

func TestGivenUp(t *testing.T) {
	t.Parallel()
	a, box, _ := undoing(t)
	if boxes, err := a.GivenUpMailboxes(t.Context()); err != nil || len(boxes) != 1 {
		t.Errorf("got %v, %v, want the mailbox", boxes, err)
	}
	if given, err := a.GivenUp(t.Context(), box); err != nil || fmt.Sprint(numbers(given)) != "[4]" {
		t.Errorf("got %v, %v, want the planned one that was sent", numbers(given), err)
	}
}

func TestResend(t *testing.T) {
	t.Parallel()
	a, box, source := undoing(t)
	if gone, err := a.Vanished(t.Context(), box, 0, 9); err != nil || fmt.Sprint(numbers(gone)) != "[6]" {
		t.Fatalf("got %v, %v, want the missing one", numbers(gone), err)
	}
	if gone, err := a.Vanished(t.Context(), box, 6, 9); err != nil || len(gone) != 0 {
		t.Errorf("after it: got %v, %v, want none", numbers(gone), err)
	}
	if n, err := a.Resend(t.Context(), []int64{1, 6}, []int64{source + 1}, "gone"); err != nil || n != 0 {
		t.Errorf("from another source: got %d, %v, want none", n, err)
	}
	if n, err := a.Resend(t.Context(), []int64{1, 6}, []int64{source}, "gone"); err != nil || n != 1 {
		t.Errorf("got %d, %v, want the missing one only", n, err)
	}
	if got := states(t, a); got != "2220302" {
		t.Errorf("got states %s", got)
	}
	for m, err := range a.messages(t.Context(), "WHERE m.id = 6") {
		if err != nil || m.Reason != "gone" || m.Repair != 1 || m.UID != 0 || m.Missing {
			t.Errorf("got %+v, %v, want it planned with its reason and its mended bytes", m, err)
		}
	}
	if sources, err := a.PlannedSources(t.Context()); err != nil || fmt.Sprint(sources) != fmt.Sprint([]int64{source}) {
		t.Errorf("got sources %v, %v", sources, err)
	}
}

func TestReseat(t *testing.T) {
	t.Parallel()
	a, _, source := undoing(t)
	for _, query := range []string{"INSERT INTO verdict (copy, message) VALUES (5, 6)", "DELETE FROM copy WHERE id = 6"} {
		if _, err := a.l.write.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Reseat(t.Context(), []int64{1, 6}, []int64{source}); err != nil {
		t.Fatal(err)
	}
	for m, err := range a.messages(t.Context(), "WHERE m.id IN (1, 6)") {
		if want := map[int64]int64{1: 1, 6: 5}[m.ID]; err != nil || m.Copy != want {
			t.Errorf("message %d stands on copy %d, %v, want %d", m.ID, m.Copy, err, want)
		}
	}
	if n, err := a.SentBy(t.Context(), 0); err != nil || n != 3 {
		t.Errorf("got %d sent by run 0, %v, want 3", n, err)
	}
}
