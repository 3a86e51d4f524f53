package daemon

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"floe/codec"
	"floe/codec/quilt"
)

func testQuilt(t testing.TB, n *network) (codec.BlobID, []quilt.File, []quilt.Patch) {
	t.Helper()
	p, err := codec.NewParams(shards)
	if err != nil {
		t.Fatal(err)
	}
	files := []quilt.File{
		{Identifier: "a.txt", Tags: map[string]string{"content-type": "text/plain", "set-cookie": "x"}, Data: random(10)},
		{Identifier: "dir/b c.bin", Data: random(5000)},
		{Identifier: "é", Data: []byte{}},
	}
	blob, index, err := quilt.Encode(files, p)
	if err != nil {
		t.Fatal(err)
	}
	return n.put(t, blob), files, index
}

func TestQuilts(t *testing.T) {
	t.Parallel()
	for _, lost := range []string{"", "secondary 0", "secondary 2"} {
		n := newNetwork()
		d := newDaemon(t, n)
		id, files, index := testQuilt(t, n)
		n.lost[lost] = true
		var items []patchItem
		if err := json.Unmarshal(get(d, "/v1/quilts/"+id.String()+"/patches", nil).Body.Bytes(), &items); err != nil || len(items) != 3 {
			t.Fatalf("%v: %v", items, err)
		}
		for i, f := range files {
			patch := quilt.PatchID{Quilt: id, Start: index[i].Start, End: index[i].End}.String()
			if items[i].Identifier != f.Identifier || items[i].PatchID != patch || len(items[i].Tags) != len(f.Tags) {
				t.Errorf("listed as %v", items[i])
			}
			for _, path := range []string{"by-quilt-patch-id/" + patch, "by-quilt-id/" + id.String() + "/" + url.PathEscape(f.Identifier), "by-quilt-id/" + id.String() + "/" + strings.ReplaceAll(f.Identifier, " ", "%20")} {
				checkFile(t, d, "/v1/blobs/"+path, id, f)
			}
		}
	}
}

func checkFile(t *testing.T, d *Daemon, path string, id codec.BlobID, f quilt.File) {
	t.Helper()
	w := get(d, path, nil)
	h := w.Header()
	if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), f.Data) || h.Get("ETag") != `"`+id.String()+`"` || h.Get("Set-Cookie") != "" {
		t.Errorf("%s: %d, %d bytes, %v", path, w.Code, w.Body.Len(), h)
	}
	if ascii := f.Identifier != "é"; ascii != (h.Get("X-Quilt-Patch-Identifier") == f.Identifier) {
		t.Errorf("%s: identifier %q", path, h.Get("X-Quilt-Patch-Identifier"))
	}
	if typ := f.Tags["content-type"]; typ != "" && h.Get("Content-Type") != typ {
		t.Errorf("%s: %s", path, h.Get("Content-Type"))
	}
	if len(f.Data) > 1000 {
		if w := get(d, path, map[string]string{"Range": "bytes=100-4000"}); w.Code != 206 || !bytes.Equal(w.Body.Bytes(), f.Data[100:4001]) {
			t.Errorf("%s: range %d, %d bytes", path, w.Code, w.Body.Len())
		}
	}
}

// The list of a quilt's files takes its share of the memory, and gives it back.
func TestListsTakeMemory(t *testing.T) {
	for memory, want := range map[int64]int{100: 403, 10_000: 200} {
		n := newNetwork()
		d := newDaemon(t, n, func(c *Config) { c.Memory = memory })
		id, _, _ := testQuilt(t, n)
		for range 3 {
			for _, path := range []string{"/v1/quilts/" + id.String() + "/patches", "/v1/blobs/by-quilt-id/" + id.String() + "/a.txt"} {
				if w := get(d, path, nil); w.Code != want {
					t.Errorf("%s with %d bytes of memory: %d %s", path, memory, w.Code, w.Body)
				}
			}
		}
		if !d.wholes.room.TryAcquire(memory) {
			t.Error("memory was lost")
		}
	}
}

func TestNoPatch(t *testing.T) {
	n := newNetwork()
	d := newDaemon(t, n)
	id, _, _ := testQuilt(t, n)
	plain := n.put(t, random(5000))
	for path, want := range map[string]string{
		"/v1/blobs/by-quilt-id/" + id.String() + "/nothing":                                      "404 QUILT_PATCH_NOT_FOUND",
		"/v1/blobs/by-quilt-id/" + plain.String() + "/a":                                         "404 QUILT_PATCH_NOT_FOUND",
		"/v1/blobs/by-quilt-id/" + codec.BlobID{1}.String() + "/a":                               "404 BLOB_NOT_FOUND",
		"/v1/blobs/by-quilt-patch-id/" + quilt.PatchID{Quilt: id, Start: 4, End: 5}.String():     "404 QUILT_PATCH_NOT_FOUND",
		"/v1/blobs/by-quilt-patch-id/" + quilt.PatchID{Quilt: id, Start: 900, End: 901}.String(): "404 QUILT_PATCH_NOT_FOUND",
		"/v1/blobs/by-quilt-patch-id/" + quilt.PatchID{Quilt: plain, Start: 1, End: 2}.String():  "404 QUILT_PATCH_NOT_FOUND",
		"/v1/blobs/by-quilt-patch-id/" + strings.Repeat("A", 50):                                 "400 MALFORMED_REQUEST",
		"/v1/quilts/" + plain.String() + "/patches":                                              "404 QUILT_PATCH_NOT_FOUND",
		"/v1/blobs/by-quilt-id/" + id.String() + "/a.txt?x=1":                                    "400 MALFORMED_REQUEST",
	} {
		if w := get(d, path, nil); fmt.Sprintf("%d %s", w.Code, reason(t, w)) != want {
			t.Errorf("%s: %d %s, want %s", path, w.Code, w.Body, want)
		}
	}
}

