package rpc_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
	"floe/server/ledger/rpc/rpctest"
)

// A protocol asks one method over plain HTTP and returns the answer, or the
// status code (gRPC's numbers) and message of a failure.
type protocol struct {
	name string
	ask  func(t *testing.T, url string, question, answer proto.Message) (code int, message string)
}

func protocols() []protocol {
	return []protocol{
		{"gRPC", func(t *testing.T, url string, q, a proto.Message) (int, string) {
			res, body := post(t, h2c(), url, "application/grpc", frame(t, q))
			unframe(t, body, a)
			status := res.Trailer
			if status.Get("Grpc-Status") == "" {
				status = res.Header
			}
			return number(t, status.Get("Grpc-Status")), status.Get("Grpc-Message")
		}},
		{"gRPC-Web", func(t *testing.T, url string, q, a proto.Message) (int, string) {
			res, body := post(t, http.DefaultClient, url, "application/grpc-web+proto", frame(t, q))
			return webAnswer(t, res, body, a)
		}},
		{"gRPC-Web text", func(t *testing.T, url string, q, a proto.Message) (int, string) {
			res, body := post(t, http.DefaultClient, url, "application/grpc-web-text",
				[]byte(base64.StdEncoding.EncodeToString(frame(t, q))))
			if ct := res.Header.Get("Content-Type"); ct != "application/grpc-web-text+proto" {
				t.Errorf("content type is %s", ct)
			}
			var plain []byte
			for text := string(body); text != ""; text = text[4:] {
				b, err := base64.StdEncoding.DecodeString(text[:4])
				if err != nil {
					t.Fatal(err)
				}
				plain = append(plain, b...)
			}
			return webAnswer(t, res, plain, a)
		}},
		{"Connect", func(t *testing.T, url string, q, a proto.Message) (int, string) {
			b, err := proto.Marshal(q)
			if err != nil {
				t.Fatal(err)
			}
			res, body := post(t, http.DefaultClient, url, "application/proto", b)
			if res.StatusCode != http.StatusOK {
				return connectFailure(t, body)
			}
			if err := proto.Unmarshal(body, a); err != nil {
				t.Fatal(err)
			}
			return 0, ""
		}},
	}
}

func h2c() *http.Client {
	var p http.Protocols
	p.SetUnencryptedHTTP2(true)
	return &http.Client{Transport: &http.Transport{Protocols: &p}}
}

func post(t *testing.T, c *http.Client, url, contentType string, body []byte) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Te", "trailers")
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, b
}

// frame is flag u8 ‖ length u32 big-endian ‖ message.
func frame(t *testing.T, m proto.Message) []byte {
	t.Helper()
	b, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(b))), b...)
}

// unframe reads the first frame into m, if it is a message, and returns the rest.
func unframe(t *testing.T, b []byte, m proto.Message) []byte {
	t.Helper()
	if len(b) < 5 || b[0] != 0 {
		return b
	}
	n := int(binary.BigEndian.Uint32(b[1:]))
	if err := proto.Unmarshal(b[5:5+n], m); err != nil {
		t.Fatal(err)
	}
	return b[5+n:]
}

// webAnswer: the status is the last frame, of flag 80, or in the headers.
func webAnswer(t *testing.T, res *http.Response, b []byte, m proto.Message) (int, string) {
	t.Helper()
	if s := res.Header.Get("Grpc-Status"); s != "" {
		return number(t, s), res.Header.Get("Grpc-Message")
	}
	b = unframe(t, b, m)
	if len(b) < 5 || b[0] != 0x80 {
		t.Fatalf("no trailer in %q", b)
	}
	status := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(b[5:])), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		status[strings.ToLower(name)] = strings.TrimSpace(value)
	}
	return number(t, status["grpc-status"]), status["grpc-message"]
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("status %q: %v", s, err)
	}
	return n
}

func connectFailure(t *testing.T, body []byte) (int, string) {
	t.Helper()
	var failure struct{ Code, Message string }
	if err := json.Unmarshal(body, &failure); err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	return map[string]int{"not_found": 5, "invalid_argument": 3, "unimplemented": 12}[failure.Code], failure.Message
}

func TestEveryProtocolAnswers(t *testing.T) {
	l := rpctest.Ledger(t)
	url := "http://" + rpctest.Serve(t, l) + "/sui.rpc.v2."
	unescaped := strings.NewReplacer("%20", " ")
	for _, p := range protocols() {
		t.Run(p.name, func(t *testing.T) {
			var info pb.GetServiceInfoResponse
			if code, message := p.ask(t, url+"LedgerService/GetServiceInfo", &pb.GetServiceInfoRequest{}, &info); code != 0 {
				t.Errorf("%d %s", code, message)
			}
			if info.GetChainId() != l.ChainID().String() || info.GetServer() != "floe/test" {
				t.Errorf("got %v", &info)
			}
			missing := suitx.Address{1}.String()
			code, message := p.ask(t, url+"LedgerService/GetObject", &pb.GetObjectRequest{ObjectId: &missing}, &pb.GetObjectResponse{})
			if code != 5 || unescaped.Replace(message) != "Object "+missing+" not found" {
				t.Errorf("missing object: %d %s", code, message)
			}
			code, message = p.ask(t, url+"NameService/LookupName", &pb.LookupNameRequest{}, &pb.LookupNameResponse{})
			if code != 12 || !strings.Contains(message, "sui.rpc.v2.NameService/LookupName") {
				t.Errorf("unserved method: %d %s", code, message)
			}
		})
	}
}

func TestConnectJSON(t *testing.T) {
	l := rpctest.Ledger(t)
	url := "http://" + rpctest.Serve(t, l) + "/sui.rpc.v2."
	ask := func(method, question string) (out map[string]any) {
		t.Helper()
		res, body := post(t, http.DefaultClient, url+method, "application/json", []byte(question))
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %s", method, res.Status, body)
		}
		if err := json.Unmarshal(body, &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	me := rpctest.NewAccount(1).Fund(t, l)
	got := ask("StateService/GetBalance", `{"owner":"`+me.Address.String()+`","coinType":"0x2::sui::SUI"}`)
	balance, _ := got["balance"].(map[string]any)
	if n, err := strconv.ParseUint(balance["balance"].(string), 10, 64); err != nil || n == 0 {
		t.Errorf("got %v", got)
	}
	got = ask("LedgerService/GetObject", `{"objectId":"0x6","readMask":"objectType,owner"}`)
	object, _ := got["object"].(map[string]any)
	if !strings.HasSuffix(object["objectType"].(string), "::clock::Clock") || len(object) != 2 {
		t.Errorf("got %v", got)
	}
}

func TestStrangersGetNoMethod(t *testing.T) {
	url := "http://" + rpctest.Serve(t, rpctest.Ledger(t)) + "/sui.rpc.v2.LedgerService/GetServiceInfo"
	res, _ := post(t, http.DefaultClient, url, "text/plain", []byte("hello"))
	if res.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("got %s", res.Status)
	}
	res, _ = post(t, http.DefaultClient, strings.TrimSuffix(url, "GetServiceInfo"), "text/plain", nil)
	if res.StatusCode != http.StatusNotFound {
		t.Errorf("got %s", res.Status)
	}
}
