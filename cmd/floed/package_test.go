package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger"
	"floe/server/ledger/rpc/rpctest"
	floe "floe/server/sui/move"
)

// publishing is a ledger to publish on, a network file for it and a key with money.
type publishing struct {
	*ledger.Ledger
	t            *testing.T
	sender       rpctest.Account
	dir          string
	network, key string // files
}

func newPublishing(t *testing.T) *publishing {
	l := rpctest.Ledger(t)
	p := &publishing{Ledger: l, t: t, sender: rpctest.NewAccount(1).Fund(t, l), dir: t.TempDir()}
	place, _ := api.Places(api.Local)
	place.Name, place.Ledger = "mine", "http://"+rpctest.Serve(t, l)
	place.FloePackage = [32]byte{}
	p.network, p.key = p.file("mine.json", place.Marshal()), p.secret("key", p.sender)
	return p
}

func (p *publishing) file(name string, b []byte) string {
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}

func (p *publishing) secret(name string, a rpctest.Account) string {
	text, err := suitx.FormatSuiPrivateKey(suitx.SchemeEd25519, [32]byte(a.Key.Seed()))
	if err != nil {
		p.t.Fatal(err)
	}
	return p.file(name, []byte(text+"\n"))
}

// run is `floed package`.
func (p *publishing) run(args ...string) (string, error) {
	var out, complaints bytes.Buffer
	err := packageCommand(p.t.Context(), args, &out, &complaints)
	return out.String(), err
}

func (p *publishing) ok(args ...string) string {
	p.t.Helper()
	out, err := p.run(args...)
	if err != nil {
		p.t.Fatalf("floed package %s: %v", strings.Join(args, " "), err)
	}
	return out
}

func (p *publishing) fails(words string, args ...string) {
	p.t.Helper()
	if _, err := p.run(args...); err == nil || !strings.Contains(err.Error(), words) {
		p.t.Errorf("floed package %s: %v, want %q", strings.Join(args, " "), err, words)
	}
}

// createParcel creates a parcel through a package's version and returns its type.
func (p *publishing) createParcel(pkg suitx.Address) suitx.StructTag {
	p.t.Helper()
	statement, err := (&api.Statement{Blobs: []api.StatementBlob{{Size: 1}}}).Marshal()
	if err != nil {
		p.t.Fatal(err)
	}
	var b suitx.Builder
	b.Call(pkg, "parcel", "keep", b.Call(pkg, "parcel", "create", b.Bytes(statement)))
	tx, sigs := p.sender.Sign(p.t, p.Ledger, &b)
	e, err := p.Execute(p.t.Context(), tx, sigs)
	if err != nil || !e.Effects.Status.Success() {
		p.t.Fatalf("couldn't create a parcel: %v %+v", err, e)
	}
	for _, o := range e.Outputs {
		if o.Move != nil && o.Move.Type.Name == "Parcel" {
			return o.Move.Type
		}
	}
	p.t.Fatal("no parcel")
	return suitx.StructTag{}
}

func (p *publishing) place(path string) api.Place {
	p.t.Helper()
	place, err := readPlace(path)
	if err != nil {
		p.t.Fatal(err)
	}
	return place
}

func TestPackageIsPrintedForSuisTools(t *testing.T) {
	var b bytecode
	if err := json.Unmarshal([]byte(newPublishing(t).ok()), &b); err != nil {
		t.Fatal(err)
	}
	module, err := base64.StdEncoding.DecodeString(b.Modules[0])
	if err != nil || !bytes.Equal(module, floe.Modules()[0]) || len(b.Modules) != 1 {
		t.Errorf("modules %v (%v)", b.Modules, err)
	}
	var digest []byte
	for _, v := range b.Digest {
		digest = append(digest, byte(v))
	}
	if hex.EncodeToString(digest) != floe.Digest || len(b.Dependencies) != 2 || b.Dependencies[1] != suitx.FrameworkAddress(2).String() {
		t.Errorf("digest %x, dependencies %v", digest, b.Dependencies)
	}
}