// form is a multipart body; "_metadata" is a field like any other.
func form(t testing.TB, fields ...string) (body []byte, boundary string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		part, err := w.CreateFormFile(fields[i], "f")
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte(fields[i+1]))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.Boundary()
}

func TestForm(t *testing.T) {
	body, boundary := form(t, "b", "data b", "_metadata", `[{"identifier":"b","tags":{"k":"v","n":1.50,"o":{"x": [1]},"z":null}},{"identifier":"other"}]`, "a", "")
	files, err := parseForm(bytes.NewReader(body), boundary, 7)
	if err != nil || len(files) != 2 || files[0].Identifier != "b" || string(files[0].Data) != "data b" || len(files[1].Data) != 0 || len(files[1].Tags) != 0 {
		t.Fatalf("%v, %v", files, err)
	}
	if tags := files[0].Tags; tags["k"] != "v" || tags["n"] != "1.50" || tags["o"] != `{"x":[1]}` || tags["z"] != "null" {
		t.Errorf("tags are %v", tags)
	}
	for name, fields := range map[string][]string{
		"no files": {}, "only tags": {"_metadata", "[]"}, "reserved": {"_x", "a"}, "empty name": {"", "a"}, "spaces at the end": {"a ", "a"},
		"tags aren't JSON": {"a", "a", "_metadata", "{"}, "tags of nobody": {"a", "a", "_metadata", `[{"tags":{}}]`}, "tags twice": {"a", "a", "_metadata", `[{"identifier":"a"},{"identifier":"a"}]`},
		"tags twice over": {"a", "a", "_metadata", "[]", "_metadata", "[]"}, "tags without end": {"a", "a", "_metadata", "[" + strings.Repeat(" ", maxMetadata) + "]"},
		"too many": {"1", "", "2", "", "3", "", "4", "", "5", "", "6", "", "7", ""},
	} {
		body, boundary := form(t, fields...)
		if _, err := parseForm(bytes.NewReader(body), boundary, 7); err == nil || faultOf(err).http != 400 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := parseForm(bytes.NewReader(body[:len(body)-10]), boundary, 7); err == nil {
		t.Error("a form that was cut was accepted")
	}
}

func FuzzFormNeverPanics(f *testing.F) {
	body, _ := form(f, "a", "data", "_metadata", `[{"identifier":"a","tags":{"k":1}}]`)
	boundary := strings.TrimPrefix(strings.SplitN(string(body), "\r\n", 2)[0], "--")
	f.Add(bytes.ReplaceAll(body, []byte(boundary), []byte("B")))
	f.Add([]byte("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--B--"))
	f.Fuzz(func(t *testing.T, b []byte) {
		files, err := parseForm(bytes.NewReader(b), "B", 7)
		if err != nil {
			return
		}
		if len(files) == 0 || len(files) > 6 {
			t.Fatalf("%d files", len(files))
		}
		for _, file := range files {
			if err := quilt.CheckIdentifier(file.Identifier); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func FuzzRangesStayWithin(f *testing.F) {
	for _, c := range rangeCases {
		f.Add(c.header, uint64(1000))
	}
	f.Add("bytes=-1", uint64(0))
	f.Fuzz(func(t *testing.T, header string, size uint64) {
		spans, err := parseRanges(header, size)
		if err != nil && (len(spans) > 0 || faultOf(err).http != 416) {
			t.Fatal(spans, err)
		}
		sum := uint64(0)
		for _, s := range spans {
			if s.n == 0 || s.off >= size || s.n > size-s.off {
				t.Fatalf("%q of %d: %v", header, size, s)
			}
			sum += s.n
		}
		if len(spans) > maxRanges || len(spans) > 1 && sum > size {
			t.Fatalf("%q: %d spans of %d bytes in all", header, len(spans), sum)
		}
	})
}

func FuzzQueriesNeverPanic(f *testing.F) {
	f.Add("epochs=5&permanent=true&send_object_to=0x2")
	f.Add("blob_id=AAAA&deletable_blob_object=0x1&tx_id=1&nonce=A&encoding_type=RS2")
	f.Fuzz(func(t *testing.T, raw string) {
		if p, err := parsePublisher(raw, true); err == nil && (p.epochs == 0 || p.epochs > maxEpochsAhead || p.share && p.sendTo != nil) {
			t.Fatalf("%q gives %v", raw, p)
		} else if err != nil && faultOf(err).http != 400 {
			t.Fatal(err)
		}
		if _, err := parseRelayQuery(raw); err != nil && faultOf(err).http != 400 {
			t.Fatal(err)
		}
	})
}
