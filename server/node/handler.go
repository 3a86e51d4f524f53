package node

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"floe/codec"
)

// maxMetadata bounds the body of PUT metadata; at 1,000 shards it has 66 kB.
const maxMetadata = 2 << 20

// maxDrain and drainTime bound how much of an unwanted body is read before the
// answer: a caller who is still writing wouldn't see it otherwise.
const (
	maxDrain  = 8 << 20
	drainTime = 10 * time.Second
)

// route answers one request; an error is answered by [Node.fail].
type route func(w http.ResponseWriter, r *http.Request) error

// Handler serves the node's routes, which begin at /v1. Any page may use them.
func (n *Node) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range map[string]route{
		"GET /v1/blobs/{id}/metadata":                        n.getMetadata,
		"PUT /v1/blobs/{id}/metadata":                        n.putMetadata,
		"GET /v1/blobs/{id}/metadata/status":                 n.metadataStatus,
		"GET /v1/blobs/{id}/slivers/{pair}/{kind}":           n.getSliver,
		"PUT /v1/blobs/{id}/slivers/{pair}/{kind}":           n.putSliver,
		"GET /v1/blobs/{id}/slivers/{pair}/{kind}/status":    n.sliverStatus,
		"GET /v1/blobs/{id}/confirmation/permanent":          n.confirmPermanent,
		"GET /v1/blobs/{id}/confirmation/deletable/{object}": n.confirmDeletable,
		"GET /v1/blobs/{id}/status":                          n.blobStatus,
		"GET /v1/health":                                     n.health,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(w, r); err != nil {
				if r.Method == http.MethodPut {
					drain(w, r)
				}
				n.fail(w, r, err)
			}
		})
	}
	return allowAnyOrigin(mux)
}

func drain(w http.ResponseWriter, r *http.Request) {
	if r.Context().Err() != nil { // the node is stopped: its deadline must stay
		return
	}
	conn := http.NewResponseController(w)
	_ = conn.SetReadDeadline(time.Now().Add(drainTime))
	if _, err := io.CopyN(io.Discard, r.Body, maxDrain); err == io.EOF {
		_ = conn.SetReadDeadline(time.Time{})
	}
}

func allowAnyOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		h.Set("Access-Control-Allow-Methods", "GET, PUT, OPTIONS")
		h.Set("Access-Control-Allow-Headers", "*")
		h.Set("Access-Control-Max-Age", "86400")
		w.WriteHeader(http.StatusNoContent)
	})
}

// known returns the view, or says that the node isn't ready.
func (n *Node) known() (*view, error) {
	if v := n.view(); v.NShards > 0 {
		return v, nil
	}
	return nil, unavailable("%v", errNoView)
}

func blobID(r *http.Request) (codec.BlobID, error) {
	id, err := codec.ParseBlobID(r.PathValue("id"))
	if err != nil {
		return id, invalidArgument("", "%q is no blob ID", r.PathValue("id"))
	}
	return id, nil
}

// place is a sliver's place: which blob, pair and kind.
type sliverPlace struct {
	id   codec.BlobID
	pair int
	kind codec.Kind
}

// sliver reads a sliver's place from the path and says whether it is ours.
func (n *Node) sliverPlace(r *http.Request) (p sliverPlace, err error) {
	v, err := n.known()
	if err != nil {
		return p, err
	}
	if p.id, err = blobID(r); err != nil {
		return p, err
	}
	pair, err := strconv.ParseUint(r.PathValue("pair"), 10, 16)
	if err != nil {
		return p, invalidArgument("", "%q is no index of a sliver pair", r.PathValue("pair"))
	}
	switch r.PathValue("kind") {
	case "primary":
		p.kind = codec.Primary
	case "secondary":
		p.kind = codec.Secondary
	default:
		return p, invalidArgument("", "%q is no kind of sliver", r.PathValue("kind"))
	}
	if p.pair = int(pair); p.pair >= v.NShards {
		return p, invalidArgument("INDEX_OUT_OF_RANGE", "there is no sliver pair %d in %d shards", pair, v.NShards)
	}
	if shard := codec.ShardOf(p.id, p.pair, v.NShards); !v.holds(shard) {
		return p, failedPrecondition("SHARD_NOT_ASSIGNED", "shard %d, which sliver pair %d belongs to, isn't this node's", shard, pair)
	}
	return p, nil
}

