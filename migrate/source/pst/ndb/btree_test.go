package ndb_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"unpop/migrate/source/pst/ndb"
)

func TestNodes(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		f := open(t, sample(t, format))
		list, damage := nodes(f)
		if len(damage) > 0 || !slices.IsSortedFunc(list, func(x, y ndb.Node) int { return int(x.ID) - int(y.ID) }) {
			t.Errorf("%v: got %d nodes and %v, want them in order", format, len(list), damage)
		}
		for _, n := range list {
			found, err := f.Node(n.ID)
			if err != nil || found != n {
				t.Errorf("%v: looking for %v: got %v, %v, want %v", format, n.ID, found, err, n)
			}
			if _, err := f.Node(n.ID + 0x7000000); !ndb.IsNotFound(err) {
				t.Errorf("%v: looking for a node that isn't there: got %v", format, err)
			}
			if _, err := f.Node(n.ID ^ 0x19); !ndb.IsNotFound(err) {
				t.Errorf("%v: looking for a node of another type: got %v", format, err)
			}
		}
	}
}

// A leaf that is gone costs the nodes in it and no more, a branch or root none at all, and its place is told.
func TestLostPage(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		b := sample(t, format)
		size, _ := pageSize(format)
		whole, _ := nodes(open(t, b))
		for _, leaf := range []bool{true, false} {
			list := pages(b, format, 0x81, leaf)
			if len(list) < 3 {
				t.Fatalf("%v: got %d pages, want more", format, len(list))
			}
			for _, at := range list {
				page := bytes.Clone(b[at : at+size])
				copy(b[at:], random(size))
				f := open(t, b)
				got, damage := nodes(f)
				if len(damage) != 1 || offsetOf(t, damage[0]) != int64(at) || !errors.Is(damage[0], ndb.ErrOtherID) {
					t.Fatalf("%v: page %d: got %v, want one error about it", format, at, damage)
				}
				if leaf {
					checkLoss(t, f, whole, got, damage[0])
				} else if !slices.Equal(ids(got), ids(whole)) {
					t.Errorf("%v: page %d: got %d nodes, want all %d", format, at, len(got), len(whole))
				}
				copy(b[at:], page)
			}
		}
	}
}

// ids gives the ids of nodes.
func ids(list []ndb.Node) []ndb.NID {
	var ids []ndb.NID
	for _, n := range list {
		ids = append(ids, n.ID)
	}
	return ids
}

// checkLoss checks that the nodes that are left are a part of all, that the others are next to each other, and that looking
// for them gives the damage.
func checkLoss(t *testing.T, f *ndb.File, whole, got []ndb.Node, damage error) {
	t.Helper()
	var lost []int
	for i, n := range whole {
		if !slices.ContainsFunc(got, func(g ndb.Node) bool { return g.ID == n.ID }) {
			lost = append(lost, i)
			if _, err := f.Node(n.ID); offsetOf(t, err) != offsetOf(t, damage) {
				t.Errorf("looking for %v: got %v, want %v", n.ID, err, damage)
			}
		}
	}
	if len(got)+len(lost) != len(whole) || len(lost) == 0 || lost[len(lost)-1]-lost[0] != len(lost)-1 {
		t.Errorf("got %d of %d nodes, lost %v, want them next to each other", len(got), len(whole), lost)
	}
}

// A page whose checksum is wrong is used as far as it makes sense: one wrong byte costs one node at most.
func TestWrongByteInPage(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		b := sample(t, format)
		_, trailer := pageSize(format)
		whole, _ := nodes(open(t, b))
		for _, at := range pages(b, format, 0x81, true) {
			for _, i := range []int{0, 1, 5, 17, trailer - 1, trailer - 2, trailer - 4, trailer, trailer + 2, trailer + 5, trailer + 9} {
				b[at+i] ^= 0x15
				f := open(t, b)
				got, damage := nodes(f)
				if len(got) < len(whole)-1 {
					t.Errorf("%v: byte %d of page %d: got %d nodes and %v, want %d", format, i, at, len(got), damage, len(whole)-1)
				}
				warnings, n := f.Warnings()
				if n == 0 || warnings[0].Offset != int64(at) {
					t.Errorf("%v: byte %d of page %d: got warnings %v, want one about it", format, i, at, warnings)
				}
				b[at+i] ^= 0x15
			}
		}
	}
}

// Pages that refer to themselves, to the root or all to the same one end a walk soon.
func TestLoops(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		b := sample(t, format)
		branches := pages(b, format, 0x81, false)
		word := 8
		if format == ndb.ANSI {
			word = 4
		}
		root := branches[len(branches)-1]
		for _, at := range branches {
			for name, target := range map[string]int{"itself": at, "root": root, "first leaf": pages(b, format, 0x81, true)[0], "first": branches[0]} {
				broken := bytes.Clone(b)
				for i := range 3 {
					ref := broken[at+i*3*word+2*word:]
					for j := range word {
						ref[j] = byte(target >> (8 * j))
					}
				}
				f, err := ndb.Open(bytes.NewReader(broken), int64(len(broken)))
				if err != nil {
					t.Fatal(err)
				}
				list, damage := nodes(f)
				if !slices.IsSortedFunc(list, func(x, y ndb.Node) int { return int(x.ID) - int(y.ID) }) || len(damage) > 3 {
					t.Errorf("%v: page %d refers to %s: got %d nodes and %v", format, at, name, len(list), damage)
				}
			}
		}
	}
}
