package daemon

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// timed is a connection that notes what is sent without a deadline.
type timed struct {
	*httptest.ResponseRecorder
	t        *testing.T
	name     string
	deadline time.Time
	held     int // bytes that nobody flushed
}

func (c *timed) SetWriteDeadline(at time.Time) error {
	c.deadline = at
	return nil
}

func (c *timed) Write(b []byte) (int, error) {
	if left := time.Until(c.deadline); left <= 0 || left > writeTimeout {
		c.t.Errorf("%s: %d bytes with %v to go", c.name, len(b), left)
	}
	c.held += len(b)
	return c.ResponseRecorder.Write(b)
}

func (c *timed) FlushError() error {
	if time.Until(c.deadline) <= 0 {
		c.t.Errorf("%s: flushed without a deadline", c.name)
	}
	c.held = 0
	return nil
}

// Whatever is sent has a deadline, and none is left behind for the connection's
// next answers, nor anything unsent, which would have none.
func TestEveryAnswerHasADeadline(t *testing.T) {
	n := newNetwork()
	d := newDaemon(t, n)
	id := n.put(t, random(20_000)).String()
	quilt, _, _ := testQuilt(t, n)
	for path, header := range map[string]string{
		"/v1/blobs/" + id:                                                   "",
		"/v1/blobs/" + id + "?":                                             "bytes=3-9",
		"/v1/blobs/" + id + "?skip_consistency_check=":                      "bytes=3-9",
		"/v1/blobs/" + id + "/byte-range?start=1&length=9":                  "",
		"/v1/blobs/" + id + "?strict_consistency_check=true":                "bytes=3-9,11-12,-4",
		"/v1alpha/blobs/concat?ids=" + id + "," + id:                        "",
		"/v1/quilts/" + quilt.String() + "/patches":                         "",
		"/v1/blobs/by-quilt-id/" + quilt.String() + "/" + "dir%2Fb%20c.bin": "",
		"/v1/tip-config":                                                    "",
		"/v1/blobs/by-nothing":                                              "",
	} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.RemoteAddr, r.Host = "127.0.0.1:5000", "127.0.0.1:31415"
		if header != "" {
			r.Header.Set("Range", header)
		}
		w := &timed{ResponseRecorder: httptest.NewRecorder(), t: t, name: path}
		d.ServeHTTP(w, r)
		if !w.deadline.IsZero() || w.held > 0 || w.Body.Len() == 0 {
			t.Errorf("%s: the deadline %v is left behind, and %d of %d bytes", path, w.deadline, w.held, w.Body.Len())
		}
	}
}
