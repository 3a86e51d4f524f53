package lru

import "testing"

func TestWhatWasUsedLastStays(t *testing.T) {
	c := New[string, int](100)
	check := func(when string, want map[string]int) {
		t.Helper()
		sum := 0
		for e := c.order.Front(); e != nil; e = e.Next() {
			sum += e.Value.(*entry[string, int]).size
		}
		if sum != c.taken || len(c.byKey) != len(want) || c.order.Len() != len(want) {
			t.Errorf("%s: %d bytes counted as %d, %d keys, %d values, want %d", when, sum, c.taken, len(c.byKey), c.order.Len(), len(want))
		}
		for key, value := range want {
			if e := c.byKey[key]; e == nil || e.Value.(*entry[string, int]).value != value {
				t.Errorf("%s: no %s", when, key)
			}
		}
	}
	c.Put("a", 1, 40)
	c.Put("b", 2, 40)
	if v, ok := c.Get("a"); !ok || v != 1 {
		t.Errorf("a is %d, %v", v, ok)
	}
	c.Put("c", 3, 40)
	check("b wasn't used for longest", map[string]int{"a": 1, "c": 3})
	c.Put("a", 4, 60)
	check("another value in place of the first", map[string]int{"a": 4, "c": 3})
	c.Put("d", 5, 1000)
	check("one that is too large alone", map[string]int{"d": 5})
	c.Put("e", 6, 10)
	check("a small one after it", map[string]int{"e": 6})
	c.Drop("e")
	c.Drop("e")
	check("dropped", nil)
	if v, ok := c.Get("e"); ok {
		t.Errorf("e is %d still", v)
	}
}
