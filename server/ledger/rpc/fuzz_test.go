package rpc_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger/rpc"
	"floe/server/ledger/rpc/rpctest"
)

// methods are all that take a message of any shape.
var methods = []string{
	"TransactionExecutionService/SimulateTransaction",
	"TransactionExecutionService/ExecuteTransaction",
	"StateService/ListOwnedObjects",
	"StateService/ListDynamicFields",
	"StateService/ListBalances",
	"LedgerService/BatchGetObjects",
	"LedgerService/GetCheckpoint",
	"MovePackageService/GetFunction",
	"SignatureVerificationService/VerifySignature",
	"LedgerService/ListTransactions",
	"LedgerService/ListEvents",
	"LedgerService/ListCheckpoints",
}

// streams is how many of the methods, the last ones, answer with a stream.
const streams = 3

// No message makes a handler panic or fail in a way that is its own fault.
func FuzzRequestsNeverPanic(f *testing.F) {
	l := rpctest.Ledger(f)
	me := rpctest.NewAccount(1).Fund(f, l)
	h := rpc.New(rpc.Config{Ledger: l, Chain: api.Local, Server: "floe/test"})
	ids, _ := api.Networks(api.Local)
	tx, sigs := me.Sign(f, l, give(me.Address, 1, 2))
	system := []*pb.Input{{ObjectId: str(suitx.Address(ids.System).String())}, {Kind: pb.Input_PURE.Enum(), Pure: []byte{1}}}
	for method, m := range map[uint8]proto.Message{
		0: &pb.SimulateTransactionRequest{Transaction: spelled(me.Address, system,
			moveCall(ids.WalrusPackage, "system", "reserve_space", inputArg(0), inputArg(1))), DoGasSelection: proto.Bool(true)},
		1: &pb.ExecuteTransactionRequest{Transaction: &pb.Transaction{Bcs: &pb.Bcs{Value: tx}},
			Signatures: []*pb.UserSignature{{Bcs: &pb.Bcs{Value: sigs[0]}}}, ReadMask: paths("*")},
		2: &pb.ListOwnedObjectsRequest{Owner: str(me.Address.String()), ReadMask: paths("json", "bcs")},
		3: &pb.ListDynamicFieldsRequest{Parent: system[0].ObjectId, ReadMask: paths("*")},
		4: &pb.ListBalancesRequest{Owner: str(me.Address.String()), PageToken: append(me.Address[:], make([]byte, 8)...)},
		5: &pb.BatchGetObjectsRequest{Requests: []*pb.GetObjectRequest{{ObjectId: str("0x6")}}, ReadMask: paths("*")},
		6: &pb.GetCheckpointRequest{ReadMask: paths("*")},
		8: &pb.VerifySignatureRequest{Message: &pb.Bcs{Name: str("TransactionData"), Value: tx}, Signature: &pb.UserSignature{Bcs: &pb.Bcs{Value: sigs[0]}}},
		7: &pb.GetFunctionRequest{PackageId: str(suitx.Address(ids.FloePackage).String()), ModuleName: str("parcel"), Name: str("create")},
	} {
		b, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(method, b)
	}
	for i := range streams { // a filter by module, in pages from a cursor
		f.Add(uint8(len(methods)-1-i), []byte("\x10\x01\x22\x12\x0a\x10\x0a\x0e\x08\x01\x32\x0a\x0a\x080x2::sui\x2a\x16\x08\x05\x12\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x20\x01"))
	}
	f.Fuzz(func(t *testing.T, method uint8, message []byte) { ask(t, h, method, "proto", message) })
}

// The same of JSON, which has a codec of its own.
func FuzzJSONNeverPanics(f *testing.F) {
	l := rpctest.Ledger(f)
	me := rpctest.NewAccount(1).Fund(f, l).Address.String()
	h := rpc.New(rpc.Config{Ledger: l, Chain: api.Local, Server: "floe/test"})
	for method, text := range []string{
		`{"transaction":{"sender":"` + me + `","kind":{"programmableTransaction":{"inputs":[{"objectId":"0x6"},{"pure":"AQ==","mutability":"MUTABLE"},{"literal":[1,{"a":null}]}],"commands":[{"moveCall":{"package":"0x2","module":"clock","function":"timestamp_ms","arguments":[{"kind":"INPUT","input":0}]}}]}},"expiration":{"kind":"VALID_DURING","minEpoch":"0","chain":"x","nonce":1}},"doGasSelection":true}`,
		`{"transaction":{"bcs":{"value":"AAAA"}},"signatures":[{"bcs":{"value":"AA=="}},{"simple":{"scheme":"ED25519"}}],"readMask":"*"}`,
		`{"owner":"` + me + `","objectType":"0x2::coin::Coin<0x2::sui::SUI>","pageSize":2,"pageToken":"AAAA","readMask":"json,display.output"}`,
		`{"parent":"0x5","readMask":"*"}`,
		`{"owner":"` + me + `"}`,
		`{"requests":[{"objectId":"0x6","version":"1"},{}],"readMask":"bcs,contents"}`,
		`{"sequenceNumber":"0","readMask":"*"}`,
		`{"packageId":"0x2","moduleName":"coin","name":"split"}`,
		`{"message":{"name":"PersonalMessage","value":"AA=="},"signature":{"bcs":{"value":"AA=="}}}`,
		`{"filter":{"terms":[{"literals":[{"negated":true,"sender":{"address":"` + me + `"}},{"moveCall":{"function":"0x2::a"}}]}]},"options":{"limit":3,"ordering":1,"before":"AAAAAAAAAAEAAAABAAAAAA=="}}`,
		`{"filter":{"terms":[{"literals":[{"eventType":{"eventType":"0x2::a::B<u8>"}}]}]},"endCheckpoint":"9"}`,
		`{"startCheckpoint":"18446744073709551615","readMask":"transactions.events.events.json"}`,
	} {
		f.Add(uint8(method), []byte(text))
	}
	f.Fuzz(func(t *testing.T, method uint8, message []byte) { ask(t, h, method, "json", message) })
}

func ask(t *testing.T, h http.Handler, method uint8, codec string, message []byte) {
	i, contentType := int(method)%len(methods), "application/"+codec
	if i >= len(methods)-streams {
		message, contentType = envelope(message), "application/connect+"+codec
	}
	path := "/sui.rpc.v2." + methods[i]
	r := httptest.NewRequest("POST", path, bytes.NewReader(message))
	r.Header.Set("Content-Type", contentType)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if strings.Contains(w.Body.String(), `"code":"internal"`) {
		t.Errorf("%s: %s", path, w.Body)
	}
}
