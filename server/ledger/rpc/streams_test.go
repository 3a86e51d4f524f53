package rpc_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"floe/server/ledger/rpc/rpctest"
)

// twoCheckpoints is a ListCheckpointsRequest of the first two: end_checkpoint is field 3.
var twoCheckpoints = protowire.AppendVarint(protowire.AppendTag(nil, 3, protowire.VarintType), 2)

// envelope is flag u8 ‖ length u32 big-endian ‖ message.
func envelope(message []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))), message...)
}

// envelopes takes a stream apart; flags are those of the last.
func envelopes(t *testing.T, b []byte) (messages [][]byte, last []byte, flags byte) {
	t.Helper()
	for len(b) >= 5 {
		n := int(binary.BigEndian.Uint32(b[1:]))
		if len(b) < 5+n {
			t.Fatalf("a message of %d bytes is cut", n)
		}
		if flags = b[0]; flags != 0 {
			return messages, b[5 : 5+n], flags
		}
		messages, b = append(messages, b[5:5+n]), b[5+n:]
	}
	return messages, nil, flags
}

// checkpoints reads ListCheckpointsResponses, whose checkpoint is field 1.
func checkpoints(t *testing.T, messages [][]byte) (sequences []uint64) {
	t.Helper()
	for _, b := range messages {
		var c *pb.Checkpoint
		for len(b) > 0 {
			field, kind, n := protowire.ConsumeTag(b)
			size := protowire.ConsumeFieldValue(field, kind, b[n:])
			if n < 0 || size < 0 {
				t.Fatalf("a malformed message: %x", b)
			}
			if inner, _ := protowire.ConsumeBytes(b[n:]); field == 1 {
				c = &pb.Checkpoint{}
				if err := proto.Unmarshal(inner, c); err != nil {
					t.Fatal(err)
				}
			}
			b = b[n+size:]
		}
		if c != nil {
			sequences = append(sequences, c.GetSequenceNumber())
		}
	}
	return sequences
}

func TestEveryProtocolStreams(t *testing.T) {
	l := rpctest.Ledger(t)
	rpctest.NewAccount(1).Fund(t, l)
	url := "http://" + rpctest.Serve(t, l) + "/sui.rpc.v2.LedgerService/ListCheckpoints"
	text := func(b []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(b)) }
	for name, p := range map[string]struct {
		client      *http.Client
		contentType string
		write       func([]byte) []byte
		read        func([]byte) []byte
	}{
		"gRPC":          {h2c(), "application/grpc", envelope, nil},
		"gRPC-Web":      {http.DefaultClient, "application/grpc-web+proto", envelope, nil},
		"gRPC-Web text": {http.DefaultClient, "application/grpc-web-text+proto", func(b []byte) []byte { return text(envelope(b)) }, func(b []byte) []byte { return unpad(t, b) }},
		"Connect":       {http.DefaultClient, "application/connect+proto", envelope, nil},
	} {
		t.Run(name, func(t *testing.T) {
			res, body := post(t, p.client, url, p.contentType, p.write(twoCheckpoints))
			if p.read != nil {
				body = p.read(body)
			}
			messages, last, flags := envelopes(t, body)
			if got := checkpoints(t, messages); len(messages) != 3 || len(got) != 2 || got[0] != 0 || got[1] != 1 {
				t.Errorf("%d messages of checkpoints %v", len(messages), got)
			}
			switch end := string(last); {
			case name == "gRPC" && res.Trailer.Get("Grpc-Status") == "0":
			case name == "Connect" && flags == 2 && end == "{}":
			case strings.HasPrefix(name, "gRPC-Web") && flags == 0x80 && strings.Contains(end, "grpc-status: 0"):
			default:
				t.Errorf("it ends with %q, flags %x, trailer %v", last, flags, res.Trailer)
			}
		})
	}
}

// unpad reads base64 that may be padded in its middle.
func unpad(t *testing.T, b []byte) (plain []byte) {
	t.Helper()
	for ; len(b) >= 4; b = b[4:] {
		part, err := base64.StdEncoding.DecodeString(string(b[:4]))
		if err != nil {
			t.Fatal(err)
		}
		plain = append(plain, part...)
	}
	return plain
}

// JSON names the fields that sui-go-sdk's messages lack too.
func TestConnectJSONStreams(t *testing.T) {
	l := rpctest.Ledger(t)
	me := rpctest.NewAccount(1).Fund(t, l)
	url := "http://" + rpctest.Serve(t, l) + "/sui.rpc.v2."
	_, body := post(t, http.DefaultClient, url+"LedgerService/ListTransactions", "application/connect+json", envelope([]byte(
		`{"filter":{"terms":[{"literals":[{"affectedAddress":{"address":"`+me.Address.String()+`"}}]}]},"readMask":"digest,checkpoint,transactionIndex"}`)))
	messages, last, flags := envelopes(t, body)
	if len(messages) != 2 || flags != 2 || string(last) != "{}" {
		t.Fatalf("%d messages, then %q", len(messages), last)
	}
	var first, end struct {
		Transaction struct{ Digest, Checkpoint, TransactionIndex string }
		Watermark   struct{ Cursor, Checkpoint string }
		End         struct{ Reason string }
	}
	if err := json.Unmarshal(messages[0], &first); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(messages[1], &end); err != nil {
		t.Fatal(err)
	}
	if first.Transaction.Digest == "" || first.Transaction.TransactionIndex != "0" || first.Watermark.Cursor == "" || end.End.Reason != "QUERY_END_REASON_LEDGER_TIP" {
		t.Errorf("%s\n%s", messages[0], messages[1])
	}
	res, body := post(t, http.DefaultClient, url+"StateService/GetBalance", "application/json; charset=utf-8",
		[]byte(`{"owner":"`+me.Address.String()+`","coinType":"0x2::sui::SUI"}`))
	var balance struct {
		Balance struct{ Balance, CoinBalance, AddressBalance string }
	}
	if err := json.Unmarshal(body, &balance); err != nil || balance.Balance.CoinBalance != balance.Balance.Balance || balance.Balance.AddressBalance != "0" {
		t.Errorf("%s: %s", res.Status, body)
	}
	_, body = post(t, http.DefaultClient, url+"LedgerService/ListEvents", "application/connect+json", envelope([]byte(`{"options":{"after":"AAAA"}}`)))
	if _, last, _ := envelopes(t, body); !strings.Contains(string(last), "invalid_argument") || !strings.Contains(string(last), "cursor") {
		t.Errorf("a wrong cursor: %s", last)
	}
}
