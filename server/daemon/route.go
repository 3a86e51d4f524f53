package daemon

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// handler answers a request of a visitor who was admitted.
type handler func(w http.ResponseWriter, r *http.Request, v visitor) error

// route is what serves a path.
type route struct {
	role    role
	plain   bool // errors are plain text
	methods map[string]handler
}

func (rt route) allow() string {
	var methods []string
	for m := range rt.methods {
		methods = append(methods, m)
		if m == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	slices.Sort(methods)
	return strings.Join(append(methods, http.MethodOptions), ", ")
}

// with makes a handler of one that takes parts of the path.
func with[T any](f func(http.ResponseWriter, *http.Request, T) error, v T) handler {
	return func(w http.ResponseWriter, r *http.Request, _ visitor) error { return f(w, r, v) }
}

// route finds what serves a path. What is off isn't there. The last part of a
// quilt's path, a file's identifier, may have slashes, escaped or not.
func (d *Daemon) route(u *url.URL) (route, bool) {
	parts := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	rt, ok := d.find(parts)
	return rt, ok && d.mode(rt.role) != Off
}

func (d *Daemon) find(parts []string) (route, bool) {
	get := func(h handler) (route, bool) {
		return route{role: aggregator, methods: map[string]handler{http.MethodGet: h}}, true
	}
	match := func(pattern ...string) bool { return matches(parts, pattern) }
	last := parts[len(parts)-1]
	switch {
	case match("status"):
		return route{role: anybody, methods: map[string]handler{http.MethodGet: status}}, d.anythingOn()
	case match("v1", "api"):
		return route{role: anybody, methods: map[string]handler{http.MethodGet: serveAPI}}, d.anythingOn()
	case match("v1", "tip-config"):
		return route{role: uploadRelay, plain: true, methods: map[string]handler{http.MethodGet: d.getTipConfig}}, true
	case match("v1", "blob-upload-relay"):
		return route{role: uploadRelay, plain: true, methods: map[string]handler{http.MethodPost: d.postBlob}}, true
	case match("v1", "blobs"):
		return route{role: publisher, methods: map[string]handler{http.MethodPut: d.putBlob}}, true
	case match("v1", "quilts"):
		return route{role: publisher, methods: map[string]handler{http.MethodPut: d.putQuilt}}, true
	case match("v1", "blobs", "*"):
		return get(with(d.getBlob, last))
	case match("v1", "blobs", "by-object-id", "*"):
		return get(with(d.getObject, last))
	case match("v1", "blobs", "by-quilt-patch-id", "*"):
		return get(with(d.getPatch, last))
	case len(parts) >= 5 && matches(parts[:5], []string{"v1", "blobs", "by-quilt-id", "*", "*"}):
		return get(with(d.getFile, fileOf{parts[3], strings.Join(parts[4:], "/")}))
	case match("v1", "blobs", "*", "byte-range"):
		return get(with(d.getByteRange, parts[2]))
	case match("v1", "quilts", "*", "patches"):
		return get(with(d.getPatches, parts[2]))
	case match("v1alpha", "blobs", "concat"):
		return route{role: aggregator, methods: map[string]handler{http.MethodGet: d.getConcat, http.MethodPost: d.postConcat}}, true
	case match("v1alpha", "blobs", "*", "stream"):
		return get(with(d.getStream, parts[2]))
	}
	return route{}, false
}

// matches holds parts against a pattern, in which a star stands for any part
// that isn't empty.
func matches(parts, pattern []string) bool {
	return slices.EqualFunc(parts, pattern, func(part, want string) bool { return part == want || want == "*" && part != "" })
}

func (d *Daemon) anythingOn() bool {
	return d.cfg.Aggregator != Off || d.cfg.Publisher != Off || d.cfg.UploadRelay != Off
}

func status(w http.ResponseWriter, _ *http.Request, _ visitor) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte("OK"))
	return gone(err)
}

// gone drops the error of writing to a caller: there is nobody to tell.
func gone(error) error { return nil }
