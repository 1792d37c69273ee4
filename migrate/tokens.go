package migrate

import "context"

// tokenBytes is what a token stands for. A message takes one at least, so that there are not too many of them either.
const tokenBytes = 64 << 10

// tokens bound how much is in memory.
type tokens chan struct{}

func newTokens(bytes int) tokens { return make(tokens, bytes/tokenBytes) }

// take waits for the tokens of a message and returns how many it took: none if ctx ended before.
func (t tokens) take(ctx context.Context, size int64) int {
	want := min(int(size/tokenBytes)+1, cap(t))
	for n := range want {
		select {
		case t <- struct{}{}:
		case <-ctx.Done():
			t.give(n)
			return 0
		}
	}
	return want
}

// give puts tokens back.
func (t tokens) give(n int) {
	for range n {
		<-t
	}
}
