package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"floe/server/api"
	"floe/wasm/client/zip"
)

// Relay carries requests to the server: by fetch in the page, by net/http in
// the command line. Do fails only when no answer came; any status is an answer.
// Where it fails with an [*Error], that is what happened; with anything else,
// the server can't be reached. The caller closes the body. Do is called from several goroutines.
type Relay interface {
	Do(ctx context.Context, r Request) (*Response, error)
}

// Request is one request to the server.
type Request struct {
	Method      string
	Path        string // with query
	ContentType string // "" without a body
	Body        Pieces // read until Do returns, never changed

	// Sent is told how many bytes of the body have gone out so far, now and then
	// until Do returns; nil: nobody wants to know.
	Sent func(bytes int64)
}

// Pieces are bytes that follow each other: slivers needn't be copied to stand
// in one request.
type Pieces [][]byte

// Len is how many bytes the pieces have together.
func (p Pieces) Len() (n int) {
	for _, piece := range p {
		n += len(piece)
	}
	return n
}

// Bytes returns them in one.
func (p Pieces) Bytes() []byte { return slices.Concat(p...) }

// Response is the server's answer.
type Response struct {
	Status int
	Body   io.ReadCloser
}

const (
	typeJSON   = "application/json"
	typeFrames = "application/octet-stream"
)

// pace says how long to wait for what. Tests make it shorter.
type pace struct {
	firstWait time.Duration // before the second try; doubles
	maxWait   time.Duration // between two tries
	greeting  time.Duration // until a server that never answered is given up
	starting  time.Duration // until one that isn't ready is
	patience  time.Duration // until one that was is
	tailMin   time.Duration // given to slow nodes once a quorum holds a batch …
	heal      time.Duration // between two looks for nodes that returned
	silence   time.Duration // until an answer that doesn't go on is given up
	journal   time.Duration // between two entries that only say who holds what
}

var usualPace = pace{
	firstWait: 300 * time.Millisecond,
	maxWait:   8 * time.Second,
	greeting:  2 * time.Second,
	starting:  15 * time.Second,
	patience:  time.Minute,
	tailMin:   500 * time.Millisecond,
	heal:      2 * time.Second,
	silence:   2 * time.Minute,
	journal:   2 * time.Second,
}

// call posts in as JSON, or gets if in is nil, and reads the answer into out.
// Every route it is used for may be asked twice, so it asks again while the
// server can't be reached or says that it will be able later.
func (c *Client) call(ctx context.Context, path string, in, out any) error {
	r := Request{Method: "GET", Path: path}
	if in != nil {
		body, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("couldn't encode a request for %s: %w", path, err)
		}
		r = Request{Method: "POST", Path: path, ContentType: typeJSON, Body: Pieces{body}}
	}
	try := func() (time.Duration, error) { return c.once(ctx, r, out) }
	if path != api.PathNetwork {
		return c.retry(ctx, c.pace.patience, try)
	}
	err := c.retry(ctx, c.pace.greeting, try)
	if errors.Is(err, errNotReady) {
		err = c.retry(ctx, c.pace.starting, try)
	}
	return err
}

// errNotReady is what a server, or a proxy before it, means by 502 to 504 without
// an error of ours.
var errNotReady = errors.New("the server isn't ready")

// retry calls try until it succeeds, fails for good (a negative wait) or
// patience ends. Try returns how long it was asked to wait, 0 for the usual.
func (c *Client) retry(ctx context.Context, patience time.Duration, try func() (time.Duration, error)) error {
	deadline := time.Now().Add(patience)
	for next := c.pace.firstWait; ; next = min(2*next, c.pace.maxWait) {
		wait, err := try()
		if err == nil || wait < 0 || ctx.Err() != nil {
			return err
		}
		wait = max(wait, next)
		if time.Now().Add(wait).After(deadline) {
			return err
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// once does one request of call.
func (c *Client) once(ctx context.Context, r Request, out any) (time.Duration, error) {
	res, err := c.do(ctx, r)
	if err != nil {
		return patienceWith(err), unreachable(ctx, err)
	}
	defer res.Body.Close()
	most := maxAnswer
	if strings.HasPrefix(r.Path, api.PathParcels) {
		most = maxParcelAnswer
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, int64(most)+1))
	if err != nil {
		return 0, unreachable(ctx, err)
	}
	if len(body) > most {
		return -1, fmt.Errorf("the answer to %s is too long", r.Path)
	}
	if res.Status/100 != 2 {
		return refused(r.Path, res.Status, body)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return -1, fmt.Errorf("couldn't read the answer to %s: %w", r.Path, err)
	}
	return -1, nil
}

// Bounds of JSON answers. In memory they can take thirty times as much. A
// parcel's is the largest: as many grants as a statement has room for.
const (
	maxAnswer       = 1 << 20
	maxParcelAnswer = 5 << 20
)

// refused reads an answer that isn't 2xx: the error and how long to wait
// before asking again, -1 where that can't help.
func refused(path string, status int, body []byte) (time.Duration, error) {
	var b api.ErrorBody
	known := json.Unmarshal(body, &b) == nil && b.Error != nil
	passing := 502 <= status && status <= 504
	if !known && passing {
		return 0, &Error{
			Code:    CodeOffline,
			Message: "The server isn't ready, or whatever stands before it can't reach it. Try again in a minute.",
			Retry:   true,
			Err:     fmt.Errorf("%w: %s answered %d: %q", errNotReady, path, status, short(body)),
		}
	}
	if !known {
		b.Error = &api.Error{Code: api.CodeInternal, Message: fmt.Sprintf("%s answered %d: %q", path, status, short(body))}
	}
	b.Error.Message = plainText(b.Error.Message, 500)
	err := refusal(status, b.Error)
	wait := time.Duration(b.Error.RetryAfterMS) * time.Millisecond
	switch {
	case passing:
		return wait, err
	case 0 < wait && wait <= 10*time.Second: // it says when
		return wait, err
	}
	return -1, err
}

// refusedBy is refused for an answer that isn't read yet.
func refusedBy(ctx context.Context, path string, res *Response) (time.Duration, error) {
	body, err := io.ReadAll(io.LimitReader(res.Body, api.MaxJSON))
	if err != nil {
		return 0, unreachable(ctx, err)
	}
	return refused(path, res.Status, body)
}

// plainText makes of what a server says a line that may be shown to people, on
// a terminal too, of at most that many characters.
func plainText(s string, most int) string {
	runes := []rune(s)
	return zip.DisplayName(string(runes[:min(len(runes), most)]))
}

func short(b []byte) []byte { return bytes.TrimSpace(b[:min(len(b), 200)]) }

// patienceWith says as [Client.retry] wants it whether a request that got no
// answer may get one later.
func patienceWith(err error) time.Duration {
	if e := new(Error); errors.As(err, &e) && !e.Retry {
		return -1
	}
	return 0
}

// unreachable is the error for a request that got no answer.
func unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if e := new(Error); errors.As(err, &e) {
		return e
	}
	return &Error{
		Code:    CodeOffline,
		Message: "The server can't be reached. Check your connection, then try again.",
		Retry:   true,
		Err:     err,
	}
}

// sleep waits, or returns the reason to stop.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
