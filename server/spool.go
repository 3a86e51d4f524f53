package server

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/labstack/echo/v4"

	"floe/server/api"
)

// mibTimeout is how long one MiB of a whole blob may take to come.
const mibTimeout = time.Minute

// spooled is a body in a file, whole.
type spooled struct {
	file *os.File
	size int64
}

// receive puts a body of that size into a file, so that nobody waits for a slow
// sender holding memory. It may take as long as it likes, so long as every MiB
// comes in its time.
func (s *Server) receive(c echo.Context, size int64) (b *spooled, err error) {
	file, err := os.CreateTemp(s.whole.spool, "floe-blob-*")
	if err != nil {
		return nil, fmt.Errorf("couldn't make a file for a blob: %w", err)
	}
	b = &spooled{file, size}
	defer func() {
		if err != nil {
			b.forget(s.log)
		}
	}()
	conn := http.NewResponseController(c.Response())
	in := http.MaxBytesReader(c.Response(), c.Request().Body, size)
	for rest := size; rest > 0; {
		_ = conn.SetReadDeadline(time.Now().Add(mibTimeout)) // not all connections have one
		n, err := io.CopyN(file, in, min(rest, 1<<20))
		if rest -= n; err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, bodyError(err)
		}
	}
	// One byte more, so that net/http sees the end; a deadline left behind would
	// end the request.
	if n, _ := in.Read(make([]byte, 1)); n > 0 {
		return nil, malformed("The body is longer than announced.")
	}
	_ = conn.SetReadDeadline(time.Time{})
	return b, nil
}

func bodyError(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refuse(http.StatusRequestTimeout, api.CodeMalformed, "The blob didn't come in time.").because(err).after(time.Second)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return malformed("The blob was cut off.").because(err)
	}
	return fmt.Errorf("couldn't receive a blob: %w", err)
}

// read returns the whole body.
func (b *spooled) read() ([]byte, error) {
	data := make([]byte, b.size)
	if _, err := io.ReadFull(io.NewSectionReader(b.file, 0, b.size), data); err != nil {
		return nil, fmt.Errorf("couldn't read a blob that came: %w", err)
	}
	return data, nil
}

// forget removes the file.
func (b *spooled) forget(log *slog.Logger) {
	if err := errors.Join(b.file.Close(), os.Remove(b.file.Name())); err != nil {
		log.Error("couldn't forget a blob", "error", err)
	}
}
