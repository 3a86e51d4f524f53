package server

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"floe/server/api"
)

// A frame must be read, or written, in this time; one that is read has as much
// again for every so many bytes. Who is slower holds memory that others wait for.
// A page sends over six connections at once, each of which has a part of its line.
const (
	frameTimeout = 30 * time.Second
	frameBytes   = 300_000
)

// ackLag is how long an acknowledgement may wait for the next: a page takes as
// long to hear of one as of many.
const ackLag = 30 * time.Millisecond

const mimeFrames = "application/octet-stream"

// frameReader reads the frames of a request one by one and takes memory for
// each before it reads its body.
type frameReader struct {
	in     *bufio.Reader
	conn   *http.ResponseController
	memory *memory
	node   int
	max    int           // bytes of one body
	time   time.Duration // for one frame
}

func (s *Server) newFrameReader(c echo.Context, node int) *frameReader {
	body := http.MaxBytesReader(c.Response(), c.Request().Body, api.MaxBatch)
	return &frameReader{
		in:     bufio.NewReaderSize(body, 4<<10),
		conn:   http.NewResponseController(c.Response()),
		memory: s.memory,
		node:   node,
		max:    s.maxFrame,
		time:   s.frameTime,
	}
}

// bodies are buffers for slivers on their way. Made anew for each, they would
// keep the collector of garbage busy, and memory above what is in use.
var bodies = sync.Pool{New: func() any { return new([]byte) }}

// next returns the next frame and the function that gives its memory back, after
// which nobody may use the body, or
// io.EOF after the last: at the request's end, or after a FrameEnd.
func (r *frameReader) next(ctx context.Context) (api.Frame, func(), error) {
	_ = r.conn.SetReadDeadline(time.Now().Add(r.time))
	// A deadline left behind would end the request while nodes are at work.
	defer func() { _ = r.conn.SetReadDeadline(time.Time{}) }()
	head, err := r.in.Peek(api.FrameHeaderSize)
	if err == io.EOF && len(head) > 0 {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return api.Frame{}, nil, err
	}
	size := min(uint64(binary.LittleEndian.Uint32(head[api.FrameHeaderSize-4:])), uint64(r.max))
	release, err := r.memory.acquire(ctx, r.node, int(size))
	if err != nil {
		return api.Frame{}, nil, err
	}
	_ = r.conn.SetReadDeadline(time.Now().Add(r.time + r.time*time.Duration(size)/frameBytes))
	room := bodies.Get().(*[]byte)
	giveBack := release
	release = func() {
		bodies.Put(room)
		giveBack()
	}
	f, err := api.ReadFrameInto(r.in, r.max, func(n int) []byte {
		if cap(*room) < n {
			*room = make([]byte, n)
		}
		return (*room)[:n]
	})
	if err == nil && f.Kind == api.FrameEnd {
		if _, err = r.in.Peek(1); err == nil {
			err = fmt.Errorf("%w: something follows the end", api.ErrMalformedFrame)
		}
	}
	if err != nil {
		release()
		return api.Frame{}, nil, err
	}
	return f, release, nil
}

// frameWriter streams frames as an answer. Its methods may be called at once.
type frameWriter struct {
	mu   sync.Mutex
	res  *echo.Response
	conn *http.ResponseController
	time time.Duration             // for one frame
	end  atomic.Pointer[time.Time] // for all of them; nil: no bound
	lag  time.Duration             // how long a frame may wait for others to be sent with it
	late *time.Timer               // sends what waits; nil: nothing does
	buf  []byte
	err  error
}

// finishBy bounds how long all frames that are still to come may take together.
func (w *frameWriter) finishBy(end time.Time) { w.end.Store(&end) }

// startFrames begins an answer of frames. From here on an error can only cut it.
func (s *Server) startFrames(c echo.Context) *frameWriter {
	w := &frameWriter{res: c.Response(), conn: http.NewResponseController(c.Response()), time: s.frameTime}
	h := w.res.Header()
	h.Set(echo.HeaderContentType, mimeFrames)
	h.Set("Cache-Control", "no-store")
	w.res.WriteHeader(http.StatusOK)
	return w
}

// write sends a frame, at once unless it may lag. After the first error it sends
// nothing more.
func (w *frameWriter) write(f api.Frame) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	w.extend()
	w.buf = api.AppendFrameHeader(w.buf[:0], f, len(f.Body))
	if _, w.err = w.res.Write(w.buf); w.err == nil {
		_, w.err = w.res.Write(f.Body)
	}
	switch {
	case w.err != nil:
	case w.lag == 0:
		w.err = w.conn.Flush()
	case w.late == nil:
		w.late = time.AfterFunc(w.lag, w.catchUp)
	}
	if w.err != nil {
		w.err = fmt.Errorf("couldn't write a frame: %w", w.err)
	}
	return w.err
}

// extend gives what is written next its time.
func (w *frameWriter) extend() {
	deadline := time.Now().Add(w.time)
	if end := w.end.Load(); end != nil && end.Before(deadline) {
		deadline = *end
	}
	_ = w.conn.SetWriteDeadline(deadline)
}

// catchUp sends the frames that waited.
func (w *frameWriter) catchUp() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.late == nil {
		return
	}
	w.late = nil
	if w.err == nil {
		w.extend()
		w.err = w.conn.Flush()
	}
}

// finish leaves what waits to the end of the answer, after which nobody may touch it.
func (w *frameWriter) finish() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.late != nil {
		w.late.Stop()
		w.late = nil
		w.extend()
	}
}

// cut ends an answer that can't be completed, so that the caller sees it broken
// and not whole.
func cut(err error) error { return &broken{err} }

// broken is an error after the answer has begun.
type broken struct{ error }

func (b *broken) Unwrap() error { return b.error }
