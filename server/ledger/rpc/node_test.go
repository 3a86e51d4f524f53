package rpc_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger"
	"floe/server/ledger/rpc/rpctest"
)

// @mysten/sui, unmodified, works against the ledger as against a full node;
// each script in testdata says what is checked. Each has a ledger of its own.
func TestMystenClient(t *testing.T) {
	ci := requireNode(t, "@mysten/sui")
	setup, err := os.ReadFile("testdata/setup.mjs")
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := filepath.Glob("testdata/*.mjs")
	if err != nil || len(scripts) < 2 {
		t.Fatalf("scripts: %v %v", scripts, err)
	}
	for _, path := range scripts {
		if filepath.Base(path) == "setup.mjs" {
			continue
		}
		script, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".mjs")
		t.Run(name, func(t *testing.T) {
			runScript(t, ci, append(slices.Clone(setup), script...), rpctest.Ledger(t))
		})
		if name == "sweep" {
			t.Run("sweep after epochs", func(t *testing.T) {
				l := rpctest.LedgerAfter(t, 50*24*time.Hour)
				if _, epoch, _ := l.Tip(); epoch != 3 {
					t.Fatalf("epoch %d", epoch)
				}
				runScript(t, ci, append(slices.Clone(setup), script...), l)
			})
		}
	}
}

func runScript(t *testing.T, ci string, script []byte, l *ledger.Ledger) {
	t.Helper()
	me, rich := rpctest.NewAccount(1).Fund(t, l), rpctest.NewAccount(2).Fund(t, l)
	ids, _ := api.Networks(api.Local)
	input, err := json.Marshal(map[string]string{
		"url":     "http://" + rpctest.Serve(t, l),
		"seed":    hex.EncodeToString(me.Key.Seed()),
		"rich":    hex.EncodeToString(rich.Key.Seed()),
		"friend":  suitx.Address{31: 0xf1}.String(),
		"system":  suitx.Address(ids.System).String(),
		"staking": suitx.Address(ids.Staking).String(),
		"floe":    suitx.Address(ids.FloePackage).String(),
		"walrus":  suitx.Address(ids.WalrusPackage).String(),
		"wal":     suitx.Address(ids.WALPackage).String(),
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "--input-type=module", "-")
	cmd.Dir, cmd.Stdin, cmd.Stderr = ci, bytes.NewReader(script), os.Stderr
	cmd.Env = append(os.Environ(), "RPC_INPUT="+string(input))
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("node: %v", err)
	}
	done := false
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		if line := lines.Text(); strings.HasPrefix(line, "DONE ") {
			done = true
			t.Log(line)
		} else {
			t.Error(line)
		}
	}
	if !done {
		t.Error("the script didn't come to its end")
	}
}

// requireNode returns the directory of an npm package's node_modules, .ci, or
// skips loudly, or fails where FLOE_REQUIRE asks for node.
func requireNode(t *testing.T, pkg string) string {
	t.Helper()
	ci, err := filepath.Abs(filepath.Join("..", "..", "..", ".ci"))
	if err == nil {
		_, err = os.Stat(filepath.Join(ci, "node_modules", filepath.FromSlash(pkg)))
	}
	if err == nil {
		_, err = exec.LookPath("node")
	}
	if err == nil {
		return ci
	}
	if slices.Contains(strings.Split(os.Getenv("FLOE_REQUIRE"), ","), "node") {
		t.Fatalf("node is required: %v", err)
	}
	t.Skipf("LOUD: needs node and %s (%v); hint: npm ci in .ci; FLOE_REQUIRE=node makes this a failure", pkg, err)
	return ""
}
