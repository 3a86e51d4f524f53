package e2e

import (
	"bytes"
	"encoding/base64"
	wire "encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"floe/codec/suitx"
	"floe/server/api"
)

// What follows reads a parcel as somebody without Floe would: over Sui's API
// (Connect with JSON, which curl speaks) and Walrus' routes.

// onLedger asks the ledger for a parcel's blob IDs and grants.
func onLedger(t *testing.T, base string, parcel suitx.Address) (blobs []string, grants [][]byte) {
	t.Helper()
	var got struct {
		Object struct{ Contents struct{ Value []byte } }
	}
	ask := map[string]any{"objectId": parcel.String(), "readMask": "contents"}
	rpc(t, base, "LedgerService/GetObject", ask, &got)
	contents := got.Object.Contents.Value // ID ‖ sequence u64 ‖ grants u64 ‖ statement vector<u8>
	if len(contents) < 48 {
		t.Fatalf("the parcel's object has %d bytes", len(contents))
	}
	statement, err := api.ParseStatement(vector(t, contents[48:]))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range statement.Blobs {
		blobs = append(blobs, base64.RawURLEncoding.EncodeToString(b.BlobID[:]))
	}

	var fields struct {
		DynamicFields []struct{ Value struct{ Value []byte } }
	}
	ask = map[string]any{"parent": parcel.String(), "readMask": "value"}
	rpc(t, base, "StateService/ListDynamicFields", ask, &fields)
	for _, f := range fields.DynamicFields {
		grants = append(grants, vector(t, f.Value.Value))
	}
	return blobs, grants
}

func rpc(t *testing.T, base, method string, ask, answer any) {
	t.Helper()
	body, err := json.Marshal(ask)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(base+"/sui.rpc.v2."+method, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode == 200 {
		err = json.Unmarshal(got, answer)
	}
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %s: %v\n%s", method, res.Status, err, got)
	}
}

// vector returns the bytes of a BCS vector<u8> that b begins with.
func vector(t *testing.T, b []byte) []byte {
	t.Helper()
	size, n := wire.Uvarint(b)
	if n <= 0 || uint64(len(b)-n) < size {
		t.Fatalf("%d bytes are no vector", len(b))
	}
	return b[n:][:size]
}

// fromNodes reads a blob from the storage nodes: its size stands in the
// metadata, and the first primary slivers are its bytes, in order.
func fromNodes(t *testing.T, base, id string) []byte {
	t.Helper()
	const nodes, shards = 13, 104
	const systematic = shards - 2*((shards-1)/3)
	get := func(path string) []byte {
		for node := range nodes {
			res, err := http.Get(fmt.Sprintf("%s/node/%d/v1/blobs/%s/%s", base, node, id, path))
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			res.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			if res.StatusCode == 200 {
				return body
			}
		}
		t.Fatalf("no node has %s of %s", path, id)
		return nil
	}
	metadata := get("metadata") // blob ID ‖ version u8 ‖ encoding u8 ‖ size u64 ‖ …
	size := wire.LittleEndian.Uint64(metadata[34:])
	var blob []byte
	for pair := range systematic {
		blob = append(blob, vector(t, get(fmt.Sprintf("slivers/%d/primary", pair)))...)
	}
	if uint64(len(blob)) < size {
		t.Fatalf("blob %s has %d bytes, its slivers %d", id, size, len(blob))
	}
	return blob[:size]
}
