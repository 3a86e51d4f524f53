package client

import (
	"context"
	"strings"
	"testing"

	"floe/codec/suitx"
	"floe/server/api"
)

// TestKnownNetworks: a network that isn't compiled in works where the device was
// told its IDs, with the package that Walrus was upgraded to among them.
func TestKnownNetworks(t *testing.T) {
	f := newFake(t)
	f.net.Name = "ours"
	if _, err := f.client().Network(t.Context()); CodeOf(err) != CodeUnsupported {
		t.Fatalf("a network nobody knows: %v", err)
	}
	known := f.ids
	known.Name = "ours"
	c := New(f, &shelf{}, known)
	if _, err := c.Network(t.Context()); err != nil {
		t.Fatal(err)
	}
	upgraded := suitx.Address{31: 0xbb}
	f.net.WalrusPackage = upgraded.String()
	if _, err := c.Network(t.Context()); CodeOf(err) != CodeUnsupported || !strings.Contains(err.Error(), upgraded.String()) {
		t.Errorf("a package to call that only the server names: %v", err)
	}
	c = New(f, &shelf{}, known.Calling(upgraded))
	n, err := c.network(t.Context())
	if err != nil || n.walrus != upgraded || n.ids.WalrusPackage != known.WalrusPackage {
		t.Errorf("an upgraded Walrus is called at %s, %v", n.walrus, err)
	}
	f.net.FloePackage = upgraded.String()
	if _, err := c.Network(t.Context()); CodeOf(err) != CodeLiar {
		t.Errorf("another Floe package: %v", err)
	}
}

// TestKnownNeverReplaces: what is compiled in stays; only Floe's package may be
// added where it isn't published yet, and the package to call.
func TestKnownNeverReplaces(t *testing.T) {
	for _, name := range []string{api.Local, api.Testnet} {
		want, _ := api.Networks(name)
		told := api.NetworkIDs{Name: name, FloePackage: [32]byte{1}, System: [32]byte{2}, WALPackage: [32]byte{3}, WalrusPackage: [32]byte{4}, WalrusCall: [32]byte{5}}
		got, ok := New(nil, nil, told).idsOf(name)
		if want.FloePackage == [32]byte{} {
			want.FloePackage, want.WalrusCall = told.FloePackage, told.WalrusCall
		}
		if !ok || got != want {
			t.Errorf("%s: %+v, %t", name, got, ok)
		}
	}
	if _, ok := New(nil, nil).idsOf(api.Testnet); ok {
		t.Error("testnet counts as known without Floe's package")
	}
}

// TestRelaysOwnErrors: an error that a relay words itself is told as it is, and
// not tried again unless it says so.
func TestRelaysOwnErrors(t *testing.T) {
	calls := 0
	c := New(relayFunc(func(Request) (*Response, error) {
		calls++
		return nil, &Error{Code: CodeUnsupported, Message: "No SUI at 0x1."}
	}), &shelf{})
	_, err := c.Network(t.Context())
	if CodeOf(err) != CodeUnsupported || !strings.Contains(err.Error(), "No SUI") || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
}

type relayFunc func(Request) (*Response, error)

func (f relayFunc) Do(_ context.Context, r Request) (*Response, error) { return f(r) }
