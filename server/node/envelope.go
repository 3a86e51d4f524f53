package node

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// fault is an answer that isn't a success, as Walrus' nodes give it (AIP-193).
type fault struct {
	http    int
	status  string
	reason  string
	message string
}

func (f *fault) Error() string { return f.message }

// The classes of faults and their HTTP codes.
func invalidArgument(reason, format string, args ...any) *fault {
	return &fault{http.StatusBadRequest, "INVALID_ARGUMENT", reason, fmt.Sprintf(format, args...)}
}

func failedPrecondition(reason, format string, args ...any) *fault {
	return &fault{http.StatusBadRequest, "FAILED_PRECONDITION", reason, fmt.Sprintf(format, args...)}
}

func notFound(reason, format string, args ...any) *fault {
	return &fault{http.StatusNotFound, "NOT_FOUND", reason, fmt.Sprintf(format, args...)}
}

func sizeExceeded(reason, format string, args ...any) *fault {
	return &fault{http.StatusForbidden, "SIZE_EXCEEDED", reason, fmt.Sprintf(format, args...)}
}

func unavailable(format string, args ...any) *fault {
	return &fault{http.StatusServiceUnavailable, "UNAVAILABLE", "UNAVAILABLE", fmt.Sprintf(format, args...)}
}

// success answers {"success":{"code":…,"data":…}}.
func success(w http.ResponseWriter, code int, data any) error {
	type body struct {
		Code int `json:"code"`
		Data any `json:"data"`
	}
	return writeJSON(w, code, map[string]body{"success": {code, data}})
}

// raw answers BCS.
func raw(w http.ResponseWriter, b []byte) error {
	rawHead(w, len(b))
	_, err := w.Write(b)
	return ignoreGone(err)
}

func rawHead(w http.ResponseWriter, size int) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.Itoa(size))
	w.WriteHeader(http.StatusOK)
}

// fail answers {"error":…}. What isn't a fault is an internal error: the caller
// gets a trace ID, the log has the cause.
func (n *Node) fail(w http.ResponseWriter, r *http.Request, err error) {
	var f *fault
	if r.Context().Err() != nil {
		panic(http.ErrAbortHandler) // the caller has gone, or the node is stopped
	}
	detail := map[string]any{"@type": "ErrorInfo", "domain": "storage.walrus.space", "metadata": map[string]string{}}
	details := []any{detail}
	if !errors.As(err, &f) {
		trace := make([]byte, 8)
		_, _ = rand.Read(trace) // never fails
		id := hex.EncodeToString(trace)
		n.log.Error("request failed", "path", r.URL.Path, "trace", id, "error", err)
		f = &fault{http.StatusInternalServerError, "INTERNAL", "INTERNAL_ERROR", "an internal error occurred"}
		if errors.Is(err, errDamaged) {
			f.message = "what is stored here is damaged and was dropped"
		}
		detail["domain"] = "global"
		details = append(details, map[string]any{"@type": "DebugInfo", "stackEntries": []string{}, "detail": "TraceID: " + id})
	}
	detail["reason"] = f.reason
	if f.reason == "" {
		details = []any{}
	}
	type body struct {
		Status  string `json:"status"`
		Code    int    `json:"code"`
		Message string `json:"message"`
		Details []any  `json:"details"`
	}
	if err := writeJSON(w, f.http, map[string]body{"error": {f.status, f.http, f.message, details}}); err != nil {
		n.log.Error("couldn't answer", "error", err)
	}
}

func writeJSON(w http.ResponseWriter, code int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("couldn't encode answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, err = w.Write(b)
	return ignoreGone(err)
}

// ignoreGone drops the error of writing to a caller: there is nobody to tell.
func ignoreGone(error) error { return nil }
