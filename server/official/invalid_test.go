package official_test

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"floe/codec"
	"floe/codec/bls"
)

// Nodes with a third of all shards say that a blob ID is invalid; that can't be
// had from a client, so the test signs with the nodes' keys.
func TestInvalid(t *testing.T) {
	t.Parallel()
	needsTime(t)
	ci := requireNode(t)
	data := t.TempDir()
	f := ownFloed(t, data)
	blob := make([]byte, 3000)
	rand.Read(blob)
	e, err := codec.NewEncoder(104)
	if err != nil {
		t.Fatal(err)
	}
	meta, _, err := e.Encode(blob)
	if err != nil {
		t.Fatal(err)
	}
	// Header (type 2, version 0, application 3), epoch 1, blob ID.
	id := meta.BlobID()
	message := append(binary.LittleEndian.AppendUint32([]byte{2, 0, 3}, 1), id[:]...)
	verdict := map[string][]byte{"blob": blob, "message": message}
	verdict["signature"], verdict["bitmap"] = signAs(t, data, message, 0, 3, 4, 9, 12)
	verdict["weakSignature"], verdict["weakBitmap"] = signAs(t, data, message, 0, 3, 4, 9)
	runScript(t, ci, "invalid", f.input(t), map[string]any{"verdict": verdict})
}

// signAs signs with the keys of some nodes, and says whose as the ledger reads it.
func signAs(t *testing.T, data string, message []byte, nodes ...int) (signature, bitmap []byte) {
	t.Helper()
	var signatures [][]byte
	bitmap = make([]byte, 2)
	for _, i := range nodes {
		var stored struct{ BLS []byte }
		b, err := os.ReadFile(filepath.Join(data, "keys", fmt.Sprintf("node-%02d.json", i)))
		if err == nil {
			err = json.Unmarshal(b, &stored)
		}
		if err != nil {
			t.Fatal(err)
		}
		key, err := bls.ParseKey(stored.BLS)
		if err != nil {
			t.Fatal(err)
		}
		s, err := key.Sign(message)
		if err != nil {
			t.Fatal(err)
		}
		signatures = append(signatures, s)
		bitmap[i/8] |= 1 << (i % 8)
	}
	signature, err := bls.Aggregate(signatures)
	if err != nil {
		t.Fatal(err)
	}
	return signature, bitmap
}
