package rpc

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// decodePadded reads base64 that may be padded in the middle, as gRPC-Web's
// clients do.
func decodePadded(t *testing.T, s string) []byte {
	t.Helper()
	var out []byte
	for len(s) > 0 {
		if len(s)%4 != 0 {
			t.Fatalf("%d characters are left over", len(s)%4)
		}
		b, err := base64.StdEncoding.DecodeString(s[:4])
		if err != nil {
			t.Fatal(err)
		}
		out, s = append(out, b...), s[4:]
	}
	return out
}

func TestTextIsBinaryInBase64(t *testing.T) {
	var got []byte
	h := text(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ct := r.Header.Get("Content-Type"); ct != "application/grpc-web+proto" {
			t.Errorf("content type is %s", ct)
		}
		got, _ = io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/grpc-web+proto")
		for i, part := range []string{"a", "bc", "defg", "", "hijkl"} {
			if _, err := io.WriteString(w, part); err != nil {
				t.Error(err)
			}
			if i%2 == 1 {
				w.(http.Flusher).Flush()
			}
		}
	}))
	question := []byte{0, 0, 0, 0, 3, 1, 2, 3}
	r := httptest.NewRequest("POST", "/", strings.NewReader(base64.StdEncoding.EncodeToString(question)))
	r.Header.Set("Content-Type", "application/grpc-web-text")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if !bytes.Equal(got, question) {
		t.Errorf("question is %x, want %x", got, question)
	}
	if ct := w.Header().Get("Content-Type"); ct != "application/grpc-web-text+proto" {
		t.Errorf("answer's content type is %s", ct)
	}
	if answer := decodePadded(t, w.Body.String()); string(answer) != "abcdefghijkl" {
		t.Errorf("answer is %q", answer)
	}
}

func TestOtherContentPassesUntouched(t *testing.T) {
	h := text(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(w, r.Body); err != nil {
			t.Error(err)
		}
	}))
	r := httptest.NewRequest("POST", "/", strings.NewReader("as it is"))
	r.Header.Set("Content-Type", "application/grpc-web+proto")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Body.String() != "as it is" {
		t.Errorf("got %q", w.Body)
	}
}

func TestPagesOfAnyOriginMayCall(t *testing.T) {
	h := cors(http.NotFoundHandler())
	r := httptest.NewRequest("OPTIONS", "/sui.rpc.v2.LedgerService/GetObject", nil)
	r.Header.Set("Access-Control-Request-Method", "POST")
	r.Header.Set("Access-Control-Request-Headers", "content-type,x-grpc-web")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusNoContent || w.Header().Get("Access-Control-Allow-Headers") != "content-type,x-grpc-web" {
		t.Errorf("preflight: %d %v", w.Code, w.Header())
	}
	w = httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/", nil))
	if !strings.Contains(w.Header().Get("Access-Control-Expose-Headers"), "grpc-status-details-bin") {
		t.Errorf("answer's headers: %v", w.Header())
	}
}