// Publish, use, upgrade, use, freeze: the network file leads from one to the next.
func TestPackageLife(t *testing.T) {
	p := newPublishing(t)
	written := filepath.Join(p.dir, "published.json")
	p.ok("-publish", "-network", p.network, "-key", p.key, "-o", written)
	place := p.place(written)
	first := suitx.Address(place.FloePackage)
	if got := p.createParcel(first); got.Address != first {
		t.Errorf("a parcel is %s", got)
	}
	if out := p.ok("-verify", "-network", written); !strings.Contains(out, floe.Digest) {
		t.Errorf("verified: %s", out)
	}
	p.fails("has Floe's package already", "-publish", "-network", written, "-key", p.key, "-o", filepath.Join(p.dir, "again.json"))
	p.fails("file exists", "-publish", "-network", p.network, "-key", p.key, "-o", written)

	out := p.ok("-upgrade", "-network", written, "-key", p.key)
	second, err := suitx.ParseAddress(strings.TrimSpace(strings.TrimPrefix(out, "upgraded to ")))
	if err != nil {
		t.Fatal(err)
	}
	if got := p.createParcel(second); got.Address != first {
		t.Errorf("after the upgrade a parcel is %s", got)
	}
	versions, err := p.PackageVersions(first)
	if err != nil || len(versions) != 2 || versions[1].ID != second {
		t.Errorf("versions %v (%v)", versions, err)
	}

	stranger := p.secret("stranger", rpctest.NewAccount(2).Fund(t, p.Ledger))
	p.fails("whose key this is", "-upgrade", "-network", written, "-key", stranger)
	p.ok("-freeze", "-yes", "-network", written, "-key", p.key)
	if after := p.place(written); after.UpgradeCap != ([32]byte{}) || after.FloePackage != place.FloePackage {
		t.Errorf("the file says %+v", after)
	}
	p.fails("names no upgrade_cap", "-upgrade", "-network", written, "-key", p.key)
	p.file("stale.json", place.Marshal())
	p.fails("not found", "-upgrade", "-network", filepath.Join(p.dir, "stale.json"), "-key", p.key)
}

// A network that is compiled in with a package keeps it; another may be had
// under another name.
func TestPackageUnderAnotherName(t *testing.T) {
	p := newPublishing(t)
	place := p.place(p.network)
	ids, _ := api.Networks(api.Local)
	place.NetworkIDs = ids
	local := p.file("local.json", place.Marshal())
	written := filepath.Join(p.dir, "own.json")
	p.fails("-name", "-publish", "-network", local, "-key", p.key, "-o", written)
	p.fails("a name of its own", "-publish", "-network", local, "-key", p.key, "-o", written, "-name", "testnet")
	p.fails("isn't covered", "-publish", "-network", p.network, "-key", p.key, "-o", written, "-gas-budget", "0.002")
	if _, err := os.Stat(written); err == nil {
		t.Error("a file is left of a failure")
	}
	p.ok("-publish", "-network", local, "-key", p.key, "-o", written, "-name", "own", "-gas-budget", "0.5")
	if got := p.place(written); got.Name != "own" || got.FloePackage == ids.FloePackage || got.Ledger != place.Ledger {
		t.Errorf("the file says %+v", got)
	}
}

func TestPackageKeysAreKept(t *testing.T) {
	p := newPublishing(t)
	args := []string{"-publish", "-network", p.network, "-key", p.key, "-o", filepath.Join(p.dir, "o.json")}
	if err := os.Chmod(p.key, 0o640); err != nil {
		t.Fatal(err)
	}
	p.fails("chmod 600", args...)
	p.key = p.secret("poor", rpctest.NewAccount(7))
	args[4] = p.key
	p.fails("needs 1000000", args...)
}
