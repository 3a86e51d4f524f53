package daemon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"slices"
	"strconv"
	"strings"
	"testing"

	"floe/codec"
)

func TestBlob(t *testing.T) {
	n := newNetwork()
	d := newDaemon(t, n)
	for _, size := range []int{0, 1, 17, 56, 57, 1000, 100_000, 1_834_952} {
		blob := random(size)
		id := n.put(t, blob).String()
		for _, path := range []string{"/v1/blobs/" + id, "/v1alpha/blobs/" + id + "/stream", "/v1/blobs/" + id + "?strict_consistency_check=true", "/v1/blobs/" + id + "?skip_consistency_check=true"} {
			w := get(d, path, nil)
			h := w.Header()
			if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), blob) {
				t.Fatalf("%s of %d bytes: status %d, %d bytes", path, size, w.Code, w.Body.Len())
			}
			if h.Get("ETag") != `"`+id+`"` || h.Get("Content-Length") != strconv.Itoa(size) || h.Get("X-Content-Type-Options") != "nosniff" ||
				h.Get("Cache-Control") != "public, max-age=86400, stale-while-revalidate=3600" || h.Get("Content-Type") != "application/octet-stream" {
				t.Errorf("%s has headers %v", path, h)
			}
			if streams := strings.Contains(path, "stream"); (h.Get("X-Walrus-Streaming") == "true") != streams {
				t.Errorf("%s has X-Walrus-Streaming %q", path, h.Get("X-Walrus-Streaming"))
			}
		}
		if w := ask(d, "HEAD", "/v1/blobs/"+id, nil, nil); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") != strconv.Itoa(size) {
			t.Errorf("HEAD: %d, %v", w.Code, w.Header())
		}
	}
	if n.whole != 8 {
		t.Errorf("%d blobs were decoded whole, want those read strictly", n.whole)
	}
}

// rangeCase is a Range header, and what comes of it for 1000 bytes.
type rangeCase struct {
	header string
	status int
	spans  []span
}

var rangeCases = []rangeCase{
	{"bytes=0-0", 206, []span{{0, 1}}},
	{"bytes=0-499", 206, []span{{0, 500}}},
	{"bytes=500-999", 206, []span{{500, 500}}},
	{"bytes=0-", 206, []span{{0, 1000}}},
	{"bytes=999-", 206, []span{{999, 1}}},
	{"bytes=-1", 206, []span{{999, 1}}},
	{"bytes=-1000", 206, []span{{0, 1000}}},
	{"bytes=-5000", 206, []span{{0, 1000}}},
	{"bytes=900-5000", 206, []span{{900, 100}}},
	{"bytes=0-99999999999999999999999", 206, []span{{0, 1000}}},
	{"bytes= 10-19 ", 206, []span{{10, 10}}},
	{"Bytes=10-19", 206, []span{{10, 10}}},
	{"bytes=0-9,20-29", 206, []span{{0, 10}, {20, 10}}},
	{"bytes=0-9, -10", 206, []span{{0, 10}, {990, 10}}},
	{"bytes=0-9,,5000-", 206, []span{{0, 10}}},
	{"bytes=20-29,0-9,20-29", 206, []span{{20, 10}, {0, 10}, {20, 10}}},
	{"bytes=0-,0-", 200, nil}, // more than the whole: ignored
	{"items=0-9", 200, nil},   // another unit
	{"0-9", 200, nil},         // no unit
	{"bytes=1000-", 416, nil}, // beyond
	{"bytes=1000-1001", 416, nil},
	{"bytes=5000-,6000-", 416, nil},
	{"bytes=-0", 416, nil},
	{"bytes=", 416, nil},
	{"bytes=9-0", 416, nil},
	{"bytes=-", 416, nil},
	{"bytes=a-b", 416, nil},
	{"bytes=+1-2", 416, nil},
	{"bytes=0x1-2", 416, nil},
	{"bytes=1-2-3", 416, nil},
	{"bytes=1", 416, nil},
	{"bytes=0-1" + strings.Repeat(",0-1", 40), 416, nil},
}

