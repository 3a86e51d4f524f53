package client

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// watch is told how a read goes on, and how long it may wait for nodes.
type watch struct {
	meter    *meter
	phase    Phase         // to go back to after waiting
	patience time.Duration // 0: as long as ctx lasts
}

// persist repeats try for as long as its failing may pass: nodes return, the
// network comes back. It says so while it waits.
func (c *Client) persist(ctx context.Context, w *watch, try func() error) error {
	begun := time.Now()
	for {
		err := try()
		var e *Error
		if err == nil || !errors.As(err, &e) || !e.passes() || ctx.Err() != nil {
			return err
		}
		if w.patience > 0 && time.Since(begun) > w.patience {
			return err
		}
		w.waiting(e)
		if err := sleep(ctx, c.pace.heal); err != nil {
			return err
		}
		w.meter.phase(w.phase, "")
	}
}

// passes says whether waiting alone may end the error.
func (e *Error) passes() bool {
	return e.Retry && (e.Code == CodeTooFewNodes || e.Code == CodeOffline || e.Code == CodeQuota)
}

// waiting tells what is waited for.
func (w *watch) waiting(e *Error) {
	w.meter.update(func(now *Progress) {
		now.Phase, now.Message = PhaseWaiting, e.Message
		now.Have, now.Need = e.Have, e.Need
	})
}

// gave tells of bytes that a node gave, verified.
func (w *watch) gave(node int, bytes int) {
	w.meter.update(func(now *Progress) {
		if node < len(now.Nodes) {
			now.Nodes[node].Acked += int64(bytes)
			now.Nodes[node].State = NodeDone
		}
	})
}

// down tells of a node that gave nothing.
func (w *watch) down(node int) {
	w.meter.update(func(now *Progress) {
		if node < len(now.Nodes) {
			now.Nodes[node].State = NodeDown
		}
	})
}

// mended tells of a sliver that wasn't what it should be.
func (w *watch) mended(name string) {
	w.meter.say(name + " gave something damaged; it is fetched from another.")
}

// tooFewNodes is the error while too few nodes answer.
func tooFewNodes(have, need int, cause error) error {
	return &Error{
		Code:    CodeTooFewNodes,
		Message: fmt.Sprintf("Too few storage nodes answer: %d of the %d that are needed. Nothing is lost; it goes on when one returns.", have, need),
		Have:    have,
		Need:    need,
		Retry:   true,
		Err:     cause,
	}
}
