package suitx

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The committed vectors are what the generator writes today.
func TestVectorsAreFresh(t *testing.T) {
	want, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if got := runNode(t, "testdata/vectors.mjs", ""); !bytes.Equal(got, want) {
		t.Error("testdata/vectors.json differs from what testdata/vectors.mjs writes")
	}
}

// @mysten/sui reads what Go writes, and takes Go's signatures.
func TestSDKReadsOurs(t *testing.T) {
	var in, out struct {
		Transactions []string `json:"transactions"`
		Signatures   []string `json:"signatures,omitempty"`
		Sender       string   `json:"sender,omitempty"`
		Objects      []string `json:"objects"`
		Effects      []string `json:"effects"`
		Signers      []string `json:"signers,omitempty"`
	}
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32))
	in.Sender = AddressOf(key.Public().(ed25519.PublicKey)).String()
	rng := mathrand.New(mathrand.NewPCG(1, 2))
	for range 200 {
		tx := randomTransaction(rng).Marshal()
		in.Transactions = append(in.Transactions, hex.EncodeToString(tx))
		in.Signatures = append(in.Signatures, hex.EncodeToString(SignTransaction(key, tx)))
		in.Objects = append(in.Objects, hex.EncodeToString(randomObject(rng).Marshal()))
		in.Effects = append(in.Effects, hex.EncodeToString(randomEffects(rng).Marshal()))
	}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	input := filepath.Join(t.TempDir(), "input.json")
	if err := os.WriteFile(input, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(runNode(t, "testdata/live.mjs", input), &out); err != nil {
		t.Fatal(err)
	}
	same(t, "transaction", in.Transactions, out.Transactions)
	same(t, "object", in.Objects, out.Objects)
	same(t, "effects", in.Effects, out.Effects)
	for i, s := range out.Signers {
		if s != in.Sender {
			t.Errorf("signature %d is by %s", i, s)
		}
	}
}

func same(t *testing.T, what string, want, got []string) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%d %s came back of %d", len(got), what, len(want))
	}
	for i := range want {
		if want[i] != got[i] {
			t.Errorf("%s %d came back as\n%s, not\n%s", what, i, got[i], want[i])
		}
	}
}

// runNode runs a script with .ci as working directory, where @mysten/sui is.
func runNode(t *testing.T, script, input string) []byte {
	t.Helper()
	ci, err := filepath.Abs("../../.ci")
	if err != nil {
		t.Fatal(err)
	}
	_, err = os.Stat(filepath.Join(ci, "node_modules", "@mysten", "sui"))
	if _, lookErr := exec.LookPath("node"); lookErr != nil || err != nil {
		missing(t, "node", "cd .ci && npm ci")
	}
	f, err := os.Open(script)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cmd := exec.Command("node", "--input-type=module", "-")
	cmd.Dir, cmd.Stdin, cmd.Stderr = ci, f, os.Stderr
	cmd.Env = append(os.Environ(), "SUITX_INPUT="+input)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}
