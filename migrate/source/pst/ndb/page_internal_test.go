package ndb

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestAscending(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ keys, want []uint64 }{
		{nil, nil},
		{[]uint64{5}, []uint64{5}},
		{[]uint64{1, 2, 3}, []uint64{1, 2, 3}},
		{[]uint64{1, 2, 900, 3, 4}, []uint64{1, 2, 3, 4}},
		{[]uint64{900, 1, 2, 3}, []uint64{1, 2, 3}},
		{[]uint64{1, 2, 3, 0, 4}, []uint64{1, 2, 3, 4}},
		{[]uint64{1, 1, 1}, []uint64{1}},
		{[]uint64{1, 2, 3, 0, 0, 0}, []uint64{1, 2, 3}},
	} {
		var got []uint64
		for _, i := range ascending(test.keys) {
			got = append(got, test.keys[i])
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%v: got %v, want %v", test.keys, got, test.want)
		}
	}
}

// Whatever the keys, those that are picked ascend, and no single one could be added.
func TestAscendingRandom(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		keys := make([]uint64, r.IntN(20))
		for i := range keys {
			keys[i] = uint64(r.IntN(12))
		}
		picked := ascending(keys)
		for i := 1; i < len(picked); i++ {
			if picked[i] <= picked[i-1] || keys[picked[i]] <= keys[picked[i-1]] {
				t.Fatalf("%v: got %v, which doesn't ascend", keys, picked)
			}
		}
		if want := longest(keys); len(picked) != want {
			t.Fatalf("%v: got %d, want %d", keys, len(picked), want)
		}
	}
}

// longest is the length of the longest ascending subsequence, in another way: the smallest end of one of each length.
func longest(keys []uint64) int {
	var ends []uint64
	for _, k := range keys {
		i, _ := slices.BinarySearch(ends, k)
		if i == len(ends) {
			ends = append(ends, k)
		}
		ends[i] = k
	}
	return len(ends)
}

// The examples of known checksums: the first block of a file that Outlook wrote, and that nothing has the checksum 0.
func TestChecksum(t *testing.T) {
	t.Parallel()
	if got := checksum(nil); got != 0 {
		t.Errorf("nothing: got %x, want 0", got)
	}
	if got := checksum([]byte("123456789")); got != 0x2DFD2D88 {
		t.Errorf("got %x, want 2dfd2d88", got)
	}
	if got := signature(0x250000, 0x4AA4); got != 0x4A81 {
		t.Errorf("got %x, want 4a81", got)
	}
}

func TestCipherTables(t *testing.T) {
	t.Parallel()
	for i := range 256 {
		if permuteI[permuteR[i]] != byte(i) || permuteS[permuteS[i]] != byte(i) {
			t.Fatalf("%d: the tables don't undo it", i)
		}
	}
	for e := None; e <= Cyclic; e++ {
		b := []byte("what was written is read")
		e.Encode(b, 0x12345678)
		if (string(b) == "what was written is read") != (e == None) {
			t.Errorf("%v: got %q", e, b)
		}
		e.Decode(b, 0x12345678)
		if string(b) != "what was written is read" {
			t.Errorf("%v: got %q", e, b)
		}
	}
}

func TestLRU(t *testing.T) {
	t.Parallel()
	c := newLRU[int, string](10)
	c.put(1, "one", 4)
	c.put(2, "two", 4)
	c.get(1)
	c.put(3, "three", 4)
	if _, ok := c.get(2); ok {
		t.Error("the one used longest ago is still there")
	}
	if v, ok := c.get(1); !ok || v != "one" {
		t.Errorf("got %q, %v, want one", v, ok)
	}
	c.put(4, "too large", 40)
	if v, ok := c.get(4); !ok || v != "too large" || len(c.items) != 1 {
		t.Errorf("got %q, %v and %d items, want it alone", v, ok, len(c.items))
	}
}

// Each key belongs to the newest of the leaves that reach over it.
func TestNewest(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(8, 9))
	for range 2000 {
		var leaves []leafPage
		var owner [40]BID
		for i := range r.IntN(12) {
			first := uint64(r.IntN(30))
			p := leafPage{first: first, last: first + uint64(r.IntN(10)), ref: pageRef{id: BID(r.IntN(1000)*16 + i + 1)}}
			leaves = append(leaves, p)
			for k := p.first; k <= p.last; k++ {
				owner[k] = max(owner[k], p.ref.id)
			}
		}
		slices.SortFunc(leaves, func(x, y leafPage) int { return int(x.first) - int(y.first) })
		var got [40]BID
		last := int64(-1)
		for _, s := range newest(leaves) {
			if int64(s.lo) <= last || s.hi < s.lo {
				t.Fatalf("%v: got %v after %d", leaves, s, last)
			}
			for k := s.lo; k <= s.hi; k++ {
				got[k] = s.ref.id
			}
			last = int64(s.hi)
		}
		if got != owner {
			t.Fatalf("%v: got %v, want %v", leaves, got, owner)
		}
	}
	if got := newest([]leafPage{{first: 5, last: ^uint64(0)}}); len(got) != 1 || got[0].hi != ^uint64(0) {
		t.Errorf("the last key: got %v", got)
	}
}
