package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"

	"floe/codec"
	"floe/codec/quilt"
	"floe/server/uploader"
)

// Domains of errors, as Walrus names them.
const (
	domainDaemon = "daemon.walrus.space"
	domainAuth   = "auth.publisher.walrus.space"
	domainGlobal = "global"
)

// fault is an answer that isn't a success, as Walrus' daemons give it (AIP-193).
type fault struct {
	http    int
	status  string
	reason  string
	domain  string // domainDaemon if empty
	message string
	cause   error // for the log
}

func (f *fault) Error() string {
	if f.cause != nil {
		return fmt.Sprintf("%s (%v)", f.message, f.cause)
	}
	return f.message
}

func (f *fault) Unwrap() error { return f.cause }

// because adds what to log.
func (f *fault) because(err error) *fault {
	f.cause = err
	return f
}

func invalidArgument(reason, format string, args ...any) *fault {
	return &fault{http: http.StatusBadRequest, status: "INVALID_ARGUMENT", reason: reason, message: fmt.Sprintf(format, args...)}
}

func malformed(format string, args ...any) *fault {
	return invalidArgument("MALFORMED_REQUEST", "the request is malformed: "+format, args...)
}

func notFound(reason, format string, args ...any) *fault {
	return &fault{http: http.StatusNotFound, status: "NOT_FOUND", reason: reason, message: fmt.Sprintf(format, args...)}
}

func blobNotFound() *fault {
	return notFound("BLOB_NOT_FOUND", "no blob of this ID is stored on Walrus")
}

func blobTooLarge(most uint64) *fault {
	return &fault{http: http.StatusForbidden, status: "SIZE_EXCEEDED", reason: "BLOB_TOO_LARGE", message: fmt.Sprintf("the blob is larger than the %d bytes that are read here", most)}
}

func bodyTooLarge(most int64) *fault {
	return &fault{http: http.StatusRequestEntityTooLarge, status: "SIZE_EXCEEDED", reason: "BODY_TOO_LARGE", message: fmt.Sprintf("the body exceeds %d bytes", most)}
}

func unsatisfiable(format string, args ...any) *fault {
	return &fault{http: http.StatusRequestedRangeNotSatisfiable, status: "RANGE_NOT_SATISFIABLE", reason: "INVALID_BYTE_RANGE", message: "the byte range can't be had: " + fmt.Sprintf(format, args...)}
}

// errBusy is answered as plain text, as upstream does.
var errBusy = &fault{http: http.StatusTooManyRequests, status: "RESOURCE_EXHAUSTED", reason: "TOO_MANY_REQUESTS", message: "too many requests are being served; try again in a moment"}

// faultOf is the one place where errors become answers: faults as they are,
// sentinels by their meaning, everything else as an internal error.
func faultOf(err error) *fault {
	var f *fault
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &tooLarge):
		return bodyTooLarge(tooLarge.Limit).because(err)
	case errors.Is(err, ErrNotFound):
		return blobNotFound().because(err)
	case errors.Is(err, ErrBlocked):
		return (&fault{http: http.StatusUnavailableForLegalReasons, status: "UNAVAILABLE_FOR_LEGAL_REASONS", reason: "FORBIDDEN_BLOB", message: "storage nodes deny this blob for legal reasons"}).because(err)
	case errors.Is(err, quilt.ErrMalformed):
		return notFound("QUILT_PATCH_NOT_FOUND", "the quilt has no such file").because(err)
	case errors.Is(err, codec.ErrInconsistent):
		return (&fault{http: http.StatusInternalServerError, status: "INTERNAL", reason: "INCONSISTENT_BLOB", message: "the blob was encoded inconsistently by whoever stored it, and can't be read"}).because(err)
	case errors.Is(err, uploader.ErrTooLarge):
		return (&fault{http: http.StatusRequestEntityTooLarge, status: "SIZE_EXCEEDED", reason: "BLOB_TOO_LARGE", message: "the blob is larger than this server can encode"}).because(err)
	case errors.Is(err, ErrUnavailable), errors.Is(err, codec.ErrTooFewSlivers):
		return (&fault{http: http.StatusServiceUnavailable, status: "UNAVAILABLE", reason: "BLOB_UNAVAILABLE", message: "too few storage nodes answer just now; try again in a moment"}).because(err)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return malformed("the body didn't come in time").because(err)
	case errors.Is(err, context.DeadlineExceeded):
		return (&fault{http: http.StatusGatewayTimeout, status: "DEADLINE_EXCEEDED", reason: "TIMEOUT", message: "this took too long and was given up; try again"}).because(err)
	}
	return (&fault{http: http.StatusInternalServerError, status: "INTERNAL", reason: "INTERNAL_ERROR", domain: domainGlobal, message: "something went wrong on the server"}).because(err)
}

// fail answers {"error":…}.
func (d *Daemon) fail(w http.ResponseWriter, r *http.Request, err error) {
	f := d.note(r, err)
	if f == errBusy {
		writePlain(w, f)
		return
	}
	domain := f.domain
	if domain == "" {
		domain = domainDaemon
	}
	type detail struct {
		Type     string            `json:"@type"`
		Reason   string            `json:"reason"`
		Domain   string            `json:"domain"`
		Metadata map[string]string `json:"metadata"`
	}
	type body struct {
		Status  string   `json:"status"`
		Code    int      `json:"code"`
		Message string   `json:"message"`
		Details []detail `json:"details"`
	}
	forget(w, f)
	writeJSON(w, f.http, map[string]body{"error": {f.status, f.http, f.message, []detail{{"ErrorInfo", f.reason, domain, map[string]string{}}}}})
}

// failPlain answers one line of text, as the upload relay does.
func (d *Daemon) failPlain(w http.ResponseWriter, r *http.Request, err error) {
	writePlain(w, d.note(r, err))
}

func writePlain(w http.ResponseWriter, f *fault) {
	forget(w, f)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(f.http)
	_, _ = w.Write([]byte(f.message)) // who has gone needs no answer
}

// forget takes away what was said of an answer that isn't given.
func forget(w http.ResponseWriter, f *fault) {
	h := w.Header()
	for _, k := range append([]string{"Content-Length", "Etag", "Accept-Ranges", identifierHeader}, headersAllowed...) {
		h.Del(k)
	}
	h.Set("Cache-Control", "no-store")
	if f.http == http.StatusTooManyRequests || f.http == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
	if f.http == http.StatusUnauthorized {
		h.Set("Www-Authenticate", "Bearer")
	}
}

// caught makes a panic of what runs beside a request its error: it must not take
// the process with it when a node sends something nobody thought of.
func caught(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("internal error: %v\n%s", v, debug.Stack())
	}
}

// note logs an error by its route's first parts, without what names blobs or
// callers, and returns the answer to it. A caller who has gone gets none.
func (d *Daemon) note(r *http.Request, err error) *fault {
	if r.Context().Err() != nil {
		panic(http.ErrAbortHandler)
	}
	f := faultOf(err)
	level := slog.LevelDebug
	if f.http >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	words := strings.ReplaceAll(err.Error(), r.RemoteAddr, "the caller")
	if here, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		words = strings.ReplaceAll(words, here.String(), "here")
	}
	d.log.Log(r.Context(), level, "walrus request failed", "method", r.Method, "status", f.http, "reason", f.reason, "error", words)
	return f
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("internal error: %v", err))
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", fmt.Sprint(len(b)))
	w.WriteHeader(status)
	out := newOutlet(w)
	_, err = out.Write(b)
	_ = out.end(err) // who has gone needs no answer
}
