package ledger

import "github.com/cockroachdb/pebble/v2"

// view is the state as it was when the view was made. It keeps the ledger from
// closing, so whoever has one closes it soon.
type view struct {
	*pebble.Snapshot
	l *Ledger
}

func (l *Ledger) view() (*view, error) {
	l.life.RLock()
	if l.closed {
		l.life.RUnlock()
		return nil, ErrClosed
	}
	return &view{l.db.NewSnapshot(), l}, nil
}

func (v *view) Close() error {
	err := v.Snapshot.Close()
	v.l.life.RUnlock()
	return err
}