func TestRanges(t *testing.T) {
	n := newNetwork()
	d := newDaemon(t, n)
	blob := random(1000)
	path := "/v1/blobs/" + n.put(t, blob).String()
	for _, c := range rangeCases {
		w := get(d, path, map[string]string{"Range": c.header})
		if w.Code != c.status {
			t.Errorf("%q: status %d, want %d", c.header, w.Code, c.status)
			continue
		}
		switch {
		case c.status == 200:
			if !bytes.Equal(w.Body.Bytes(), blob) {
				t.Errorf("%q: %d bytes", c.header, w.Body.Len())
			}
		case c.status == 416:
			if reason(t, w) != "INVALID_BYTE_RANGE" || w.Header().Get("Content-Range") != "bytes */1000" {
				t.Errorf("%q: %v %s", c.header, w.Header(), w.Body)
			}
		case len(c.spans) == 1:
			s := c.spans[0]
			if want := fmt.Sprintf("bytes %d-%d/1000", s.off, s.off+s.n-1); w.Header().Get("Content-Range") != want || w.Header().Get("Content-Length") != fmt.Sprint(s.n) || !bytes.Equal(w.Body.Bytes(), blob[s.off:s.off+s.n]) {
				t.Errorf("%q: %v, want %s", c.header, w.Header(), want)
			}
		default:
			checkParts(t, c, blob, w.Header().Get("Content-Type"), w.Body.Bytes())
			if w.Header().Get("Content-Length") != strconv.Itoa(w.Body.Len()) {
				t.Errorf("%q: Content-Length %s, %d bytes", c.header, w.Header().Get("Content-Length"), w.Body.Len())
			}
		}
	}
	if w := ask(d, "HEAD", path, map[string]string{"Range": "bytes=0-9"}, nil); w.Code != 200 || w.Header().Get("Content-Length") != "1000" {
		t.Errorf("HEAD with a range, which isn't for it: %d", w.Code)
	}
}

func checkParts(t *testing.T, c rangeCase, blob []byte, contentType string, body []byte) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/byteranges" {
		t.Fatalf("%q: %s", c.header, contentType)
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for _, s := range c.spans {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(part)
		if want := fmt.Sprintf("bytes %d-%d/1000", s.off, s.off+s.n-1); err != nil || part.Header.Get("Content-Range") != want || !bytes.Equal(got, blob[s.off:s.off+s.n]) {
			t.Errorf("%q: part %v, want %s", c.header, part.Header, want)
		}
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("%q: more parts than asked for: %v", c.header, err)
	}
}

func TestConditions(t *testing.T) {
	n := newNetwork()
	d := newDaemon(t, n)
	blob := random(1000)
	id := n.put(t, blob).String()
	path, tag := "/v1/blobs/"+id, `"`+id+`"`
	cases := []struct {
		header map[string]string
		status int
	}{
		{map[string]string{"If-None-Match": tag}, 304},
		{map[string]string{"If-None-Match": id}, 304}, // as upstream writes it
		{map[string]string{"If-None-Match": `"x", W/` + tag}, 304},
		{map[string]string{"If-None-Match": "*"}, 304},
		{map[string]string{"If-None-Match": `"x"`}, 200},
		{map[string]string{"If-Match": tag}, 200},
		{map[string]string{"If-Match": `"x"`}, 412},
		{map[string]string{"Range": "bytes=0-9", "If-Range": tag}, 206},
		{map[string]string{"Range": "bytes=0-9", "If-Range": `"x"`}, 200},
		{map[string]string{"Range": "bytes=0-9", "If-Range": "W/" + tag}, 200},
		{map[string]string{"Range": "bytes=0-9", "If-Range": "Wed, 21 Oct 2015 07:28:00 GMT"}, 200},
	}
	for _, c := range cases {
		if w := get(d, path, c.header); w.Code != c.status || w.Code == 304 && (w.Body.Len() > 0 || w.Header().Get("ETag") != tag) {
			t.Errorf("%v: status %d, want %d; %v", c.header, w.Code, c.status, w.Header())
		}
	}
}

