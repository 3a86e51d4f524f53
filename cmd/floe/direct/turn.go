package direct

import (
	"context"
	"sync"
)

// turn is whose it is to spend the payer's coins: this process's, from asking
// what coins there are until a transaction that names them has run. Within the
// process one client does one thing after the other, so that taking it again is
// going on.
type turn struct {
	others func(context.Context) (done func(), err error) // nil: there are none

	mu   sync.Mutex
	done func() // not nil while it is ours
}

func (t *turn) take(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.others == nil || t.done != nil {
		return nil
	}
	done, err := t.others(ctx)
	t.done = done
	return err
}

func (t *turn) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done != nil {
		t.done()
		t.done = nil
	}
}
