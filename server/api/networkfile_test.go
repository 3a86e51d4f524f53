package api

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func elsewhere() Place {
	p, _ := Places(Local)
	p.Name, p.Ledger, p.UpgradeCap = "my-net", "http://[::1]:9000", [32]byte{7}
	p.FloePackage, p.WalrusCall = [32]byte{1, 2, 3}, [32]byte{4}
	return p
}

func TestPlaceRoundTrips(t *testing.T) {
	test, _ := Places(Testnet)
	main, _ := Places(Mainnet)
	local, _ := Places(Local)
	for _, want := range []Place{elsewhere(), test, main, local} {
		got, err := ParsePlace(want.Marshal())
		if err != nil || got != want {
			t.Errorf("%s: got %+v, %v", want.Name, got, err)
		}
		ids, err := ParseNetworkIDs(want.NetworkIDs.Marshal())
		if err != nil || ids != want.NetworkIDs {
			t.Errorf("%s: got IDs %+v, %v", want.Name, ids, err)
		}
	}
	if _, ok := Places("elsewhere"); ok {
		t.Error("an unknown place was found")
	}
	if bytes.Contains(test.Marshal(), []byte("floe_package")) {
		t.Error("a package that isn't there is written as zeros")
	}
}

func TestPlaceTargets(t *testing.T) {
	for ledger, want := range map[string]string{
		"https://fullnode.testnet.sui.io:443": "fullnode.testnet.sui.io:443 true",
		"https://fullnode.testnet.sui.io":     "fullnode.testnet.sui.io:443 true",
		"https://host/":                       "host:443 true",
		"http://127.0.0.1:8080":               "127.0.0.1:8080 false",
		"http://host":                         "host:80 false",
		"http://[::1]:9000":                   "[::1]:9000 false",
		"https://[::1]":                       "[::1]:443 true",
		"":                                    "",
		"host:443":                            "",
		"ftp://host":                          "",
		"https://":                            "",
		"https://:443":                        "",
		"https://host:":                       "",
		"https://host:0":                      "",
		"https://host:65536":                  "",
		"https://host:443:443":                "",
		"https://host/path":                   "",
		"https://user@host":                   "",
		"https://host?x":                      "",
		"http://[::1":                         "",
		"http://[::1]x":                       "",
		"http://ho st":                        "",
	} {
		got := ""
		if address, tls, err := (Place{Ledger: ledger}).Target(); err == nil {
			got = address + " false"
			if tls {
				got = address + " true"
			}
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", ledger, got, want)
		}
	}
}

// What is wrong in a file is an error that names it.
func TestParsePlaceIsStrict(t *testing.T) {
	set := func(field string, v any) func(map[string]any) {
		return func(m map[string]any) {
			if m[field] = v; v == nil {
				delete(m, field)
			}
		}
	}
	id := "0x" + strings.Repeat("ab", 32)
	for _, c := range []struct {
		change func(map[string]any)
		words  string
	}{
		{set("colour", "red"), "colour"},
		{set("name", ""), "name"},
		{set("name", "My net"), "small letters"},
		{set("name", strings.Repeat("a", 33)), "small letters"},
		{set("name", Local), "floe_package isn't that of the network \"local\""},
		{set("name", Mainnet), "isn't that of the network \"mainnet\""},
		{set("wal_package", nil), "wal_package is missing"},
		{set("walrus_package", "0x2"), "64 hex digits"},
		{set("floe_package", id[2:]), "64 hex digits"},
		{set("system_object_id", "0x"+strings.Repeat("zz", 32)), "64 hex digits"},
		{set("staking_object_id", nil), "staking_object_id is missing"},
		{set("ledger", nil), "ledger is"},
		{set("ledger", "https://host/rpc"), "ledger is"},
		{set("node_scheme", "ftp"), "node_scheme"},
		{set("local_nodes", "yes"), "local_nodes"},
	} {
		var m map[string]any
		if err := json.Unmarshal(elsewhere().Marshal(), &m); err != nil {
			t.Fatal(err)
		}
		c.change(m)
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParsePlace(b); err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("want an error with %q, got %v", c.words, err)
		}
	}
	for _, b := range []string{"", "[]", "null", string(elsewhere().Marshal()) + "{}"} {
		if _, err := ParsePlace([]byte(b)); err == nil {
			t.Errorf("%.20q was accepted", b)
		}
	}
}

// A file may name the Floe package of a public network: none is compiled in.
func TestPlaceMayAddTheFloePackage(t *testing.T) {
	p, _ := Places(Testnet)
	p.FloePackage, p.WalrusCall = [32]byte{9}, [32]byte{8}
	if got, err := ParsePlace(p.Marshal()); err != nil || got != p {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestThePackageToCall(t *testing.T) {
	ids, _ := Networks(Testnet)
	if ids.CallWalrus() != ids.WalrusPackage || !ids.CompiledIn() {
		t.Error("before an upgrade another package is called")
	}
	newer := ids.Calling([32]byte{1})
	if newer.CallWalrus() != ([32]byte{1}) || newer.WalrusPackage != ids.WalrusPackage || newer.CompiledIn() {
		t.Errorf("after an upgrade: %+v", newer)
	}
	if newer.Calling(ids.WalrusPackage) != ids {
		t.Error("the package that defines the types isn't called as if there was no upgrade")
	}
	if newer.Name = "elsewhere"; newer.CompiledIn() {
		t.Error("an unknown name is compiled in")
	}
}