func TestByteRange(t *testing.T) {
	n := newNetwork()
	d := newDaemon(t, n)
	blob := random(1000)
	id := n.put(t, blob).String()
	w := get(d, "/v1/blobs/"+id+"/byte-range?start=100&length=50", map[string]string{"Range": "bytes=0-1"})
	if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), blob[100:150]) || w.Header().Get("ETag") != `"`+id+`-100-50"` {
		t.Errorf("status %d, %v", w.Code, w.Header())
	}
	for query, want := range map[string]string{
		"start=0&length=0": "INVALID_BYTE_RANGE", "start=999&length=2": "INVALID_BYTE_RANGE", "start=18446744073709551615&length=2": "INVALID_BYTE_RANGE",
		"start=0": "MALFORMED_REQUEST", "length=1": "MALFORMED_REQUEST", "start=-1&length=1": "MALFORMED_REQUEST", "start=0&length=1&x=1": "MALFORMED_REQUEST", "start=0&start=1&length=1": "MALFORMED_REQUEST",
	} {
		if w := get(d, "/v1/blobs/"+id+"/byte-range?"+query, nil); w.Code != 400 || reason(t, w) != want {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
}

func TestNoBlob(t *testing.T) {
	n := newNetwork()
	d := newDaemon(t, n)
	none := codec.BlobID{7}.String()
	for path, want := range map[string]string{
		"/v1/blobs/" + none: "404 BLOB_NOT_FOUND",
		"/v1/blobs/" + none + "?strict_consistency_check=true&skip_consistency_check=true": "400 INVALID_CONSISTENCY_CHECK",
		"/v1/blobs/" + none + "?x=1":         "400 MALFORMED_REQUEST",
		"/v1/blobs/short":                    "400 MALFORMED_REQUEST",
		"/v1/blobs/%2e%2e":                   "400 MALFORMED_REQUEST",
		"/v1/blobs/by-object-id/0x7":         "404 BLOB_NOT_FOUND",
		"/v1/blobs/by-object-id/x":           "400 MALFORMED_REQUEST",
		"/v1/quilts/" + none + "/patches":    "404 BLOB_NOT_FOUND",
		"/v1alpha/blobs/" + none + "/stream": "404 BLOB_NOT_FOUND",
		"/v1alpha/blobs/concat?ids=" + none:  "404 BLOB_NOT_FOUND",
		"/v1alpha/blobs/concat?ids=0x7":      "404 OBJECT_ID_RESOLUTION_FAILED",
		"/v1alpha/blobs/concat?ids=x":        "400 INVALID_ID_FORMAT",
		"/v1alpha/blobs/concat?ids=":         "400 MALFORMED_REQUEST",
		"/v1/nothing":                        "404 NOT_FOUND",
		"/":                                  "404 NOT_FOUND",
	} {
		if w := get(d, path, nil); fmt.Sprintf("%d %s", w.Code, reason(t, w)) != want {
			t.Errorf("%s: %d %s, want %s", path, w.Code, w.Body, want)
		}
	}
	if w := ask(d, "DELETE", "/v1/blobs/"+none, nil, nil); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD, OPTIONS" {
		t.Errorf("DELETE: %d, %v", w.Code, w.Header())
	}
	for err, want := range map[error]string{ErrUnavailable: "503 BLOB_UNAVAILABLE", ErrBlocked: "451 FORBIDDEN_BLOB", io.ErrUnexpectedEOF: "500 INTERNAL_ERROR"} {
		n.down = err
		if w := get(d, "/v1/blobs/"+none, nil); fmt.Sprintf("%d %s", w.Code, reason(t, w)) != want {
			t.Errorf("%v: %d %s, want %s", err, w.Code, w.Body, want)
		}
	}
}

