package client

import (
	"context"
	"errors"
	"io"
	"time"
)

// errSilence is why an answer is given up.
var errSilence = errors.New("the server's answer doesn't go on")

// do sends a request to the server. An answer of which nothing comes for long
// fails, so that no server can keep its caller waiting for ever. How long a
// large request is on its way doesn't count: some lines are slow.
func (c *Client) do(ctx context.Context, r Request) (*Response, error) {
	ctx, cut := context.WithCancelCause(ctx)
	limit := c.pace.silence
	timer := time.AfterFunc(limit, func() { cut(errSilence) })
	if r.Body.Len() > smallRequest {
		timer.Stop()
	}
	res, err := c.relay.Do(ctx, r)
	timer.Stop()
	if err != nil {
		cut(nil)
		return nil, err
	}
	res.Body = &impatient{body: res.Body, timer: timer, limit: limit, cut: cut}
	return res, nil
}

// smallRequest is what every line carries in no time.
const smallRequest = 64 << 10

// impatient is a body that fails after a while of silence.
type impatient struct {
	body  io.ReadCloser
	timer *time.Timer
	limit time.Duration
	cut   context.CancelCauseFunc
}

func (i *impatient) Read(p []byte) (int, error) {
	i.timer.Reset(i.limit)
	n, err := i.body.Read(p)
	i.timer.Stop() // the time that the caller takes doesn't count
	return n, err
}

func (i *impatient) Close() error {
	i.timer.Stop()
	err := i.body.Close()
	i.cut(nil)
	return err
}
