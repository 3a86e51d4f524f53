package daemon

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"floe/codec"
	"floe/codec/bcs"
	"floe/codec/suitx"
)

func TestObject(t *testing.T) {
	n := newNetwork()
	d := newDaemon(t, n)
	blob := random(1000)
	id := n.put(t, blob)
	object := suitx.Address{31: 9}
	n.objects[object] = blobObjectOf(d, object, id)
	attributes := map[string]string{"content-type": "video/mp4", "Content-Disposition": `attachment; filename="a.mp4"`, "set-cookie": "a=b", "Content-Security-Policy": "x", "link": "a\r\nb: c", "content-language": "é"}
	n.objects[metadataID(object)] = metadataOf(attributes)
	for _, header := range []map[string]string{nil, {"Range": "bytes=0-9"}} {
		w := get(d, "/v1/blobs/by-object-id/"+object.String(), header)
		h := w.Header()
		if h.Get("Content-Type") != "video/mp4" || h.Get("Content-Disposition") == "" || h.Get("ETag") != `"`+id.String()+`"` {
			t.Errorf("status %d, headers %v", w.Code, h)
		}
		if h.Get("Set-Cookie") != "" || h.Get("Link") != "" || h.Get("Content-Language") != "" || !strings.HasSuffix(h.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("an attribute became a header that it mustn't: %v", h)
		}
	}
	sum := sha256.Sum256([]byte(object.String() + "," + id.String()))
	w := get(d, "/v1alpha/blobs/concat?ids="+object.String()+","+id.String(), nil)
	if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), append(bytes.Clone(blob), blob...)) || w.Header().Get("Content-Length") != "2000" ||
		w.Header().Get("ETag") != `"`+base64.RawURLEncoding.EncodeToString(sum[:])+`"` || w.Header().Get("Content-Type") != "video/mp4" {
		t.Errorf("concat: %d, %v", w.Code, w.Header())
	}
	body := []byte(fmt.Sprintf(`{"ids":[%q,%q]}`, id, object))
	w = ask(d, "POST", "/v1alpha/blobs/concat", map[string]string{"Content-Type": "application/json"}, body)
	if w.Code != 200 || w.Body.Len() != 2000 || w.Header().Get("Content-Type") != "application/octet-stream" {
		t.Errorf("concat: %d, %v", w.Code, w.Header())
	}
	for _, bad := range []string{"", "{}", `{"ids":[]}`, `{"ids":["x"]}`, `{"ids":[],"x":1}`, `[]`, string(body) + string(body)} {
		if w := ask(d, "POST", "/v1alpha/blobs/concat", map[string]string{"Content-Type": "application/json"}, []byte(bad)); w.Code != 400 {
			t.Errorf("%s: status %d", bad, w.Code)
		}
	}
}

// Of names that differ in case alone the first counts, always; and no type has
// parts with headers of their own.
func TestAttributesAsHeaders(t *testing.T) {
	for range 20 {
		h := http.Header{}
		setAttributes(h, map[string]string{"content-type": "text/html", "CONTENT-TYPE": "Multipart/x-mixed-replace; boundary=a", "Content-Type": "text/plain", "location": "/", "Refresh": "0"})
		if len(h) != 1 || h.Get("Content-Type") != "text/plain" {
			t.Fatalf("%v", h)
		}
	}
}

// blobObjectOf is a certified Blob of 1000 bytes, deletable, from epoch 1 to 9.
func blobObjectOf(d *Daemon, id suitx.Address, blob codec.BlobID) *suitx.Object {
	return blobObjectAs(d, id, blob, true)
}

func blobObjectAs(d *Daemon, id suitx.Address, blob codec.BlobID, certified bool) *suitx.Object {
	var w bcs.Writer
	w.U256(id)
	w.U32(1)
	w.U256(blob)
	w.U64(1000)
	w.U8(1)
	if w.Option(certified); certified {
		w.U32(2)
	}
	w.U256([32]byte{4})
	w.U32(1)
	w.U32(9)
	w.U64(5000)
	w.Bool(true)
	return &suitx.Object{Move: &suitx.MoveObject{Type: d.blobType(), Contents: w.Data()}}
}

func metadataID(blob suitx.Address) suitx.Address {
	var key bcs.Writer
	key.Bytes([]byte("metadata"))
	return suitx.DynamicFieldID(blob, suitx.VectorOf(suitx.TypeTag{Kind: suitx.TypeU8}), key.Data())
}

func metadataOf(attributes map[string]string) *suitx.Object {
	var w bcs.Writer
	w.U256([32]byte{1})
	w.Bytes([]byte("metadata"))
	w.Uleb(uint32(len(attributes)))
	for k, v := range attributes {
		w.String(k)
		w.String(v)
	}
	return &suitx.Object{Move: &suitx.MoveObject{Contents: w.Data()}}
}