// checkPut checks what a PUT says of its body. The buffer that pending=true
// asks for is off, as it is on Walrus' public networks.
func checkPut(r *http.Request) error {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return invalidArgument("", "malformed query")
	}
	for name, values := range q {
		if name != "pending" {
			return invalidArgument("", "unknown query field %q", name)
		}
		if _, err := strconv.ParseBool(values[0]); err != nil || len(values) > 1 {
			return invalidArgument("", "pending is neither true nor false")
		}
	}
	ct := r.Header.Get("Content-Type")
	if mt, _, err := mime.ParseMediaType(ct); ct != "" && (err != nil || mt != "application/octet-stream") {
		return invalidArgument("INVALID_CONTENT_TYPE", "content type is %q, not application/octet-stream", ct)
	}
	return nil
}

// withBody reads the body, at most max bytes, while the node has memory for it.
// It calls use with it, or fails with tooLarge. Use may say that it is done with
// the bytes before it returns, so that others have the memory meanwhile. A body
// that came without a network, from a caller in this process, has its bytes
// already; they are the caller's and read only.
func (n *Node) withBody(w http.ResponseWriter, r *http.Request, max int64, tooLarge *fault, use func(b []byte, done func()) error) error {
	if r.ContentLength > max {
		return tooLarge
	}
	size := r.ContentLength
	if size < 0 {
		size = max
	}
	room := min(size, n.cfg.MaxInFlight)
	if err := n.inFlight.Acquire(r.Context(), room); err != nil {
		return err
	}
	if here, ok := r.Body.(interface{ Bytes() []byte }); ok {
		done := sync.OnceFunc(func() { n.inFlight.Release(room) })
		defer done()
		return use(here.Bytes(), done)
	}
	buf := bodies.Get().(*[]byte)
	done := sync.OnceFunc(func() {
		bodies.Put(buf)
		n.inFlight.Release(room)
	})
	defer done()
	if err := limitTime(w, r, size); err != nil {
		return err
	}
	err := readAll(buf, http.MaxBytesReader(w, r.Body, max), r.ContentLength)
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return tooLarge
	}
	if err != nil {
		return invalidArgument("", "the body was cut: %v", err)
	}
	return use(*buf, done)
}

// bodies are buffers for bodies. Slivers come by the thousand and are much alike
// in size; made anew for each, they would keep the collector of garbage busy.
var bodies = sync.Pool{New: func() any { return new([]byte) }}

// limitTime keeps callers who dawdle from holding the memory that others wait
// for: a body must come at 100 kB/s, after a grace of half a minute.
func limitTime(w http.ResponseWriter, r *http.Request, size int64) error {
	deadline := time.Now().Add(30*time.Second + time.Duration(size)*time.Second/100_000)
	_ = http.NewResponseController(w).SetReadDeadline(deadline) // where the server can
	// A Switch that stops the node ends the context before it sets a deadline of
	// its own; if ours replaced that, the context says so.
	return r.Context().Err()
}

// readAll reads all of body, whose size was announced unless negative, into buf,
// which grows where it must.
func readAll(buf *[]byte, body io.Reader, size int64) (err error) {
	if size < 0 {
		*buf, err = io.ReadAll(body)
		return err
	}
	if int64(cap(*buf)) < size {
		*buf = make([]byte, size)
	}
	*buf = (*buf)[:size]
	_, err = io.ReadFull(body, *buf)
	return err
}
