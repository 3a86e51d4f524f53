package committee

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"floe/codec/bls"
	"floe/server/api"
)

// What an answer may have in bytes. Slivers have a bound of their own.
const (
	maxJSON     = 64 << 10
	maxMetadata = 2 << 20
)

// node is one member, and how it has behaved.
type node struct {
	member api.Member
	base   string // scheme://host:port[/path]
	key    bls.PublicKey
	unfit  error         // why it can't be used at all
	slots  chan struct{} // as many as requests may be in progress
	rest   *rest
	http   *http.Client
}

func newNode(m api.Member, o Options) *node {
	n := &node{member: m, slots: make(chan struct{}, o.PerNode), rest: &rest{}, http: newHTTP(m, o)}
	n.base, n.unfit = baseURL(o.Scheme, m.Address)
	key, err := bls.ParsePublicKey(m.PublicKey[:])
	n.key, n.unfit = key, errors.Join(n.unfit, err)
	if o.Transport == nil && o.Scheme == "https" {
		n.unfit = errors.Join(n.unfit, checkNetworkKey(m.NetworkKey))
	}
	return n
}

// same says whether both are reached in the same way and sign with the same key.
func (n *node) same(other *node) bool {
	return n.base == other.base && n.key == other.key && bytes.Equal(n.member.NetworkKey, other.member.NetworkKey)
}

// baseURL makes host:port[/path] a URL, and nothing else.
func baseURL(scheme, address string) (string, error) {
	base := scheme + "://" + strings.TrimSuffix(address, "/")
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Opaque != "" {
		return "", fmt.Errorf("%q is no address of a node", address)
	}
	return base, nil
}

// rest keeps a node that fails from being asked all the time.
type rest struct {
	mu       sync.Mutex
	failures int
	until    time.Time
	last     error
}

const (
	firstRest = 250 * time.Millisecond
	maxRest   = 2 * time.Second
)

func (r *rest) check() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Now().Before(r.until) {
		return fmt.Errorf("%w: %w", ErrResting, r.last)
	}
	return nil
}

// failed starts a rest; failures of requests sent together count once.
func (r *rest) failed(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Now().Before(r.until) {
		return
	}
	r.until = time.Now().Add(min(firstRest<<min(r.failures, 8), maxRest))
	r.failures++
	r.last = err
}

func (r *rest) answered() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures, r.until, r.last = 0, time.Time{}, nil
}

// ask sends one request and returns the answer whatever its status. Every error
// is a NodeError, unless ctx has ended.
func (c *Client) ask(ctx context.Context, n *node, method, path string, body []byte, max int64) (status int, answer []byte, err error) {
	return c.askInto(ctx, n, method, path, body, max, nil)
}

// askInto is ask for an answer that is put into room, if it has enough.
func (c *Client) askInto(ctx context.Context, n *node, method, path string, body []byte, max int64, room []byte) (status int, answer []byte, err error) {
	err = n.unfit
	if err == nil {
		err = n.rest.check()
	}
	if err != nil {
		return 0, nil, &NodeError{n.member.Index, err}
	}
	select {
	case n.slots <- struct{}{}:
		defer func() { <-n.slots }()
	case <-ctx.Done():
		return 0, nil, ctx.Err()
	}
	status, answer, err = c.roundTrip(ctx, n, path, method, body, max, room)
	if ctx.Err() != nil {
		return 0, nil, ctx.Err()
	}
	if err != nil {
		n.rest.failed(err)
		return 0, nil, &NodeError{n.member.Index, err}
	}
	n.rest.answered()
	return status, answer, nil
}

func (c *Client) roundTrip(ctx context.Context, n *node, path, method string, body []byte, max int64, room []byte) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, n.base+path, nil)
	if err != nil {
		return 0, nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	if len(body) > 0 {
		lent := &lending{body: body}
		req.ContentLength, req.Body, req.GetBody = int64(len(body)), lent.reader(), func() (io.ReadCloser, error) { return lent.reader(), nil }
		// The caller may use its memory for something else once we return; an
		// answer may come before all was read, though.
		defer lent.returned.Wait()
		defer cancel()
	}
	// No header is sent for nil: it lets net/http repeat a PUT whose reused
	// connection turns out to be closed. All our requests may be repeated.
	req.Header["Idempotency-Key"] = nil
	resp, err := n.http.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := readAnswer(resp, max, room)
	if err == nil && resp.StatusCode/100 == 3 {
		err = fmt.Errorf("redirects, which isn't followed")
	}
	return resp.StatusCode, answer, err
}

// readAnswer reads an answer into room or, if that isn't enough, into as much
// memory as it takes, if it says so. One that came without a network has its bytes
// already.
func readAnswer(resp *http.Response, max int64, room []byte) ([]byte, error) {
	tooLong := fmt.Errorf("answer of more than %d bytes", max)
	if resp.ContentLength > max {
		return nil, tooLong
	}
	if resp.ContentLength > 0 && resp.ContentLength <= int64(cap(room)) {
		answer := room[:resp.ContentLength]
		_, err := io.ReadFull(resp.Body, answer)
		return answer, err
	}
	if here, ok := resp.Body.(interface{ Bytes() []byte }); ok {
		return here.Bytes(), nil
	}
	if resp.ContentLength >= 0 {
		answer := make([]byte, resp.ContentLength)
		_, err := io.ReadFull(resp.Body, answer)
		return answer, err
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, max+1))
	if err == nil && int64(len(answer)) > max {
		err = tooLong
	}
	return answer, err
}

// lending is a request's body that must come back to its owner: the transport
// may read it still when it has returned an answer or an error, until it closes
// what it reads from. It may also read it twice.
type lending struct {
	body     []byte
	returned sync.WaitGroup
}

func (l *lending) reader() io.ReadCloser {
	l.returned.Add(1)
	return &lent{bytes.NewReader(l.body), l.body, sync.OnceFunc(l.returned.Done)}
}

type lent struct {
	*bytes.Reader
	all  []byte
	done func()
}

// Bytes is for transports without a network: all that would be read.
func (l *lent) Bytes() []byte { return l.all }

func (l *lent) Close() error {
	l.done()
	return nil
}

// success is ask for those who want a 2xx; anything else is a NodeError with a StatusError.
func (c *Client) success(ctx context.Context, n *node, method, path string, body []byte, max int64) ([]byte, error) {
	status, answer, err := c.ask(ctx, n, method, path, body, max)
	if err != nil {
		return nil, err
	}
	if status/100 != 2 {
		return nil, &NodeError{n.member.Index, readFault(status, answer)}
	}
	return answer, nil
}

// readFault reads {"error":{"message":…,"details":[{"reason":…}]}}, if that is what it is.
func readFault(status int, answer []byte) *StatusError {
	var body struct {
		Error struct {
			Message string
			Details []struct{ Reason string }
		}
	}
	f := &StatusError{Status: status, Message: http.StatusText(status)}
	if json.Unmarshal(answer, &body) == nil && body.Error.Message != "" {
		f.Message = body.Error.Message
		for _, d := range body.Error.Details {
			if f.Reason == "" {
				f.Reason = d.Reason
			}
		}
	}
	return f
}

// data reads {"success":{"data":…}} into v.
func data(answer []byte, v any) error {
	var body struct {
		Success struct{ Data json.RawMessage }
	}
	if err := json.Unmarshal(answer, &body); err != nil || body.Success.Data == nil {
		return errors.New("answer has no data")
	}
	if err := json.Unmarshal(body.Success.Data, v); err != nil {
		return fmt.Errorf("couldn't read answer: %w", err)
	}
	return nil
}
