package rpc

import (
	"encoding/base64"
	"io"
	"net/http"
	"strings"
)

// gRPC-Web's text form is its binary form in base64, for clients that can't
// read bytes off a response. Connect speaks the binary form only.
const (
	webText   = "application/grpc-web-text"
	webBinary = "application/grpc-web"
)

// text translates gRPC-Web text to binary and back.
func text(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind, isText := strings.CutPrefix(r.Header.Get("Content-Type"), webText)
		if !isText {
			next.ServeHTTP(w, r)
			return
		}
		if kind == "" {
			kind = "+proto"
		}
		r = r.Clone(r.Context())
		r.Header.Set("Content-Type", webBinary+kind)
		r.Header.Del("Content-Length")
		r.ContentLength = -1
		r.Body = struct {
			io.Reader
			io.Closer
		}{base64.NewDecoder(base64.StdEncoding, r.Body), r.Body}
		t := &textWriter{ResponseWriter: w, contentType: webText + kind}
		defer t.close()
		next.ServeHTTP(t, r)
	})
}

// textWriter writes base64. What Flush cuts off is padded, as the format allows
// in the middle of a stream.
type textWriter struct {
	http.ResponseWriter
	contentType string
	started     bool
	rest        []byte // fewer than three bytes that aren't written yet
}

func (t *textWriter) WriteHeader(code int) {
	if t.started {
		return
	}
	t.started = true
	if strings.HasPrefix(t.Header().Get("Content-Type"), webBinary) {
		t.Header().Set("Content-Type", t.contentType)
	}
	t.Header().Del("Content-Length")
	t.ResponseWriter.WriteHeader(code)
}

func (t *textWriter) Write(b []byte) (int, error) {
	t.WriteHeader(http.StatusOK)
	t.rest = append(t.rest, b...)
	whole := len(t.rest) - len(t.rest)%3
	if err := t.encode(whole); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (t *textWriter) encode(n int) error {
	if n == 0 {
		return nil
	}
	_, err := io.WriteString(t.ResponseWriter, base64.StdEncoding.EncodeToString(t.rest[:n]))
	t.rest = append(t.rest[:0], t.rest[n:]...)
	return err
}

// Flush has no error to return; the next Write meets it again.
func (t *textWriter) Flush() {
	t.WriteHeader(http.StatusOK)
	_ = t.encode(len(t.rest))
	if f, ok := t.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

func (t *textWriter) close() {
	t.WriteHeader(http.StatusOK)
	_ = t.encode(len(t.rest))
}

// cors lets pages of any origin call: there is nothing here that a cookie or
// another credential of the browser would open.
func cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "grpc-status, grpc-message, grpc-status-details-bin, "+aboutHeaders)
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", "POST")
			h.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
			h.Set("Access-Control-Max-Age", "7200")
			h.Add("Vary", "Access-Control-Request-Headers")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}
