package sui

import (
	"errors"
	"strings"
	"testing"

	"floe/codec/suitx"
	"floe/server/ledger/rpc/rpctest"
	floe "floe/server/sui/move"
)

func ourBytecode() Bytecode {
	return Bytecode{Modules: floe.Modules(), Dependencies: floe.Dependencies()}
}

func TestPublisher(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	p := &Publisher{Client: w.client, Key: w.sender.Key}
	first, capability, err := p.Publish(ctx, ourBytecode())
	if err != nil {
		t.Fatal(err)
	}
	second, err := p.Upgrade(ctx, capability, ourBytecode())
	if err != nil || second == first {
		t.Fatalf("upgraded to %s: %v", second, err)
	}
	if third, err := p.Upgrade(ctx, capability, ourBytecode()); err != nil || third == second {
		t.Fatalf("upgraded to %s: %v", third, err)
	}
	stranger := &Publisher{Client: w.client, Key: rpctest.NewAccount(2).Fund(t, w.ledger).Key}
	if err := stranger.Freeze(ctx, capability); err == nil || !strings.Contains(err.Error(), "whose key this is") {
		t.Errorf("a stranger freezes it: %v", err)
	}
	if err := p.Freeze(ctx, first); err == nil || !strings.Contains(err.Error(), "isn't a capability") {
		t.Errorf("a package as capability: %v", err)
	}
	if err := p.Freeze(ctx, capability); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Upgrade(ctx, capability, ourBytecode()); !errors.Is(err, ErrNotFound) {
		t.Errorf("upgraded without a capability: %v", err)
	}
}

func TestPublisherIsToldWhatIsWrong(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	p := &Publisher{Client: w.client, Key: w.sender.Key}
	other := ourBytecode()
	other.Modules[0][len(other.Modules[0])-20] ^= 1
	if _, _, err := p.Publish(ctx, other); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "Go twin") {
		t.Errorf("other bytecode: %v", err)
	}
	based := ourBytecode()
	based.Modules[0], _ = suitx.Rebase(based.Modules[0], suitx.Address{1})
	if _, _, err := p.Publish(ctx, based); err == nil || !strings.Contains(err.Error(), "failure 9") {
		t.Errorf("modules with an address: %v", err)
	}
	poor := &Publisher{Client: w.client, Key: rpctest.NewAccount(9).Key}
	if _, _, err := poor.Publish(ctx, ourBytecode()); err == nil || !strings.Contains(err.Error(), "has 0 MIST") {
		t.Errorf("without money: %v", err)
	}
	p.Budget = 2_000_000
	if _, _, err := p.Publish(ctx, ourBytecode()); err == nil || !strings.Contains(err.Error(), "gas budget") {
		t.Errorf("with too small a budget: %v", err)
	}
}

func TestCheckPackage(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	digest := ourBytecode().Digest()
	if err := w.client.CheckPackage(ctx, w.ids.FloePackage, digest); err != nil {
		t.Errorf("the network's own: %v", err)
	}
	if err := w.client.CheckPackage(ctx, w.ids.FloePackage, [32]byte{1}); err == nil || !strings.Contains(err.Error(), "has the digest") {
		t.Errorf("another digest: %v", err)
	}
	for _, id := range []suitx.Address{w.ids.System, {9}} {
		if err := w.client.CheckPackage(ctx, id, digest); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s as a package: %v", id, err)
		}
	}
}
