package migrate_test

import "testing"

// A copy of which an earlier plan needed a content digest, because of a copy in a source that is not there any more, is still the same as
// one of the same bytes that comes later.
func TestSameBytesAfterAnotherPlan(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	same := mail("1", "same", "one body")
	k.mbox("a/Inbox", same)
	a := k.specs[0]
	k.mbox("b/Inbox", mail("1", "same", "another body"))
	k.planAlone()
	k.mbox("c/Inbox", same)
	k.specs = []string{a, k.specs[2]}
	if r := k.run(); r.Uploaded != 1 || r.Duplicate != 1 {
		t.Errorf("got %+v, want one message and its duplicate", r.Tally)
	}
}
