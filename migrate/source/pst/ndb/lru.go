package ndb

import (
	"container/list"
	"sync"
)

// lru keeps the values used last, up to a sum of their sizes. It is safe for concurrent use; its values are read only.
type lru[K comparable, V any] struct {
	mu    sync.Mutex
	room  int // bytes left
	order *list.List
	items map[K]*list.Element
}

type lruItem[K comparable, V any] struct {
	key   K
	value V
	size  int
}

// newLRU makes a cache of room bytes.
func newLRU[K comparable, V any](room int) *lru[K, V] {
	return &lru[K, V]{room: room, order: list.New(), items: make(map[K]*list.Element)}
}

// get returns a value that is kept.
func (c *lru[K, V]) get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.items[key]
	if !ok {
		var none V
		return none, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*lruItem[K, V]).value, true
}

// put keeps a value of size bytes and forgets those used longest ago that leave no room for it.
func (c *lru[K, V]) put(key K, value V, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.items[key]; known {
		return
	}
	c.items[key] = c.order.PushFront(&lruItem[K, V]{key, value, size})
	c.room -= size
	for c.room < 0 && c.order.Len() > 1 {
		last := c.order.Remove(c.order.Back()).(*lruItem[K, V])
		delete(c.items, last.key)
		c.room += last.size
	}
}
