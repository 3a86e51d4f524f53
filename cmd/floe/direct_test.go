package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"floe/codec/suitx"
	"floe/server/api"
)

// TestDirectScripts runs floe without any server of ours: over an embedded
// network whose relay is switched off.
func TestDirectScripts(t *testing.T) {
	binary := buildFloed(t)
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/direct",
		Setup: setHome,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"network": func(ts *testscript.TestScript, _ bool, args []string) {
				startFloed(ts, binary, args...)
				cmdPlace(ts)
			},
			"payer": cmdPayer,
			"fund":  cmdFund,
			"node":  cmdNode,
			"link":  cmdLink,
		},
	})
}

// cmdPlace writes net.json, the file of the network that floed serves.
func cmdPlace(ts *testscript.TestScript) {
	place, _ := api.Places(api.Local)
	place.Ledger = ts.Getenv("FLOE_SERVER")
	ts.Check(os.WriteFile(ts.MkAbs("net.json"), place.Marshal(), 0o666))
}

// cmdPayer is "payer FILE": a key in a file, and its address in PAYER.
func cmdPayer(ts *testscript.TestScript, _ bool, args []string) {
	secret := [32]byte{1, byte(len(args[0]))}
	text, err := suitx.FormatSuiPrivateKey(suitx.SchemeEd25519, secret)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("# pays\n"+text+"\n"), 0o600))
	key := ed25519.NewKeyFromSeed(secret[:])
	ts.Setenv("PAYER", suitx.AddressOf(key.Public().(ed25519.PublicKey)).String())
}

// cmdFund has the embedded network's faucet give money to PAYER.
func cmdFund(ts *testscript.TestScript, _ bool, _ []string) {
	body, err := json.Marshal(api.FaucetRequest{Address: ts.Getenv("PAYER")})
	ts.Check(err)
	res, err := http.Post(ts.Getenv("FLOE_SERVER")+api.PathFaucet, "application/json", bytes.NewReader(body))
	ts.Check(err)
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		ts.Fatalf("the faucet answers %s", res.Status)
	}
}

func TestWaysExclude(t *testing.T) {
	for _, args := range [][]string{
		{"send", "-server", "http://127.0.0.1:1", "-network", "local", "a.txt"},
		{"open", "-server", "http://127.0.0.1:1", "-network", "local", "http://x/open#y"},
		{"fetch", "-server", "http://127.0.0.1:1", "-network", "local", strings.Repeat("A", 43)},
	} {
		var said strings.Builder
		status := run(t.Context(), args, &console{err: &said, out: &said})
		if status != statusUsage || !strings.Contains(said.String(), "exclude each other") {
			t.Errorf("%s: status %d, %q", fmt.Sprint(args), status, said.String())
		}
	}
}
