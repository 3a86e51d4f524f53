package direct

import (
	"context"
	"io"
	"net/http"
	"sync"

	"floe/server/api"
	"floe/wasm/client"
)

// frames writes an answer of frames. Its methods may be called at once.
type frames struct {
	mu  sync.Mutex
	out io.Writer
	buf []byte
}

// write hands a frame to who reads the answer, once that wants it.
func (w *frames) write(f api.Frame) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf = api.AppendFrameHeader(w.buf[:0], f, len(f.Body))
	if _, err := w.out.Write(w.buf); err != nil {
		return err
	}
	_, err := w.out.Write(f.Body)
	return err
}

// stream is an answer that fill writes while it is read. An error of fill's
// breaks it off; closing it ends what fill does.
func stream(ctx context.Context, fill func(context.Context, *frames) error) *client.Response {
	in, out := io.Pipe()
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		_ = out.CloseWithError(fill(ctx, &frames{out: out})) // never fails
	}()
	return &client.Response{Status: http.StatusOK, Body: &streamed{in, cancel}}
}

type streamed struct {
	*io.PipeReader
	cancel context.CancelFunc
}

func (s *streamed) Close() error {
	s.cancel()
	return s.PipeReader.Close()
}

// pieces reads a body piece by piece. It leaves it as it is.
type pieces struct {
	body client.Pieces
	at   int // of the first piece
}

func (r *pieces) Read(b []byte) (int, error) {
	for len(r.body) > 0 && r.at == len(r.body[0]) {
		r.body, r.at = r.body[1:], 0
	}
	if len(r.body) == 0 {
		return 0, io.EOF
	}
	n := copy(b, r.body[0][r.at:])
	r.at += n
	return n, nil
}
