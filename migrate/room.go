package migrate

import (
	"math/bits"
	"sync"
)

// A message that is read ahead takes its memory from where the one before left it: to clear fresh memory and to collect it again
// took a fifth of what an upload costs. Rooms are recycled by powers of two; what is smaller than the first is not worth it.
const (
	leastRoomBits = 14
	mostRoomBits  = 19
)

var rooms [mostRoomBits + 1]sync.Pool

// takeRoom returns n bytes with something in them.
func takeRoom(n int) []byte {
	class := bits.Len(uint(n - 1))
	if n <= 1<<leastRoomBits || class > mostRoomBits {
		return make([]byte, n)
	}
	if room, ok := rooms[class].Get().(*[]byte); ok {
		return (*room)[:n]
	}
	return make([]byte, n, 1<<class)
}

// giveRoom takes them back; nobody may look at them any more.
func giveRoom(room []byte) {
	if c := cap(room); c > 1<<leastRoomBits && c <= 1<<mostRoomBits && c&(c-1) == 0 {
		rooms[bits.Len(uint(c-1))].Put(&room)
	}
}
