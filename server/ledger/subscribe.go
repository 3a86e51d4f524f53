package ledger

import (
	"context"
	"fmt"
	"iter"
)

// Subscribe yields every checkpoint from that sequence number on, those that
// are there at once, later ones as they come. After an error it ends: ctx's,
// ErrClosed, or the store's.
func (l *Ledger) Subscribe(ctx context.Context, from uint64) iter.Seq2[*Checkpoint, error] {
	return func(yield func(*Checkpoint, error) bool) {
		for {
			next, news := l.watch()
			for ; from < next; from++ {
				c, err := l.Checkpoint(from)
				if err != nil {
					err = fmt.Errorf("couldn't read checkpoint %d: %w", from, err)
				}
				if !yield(c, err) || err != nil {
					return
				}
			}
			select {
			case <-news:
			case <-ctx.Done():
				yield(nil, ctx.Err())
				return
			case <-l.closing:
				yield(nil, ErrClosed)
				return
			}
		}
	}
}

// snapshot returns where the ledger stands.
func (l *Ledger) snapshot() head {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head
}

// watch returns the next checkpoint's sequence number and a channel that is
// closed when it is there.
func (l *Ledger) watch() (next uint64, news <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head.next, l.news
}

// publish lets everybody see a new head.
func (l *Ledger) publish(h head) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.head = h
	close(l.news)
	l.news = make(chan struct{})
}
