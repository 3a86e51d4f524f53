package daemon

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

const cacheControl = "public, max-age=86400, stale-while-revalidate=3600"

// serveContent answers with content or the ranges of it that are asked for.
// Nothing is sent before the first bytes were verified: after that a failure
// can only cut the connection.
func (d *Daemon) serveContent(w http.ResponseWriter, r *http.Request, c *content, tag string) error {
	h := w.Header()
	d.describe(r, h, tag)
	h.Set("Accept-Ranges", "bytes")
	if list := r.Header.Get("If-Match"); list != "" && !anyTag(list, tag) {
		return &fault{http: http.StatusPreconditionFailed, status: "FAILED_PRECONDITION", reason: "ETAG_MISMATCH", message: "this isn't what If-Match names"}
	}
	if list := r.Header.Get("If-None-Match"); list != "" && anyTag(list, tag) {
		for _, k := range []string{"Content-Type", "Content-Encoding", "Accept-Ranges"} {
			h.Del(k)
		}
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	spans, err := wanted(r, c.size, tag)
	if err != nil {
		h.Set("Content-Range", fmt.Sprintf("bytes */%d", c.size))
		return err
	}
	switch {
	case len(spans) > 1:
		return d.sendParts(w, r, c, spans)
	case len(spans) == 1:
		s := spans[0]
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", s.off, s.off+s.n-1, c.size))
		return d.send(w, r, c, s, http.StatusPartialContent)
	}
	if r.Method != http.MethodHead {
		if err := c.check(r.Context()); err != nil {
			return err
		}
	}
	return d.send(w, r, c, span{0, c.size}, http.StatusOK)
}

// wanted are the ranges that a request asks for; none means all. A Range counts
// for GET alone, and only while If-Range names what there is.
func wanted(r *http.Request, size uint64, tag string) ([]span, error) {
	header := r.Header.Get("Range")
	if header == "" || r.Method != http.MethodGet {
		return nil, nil
	}
	if cond := r.Header.Get("If-Range"); cond != "" && (strings.HasPrefix(cond, "W/") || !sameTag(cond, tag)) {
		return nil, nil
	}
	return parseRanges(header, size)
}

// describe sets the headers that a read has in any case. The content type is
// what the request asks for, if it is one type; attributes may say otherwise.
func (d *Daemon) describe(r *http.Request, h http.Header, tag string) {
	h.Set("Cache-Control", cacheControl)
	h.Set("ETag", strconv.Quote(tag))
	asked := r.Header.Get("Accept")
	if (asked == "" || strings.Contains(asked, "*")) && r.Method == http.MethodGet {
		asked = r.Header.Get("Content-Type")
	}
	if t, _, err := mime.ParseMediaType(asked); err == nil && strings.Contains(t, "/") && !strings.ContainsAny(asked, "*,") {
		h.Set("Content-Type", asked)
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "application/octet-stream")
	}
}

// send answers with one span.
func (d *Daemon) send(w http.ResponseWriter, r *http.Request, c *content, s span, status int) error {
	w.Header().Set("Content-Length", strconv.FormatUint(s.n, 10))
	if r.Method == http.MethodHead {
		w.WriteHeader(status)
		return nil
	}
	in, err := c.open(r.Context(), s.off, s.n)
	if err != nil {
		w.Header().Del("Content-Range")
		return err
	}
	defer in.close()
	w.WriteHeader(status)
	out := newOutlet(w)
	d.finish(out.end(in.copyTo(out)))
	return nil
}

// sendParts answers with several spans, as multipart/byteranges.
func (d *Daemon) sendParts(w http.ResponseWriter, r *http.Request, c *content, spans []span) error {
	first, err := c.open(r.Context(), spans[0].off, spans[0].n)
	if err != nil {
		return err
	}
	defer func() { first.close() }()
	head := func(s span) textproto.MIMEHeader {
		return textproto.MIMEHeader{
			"Content-Range": {fmt.Sprintf("bytes %d-%d/%d", s.off, s.off+s.n-1, c.size)},
			"Content-Type":  {w.Header().Get("Content-Type")},
		}
	}
	var around counter
	parts := multipart.NewWriter(&around)
	for _, s := range spans {
		_, _ = parts.CreatePart(head(s)) // a counter takes everything
		around += counter(s.n)
	}
	_ = parts.Close()
	boundary := parts.Boundary()
	out := newOutlet(w)
	parts = multipart.NewWriter(out)
	_ = parts.SetBoundary(boundary) // which is valid: it was made so
	heads := make([]textproto.MIMEHeader, len(spans))
	for i, s := range spans {
		heads[i] = head(s)
	}
	w.Header().Set("Content-Type", "multipart/byteranges; boundary="+boundary)
	w.Header().Set("Content-Length", strconv.FormatInt(int64(around), 10))
	w.WriteHeader(http.StatusPartialContent)
	for i, s := range spans {
		in := first
		if i > 0 {
			if in, err = c.open(r.Context(), s.off, s.n); err != nil {
				break
			}
		}
		var part io.Writer
		if part, err = parts.CreatePart(heads[i]); err == nil {
			err = in.copyTo(part)
		}
		in.close()
		if err != nil {
			break
		}
	}
	if err == nil {
		err = parts.Close()
	}
	d.finish(out.end(err))
	return nil
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// finish cuts the connection when an answer couldn't be sent to its end, so
// that nobody takes what came for all.
func (d *Daemon) finish(err error) {
	if err != nil {
		d.log.Debug("answer cut off", "error", err)
		panic(http.ErrAbortHandler)
	}
}