// A range is read from the slivers that cover it and from no others.
func TestOnlyWhatCoversIsFetched(t *testing.T) {
	n := newNetwork()
	d := newDaemon(t, n)
	blob := random(28_000) // 1000 bytes to a symbol, 7000 to a row
	id := n.put(t, blob).String()
	for header, want := range map[string][]string{"bytes=7000-13999": {"primary 1"}, "bytes=6999-7000": {"primary 0", "primary 1"}, "bytes=-1": {"primary 3"}} {
		n.asked = nil
		get(d, "/v1/blobs/"+id, map[string]string{"Range": header})
		slices.Sort(n.asked)
		if !slices.Equal(n.asked, want) {
			t.Errorf("%s asked for %v, want %v", header, n.asked, want)
		}
	}
}

func TestLostAndSpoiltSlivers(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"lost", "spoilt"} {
		n := newNetwork()
		d := newDaemon(t, n, func(c *Config) { c.ReadAhead = 1 })
		blob := random(28_000)
		id := n.put(t, blob).String()
		map[string]map[string]bool{"lost": n.lost, "spoilt": n.spoilt}[how]["primary 1"] = true
		for range 2 {
			if w := get(d, "/v1/blobs/"+id, nil); w.Code != 200 || !bytes.Equal(w.Body.Bytes(), blob) {
				t.Fatalf("%s: status %d, %d bytes", how, w.Code, w.Body.Len())
			}
			if w := get(d, "/v1/blobs/"+id, map[string]string{"Range": "bytes=7000-"}); w.Code != 206 || !bytes.Equal(w.Body.Bytes(), blob[7000:]) {
				t.Fatalf("%s: status %d, %d bytes", how, w.Code, w.Body.Len())
			}
		}
		if n.whole != 1 {
			t.Errorf("%s: decoded %d times, want once", how, n.whole)
		}
	}
}

func TestTooLargeToDecode(t *testing.T) {
	n := newNetwork()
	d := newDaemon(t, n, func(c *Config) { c.Memory = 20_000 })
	id := n.put(t, random(28_000)).String()
	if w := get(d, "/v1/blobs/"+id, nil); w.Code != 200 {
		t.Fatalf("all slivers are there: status %d", w.Code)
	}
	n.lost["primary 1"] = true
	if w := get(d, "/v1/blobs/"+id, nil); w.Code != 403 || reason(t, w) != "BLOB_TOO_LARGE" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := get(d, "/v1/blobs/"+id, map[string]string{"Range": "bytes=0-6999"}); w.Code != 206 {
		t.Errorf("this row is there: status %d", w.Code)
	}
}

// A node's answer that makes something panic is that request's bad luck alone.
func TestPanicsBesideRequests(t *testing.T) {
	n := newNetwork()
	d := newDaemon(t, n)
	id := n.put(t, random(28_000)).String()
	d.cfg.Nodes = panicking{n}
	d.wholes.nodes = panicking{n}
	for range 2 {
		if w := get(d, "/v1/blobs/"+id, nil); w.Code != 500 || reason(t, w) != "INTERNAL_ERROR" {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}

// panicking are nodes whose answers nobody thought of.
type panicking struct{ *network }

func (panicking) Sliver(context.Context, codec.BlobID, codec.Kind, int) (*codec.Sliver, error) {
	return nil, errors.New("no sliver")
}

func (panicking) Blob(context.Context, codec.BlobID, *codec.Metadata) ([]byte, error) {
	panic("something nobody thought of")
}

// When a sliver is lost after the first bytes were sent, the connection is cut:
// nobody takes what came for the blob.
func TestCutOff(t *testing.T) {
	n := newNetwork()
	d := newDaemon(t, n, func(c *Config) { c.ReadAhead, c.Memory = 1, 1 })
	id := n.put(t, random(28_000)).String()
	n.lost["primary 2"] = true
	if w := get(d, "/v1/blobs/"+id, nil); w.Header().Get("Cut-Off") == "" || w.Body.Len() >= 28_000 {
		t.Errorf("status %d, %d bytes, not cut off", w.Code, w.Body.Len())
	}
}
