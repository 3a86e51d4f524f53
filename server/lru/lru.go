// Package lru remembers what was used last, by the bytes that it takes.
//
// Make a [Cache] with [New]; [Cache.Put] says what a value takes, and the one that
// wasn't used for longest goes when all take too much.
package lru

import (
	"container/list"
	"sync"
)

// Cache maps keys to values. Its methods may be called at once.
type Cache[K comparable, V any] struct {
	most int

	mu    sync.Mutex
	taken int
	byKey map[K]*list.Element
	order *list.List // of *entry, last used first
}

type entry[K comparable, V any] struct {
	key   K
	value V
	size  int
}

// New returns a cache of values that take at most so many bytes together. One
// value is kept always, whatever it takes.
func New[K comparable, V any](most int) *Cache[K, V] {
	return &Cache[K, V]{most: most, byKey: make(map[K]*list.Element), order: list.New()}
}

// Get returns the value of a key, if there is one.
func (c *Cache[K, V]) Get(key K) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.byKey[key]
	if e == nil {
		return value, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*entry[K, V]).value, true
}

// Put remembers a value that takes so many bytes, in place of the key's last one.
func (c *Cache[K, V]) Put(key K, value V, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(key)
	c.byKey[key] = c.order.PushFront(&entry[K, V]{key, value, size})
	for c.taken += size; c.taken > c.most && c.order.Len() > 1; {
		c.drop(c.order.Back().Value.(*entry[K, V]).key)
	}
}

// Drop forgets a key.
func (c *Cache[K, V]) Drop(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(key)
}

func (c *Cache[K, V]) drop(key K) {
	if e := c.byKey[key]; e != nil {
		c.taken -= c.order.Remove(e).(*entry[K, V]).size
		delete(c.byKey, key)
	}
}
