package main

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

const (
	bodyTimeout     = 20 * time.Second // for a body, unless who reads it says otherwise
	leftoverTimeout = 5 * time.Second  // for what nobody wanted to read
)

// hurry bounds how long a request's body may take. net/http reads what handlers
// left unread before it goes on with a connection, and waits for it for ever:
// connections could be piled up by announcing bodies and not sending them.
// Handlers that know better set their own deadlines in place of this one.
func hurry(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			conn := http.NewResponseController(w)
			_ = conn.SetReadDeadline(time.Now().Add(bodyTimeout))
			r.Body = &hurriedBody{r.Body, w, conn}
			defer func() { _ = conn.SetReadDeadline(time.Now().Add(leftoverTimeout)) }()
		}
		next.ServeHTTP(w, r)
	})
}

// hurriedBody takes the deadline away at the body's end: from there on net/http
// watches the connection, and a deadline would end the request. A body that was
// cut is the last of its connection.
type hurriedBody struct {
	io.ReadCloser
	answer http.ResponseWriter
	conn   *http.ResponseController
}

func (b *hurriedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.conn.SetReadDeadline(time.Time{})
	} else if errors.Is(err, os.ErrDeadlineExceeded) {
		b.answer.Header().Set("Connection", "close")
	}
	return n, err
}
