package daemon

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

const (
	writeAtOnce  = 1 << 20 // bytes
	writeTimeout = time.Minute
)

// outlet is the body of an answer. A reader who takes nothing of it for a minute
// is cut off.
type outlet struct {
	w    http.ResponseWriter
	conn *http.ResponseController
}

func newOutlet(w http.ResponseWriter) outlet {
	return outlet{w, http.NewResponseController(w)}
}

func (o outlet) Write(b []byte) (n int, err error) {
	for n < len(b) {
		_ = o.conn.SetWriteDeadline(time.Now().Add(writeTimeout)) // not all connections have one
		some, err := o.w.Write(b[n:min(n+writeAtOnce, len(b))])
		if n += some; err != nil {
			return n, fmt.Errorf("the reader has gone: %w", err)
		}
	}
	return n, nil
}

// end sends what net/http still holds, which it would do with as much time as the
// reader likes, and takes the deadline away: one left behind would end the
// connection's next answers. It comes after everything else, with its error.
func (o outlet) end(err error) error {
	if err == nil {
		_ = o.conn.SetWriteDeadline(time.Now().Add(writeTimeout)) // not all connections have one
		if err = o.conn.Flush(); errors.Is(err, http.ErrNotSupported) {
			err = nil
		}
	}
	_ = o.conn.SetWriteDeadline(time.Time{})
	return err
}
