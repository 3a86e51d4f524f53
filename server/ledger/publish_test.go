package ledger

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2"

	"floe/codec/suitx"
	"floe/server/ledger/native"
)

// floePackage is the command that publishes Floe's package.
func (n *network) floePackage() *suitx.Publish {
	t := n.world.Packages.Package(n.ids.FloePackage).Twin
	p := &suitx.Publish{Dependencies: append([]suitx.Address{}, t.Dependencies...)}
	for _, m := range t.Modules {
		p.Modules = append(p.Modules, bytes.Clone(m))
	}
	return p
}

// published publishes Floe's package; a keeps the capability to upgrade it.
func (n *network) published(a account) (suitx.Address, suitx.ObjectRef, *Executed) {
	n.t.Helper()
	var b suitx.Builder
	b.Transfer(a.Address, b.Command(n.floePackage()))
	e := n.ok(n.send(&b, a))
	for _, c := range e.Effects.ChangedObjects {
		if c.Output.Kind == suitx.OutputPackage {
			return c.ID, created(e, "package", "UpgradeCap")[0].Ref(), e
		}
	}
	n.t.Fatal("no package came of it")
	return suitx.Address{}, suitx.ObjectRef{}, nil
}

// on is the network with another Floe package.
func (n *network) on(floe suitx.Address) *network {
	other := &network{Ledger: n.Ledger, t: n.t, cfg: n.cfg, nodes: n.nodes, ids: n.ids, now: n.time()}
	other.ids.FloePackage = floe
	return other
}

func TestPublish(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	id, capability, e := n.published(a)
	if id != suitx.DerivedObjectID(e.Digest, 0) || capability.ID != suitx.DerivedObjectID(e.Digest, 1) {
		t.Error("the IDs aren't those that come first")
	}
	want := native.UpgradeCap{ID: capability.ID, Package: id, Version: 1}
	if got := readAs(output(e, capability.ID), &native.UpgradeCap{}); *got != want {
		t.Errorf("the capability is %+v", got)
	}
	o := must(n.Object(id, 0))
	if o.Package == nil || o.Version() != 1 || o.Owner.Kind != suitx.ImmutableOwner || o.PreviousTransaction != e.Digest {
		t.Fatalf("the package is %+v", o)
	}
	if digest := must(o.Package.Digest()); digest != suitx.PackageDigest(n.floePackage().Modules, n.floePackage().Dependencies) {
		t.Error("it has another digest than what was published")
	}
	if self, name, err := suitx.ModuleID(o.Package.Modules[0].Code); self != id || name != "parcel" || err != nil {
		t.Errorf("its module is %s::%s (%v)", self, name, err)
	}
	if len(o.Package.TypeOrigins) != 6 || o.Package.TypeOrigins[0] != (suitx.TypeOrigin{Module: "parcel", Type: "Parcel", Package: id}) {
		t.Errorf("types come from %v", o.Package.TypeOrigins)
	}
	one, two := suitx.FrameworkAddress(1), suitx.FrameworkAddress(2)
	if l := o.Package.Linkage; len(l) != 2 || l[0] != (suitx.Link{Original: one, Upgraded: one, Version: 1}) || l[1].Original != two {
		t.Errorf("it is linked to %v", l)
	}
	if e.Effects.GasUsed.Storage < uint64(len(o.Package.Modules[0].Code))*7600 {
		t.Errorf("storage cost %d", e.Effects.GasUsed.Storage)
	}
	for _, c := range e.Effects.ChangedObjects {
		if c.ID == id && (c.IDOperation != suitx.IDCreated || c.Input != nil || c.Output.Version != 1 || c.Output.Digest != o.Digest()) {
			t.Errorf("effects say %+v", c)
		}
	}
	if again := must(n.Transaction(e.Digest)); output(again, id) == nil {
		t.Error("the package isn't among the transaction's objects")
	}
}

// Types, events and aborts carry the published package's address; the network's
// own package goes on beside it and takes none of its parcels.
func TestPublishedPackageRuns(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	id, _, _ := n.published(a)
	_, ref, e := n.on(id).newParcel(a)
	if got := output(e, ref.ID).Move.Type; got.Address != id {
		t.Errorf("the parcel is a %s", got)
	}
	for _, ev := range e.Events {
		if ev.Package != id || ev.Type.Address != id {
			t.Errorf("event %s of package %s", ev.Type, ev.Package)
		}
	}
	n.newParcel(a)
	var b suitx.Builder
	n.parcel(&b, "delete", b.Object(ref))
	if got := statusText(n.send(&b, a)); got != "argument 0 "+typeMismatch+" at 0" {
		t.Errorf("the other package's function ended %q", got)
	}
	b = suitx.Builder{}
	n.on(id).parcel(&b, "delete", b.Object(must(n.Object(ref.ID, 0)).Ref()))
	f := n.send(&b, a).Effects.Status.Failure
	if f == nil || f.Kind != suitx.MoveAbort || f.Location.Package != id || f.AbortCode != 6 {
		t.Errorf("failed with %+v", f)
	}
	if got := len(must(n.PackageVersions(id))); got != 1 {
		t.Errorf("%d versions", got)
	}
	if v := must(n.PackageVersions(n.ids.FloePackage)); len(v) != 1 || v[0] != (PackageVersion{n.ids.FloePackage, 1}) {
		t.Errorf("the first package has versions %v", v)
	}
	if _, err := n.PackageVersions(suitx.Address{1}); !errors.Is(err, ErrNotFound) {
		t.Errorf("versions of nothing: %v", err)
	}
}

func TestPublishFailsAsOnSui(t *testing.T) {
	runScripts(t, []script{
		{"capability left over", "unused 0.0", func(n *network, b *suitx.Builder, a account) {
			b.Command(n.floePackage())
		}},
		{"no bytecode", "failure 13 at 0", func(n *network, b *suitx.Builder, a account) {
			b.Transfer(a.Address, b.Command(&suitx.Publish{Modules: [][]byte{[]byte("module")}, Dependencies: n.floePackage().Dependencies}))
		}},
		{"modules with an address", "failure 9 at 0", func(n *network, b *suitx.Builder, a account) {
			p := n.floePackage()
			p.Modules[0] = must(suitx.Rebase(p.Modules[0], n.ids.FloePackage))
			b.Transfer(a.Address, b.Command(p))
		}},
		{"two packages at once", "", func(n *network, b *suitx.Builder, a account) {
			b.Transfer(a.Address, b.Command(n.floePackage()), b.Command(n.floePackage()))
		}},
	})
	n := newNetwork(t)
	a := n.rich("alice")
	var b suitx.Builder
	b.Transfer(a.Address, b.Command(n.floePackage()))
	data := n.build(&b, a)
	data.Gas.Budget = 10_000_000 // not enough for the bytecode
	if got := statusText(n.sign(data, a)); got != "failure 0" {
		t.Errorf("with too little gas it ended %q", got)
	}
	if len(n.Packages().All()) != len(n.world.Packages.All()) {
		t.Error("a package that wasn't paid for is there")
	}
}

// What has no twin is refused by its digest's name.
func TestUnknownBytecodeIsRefusedByName(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	p := n.floePackage()
	p.Modules = append(p.Modules, p.Modules[0])
	var b suitx.Builder
	b.Transfer(a.Address, b.Command(p))
	_, err := n.try(n.build(&b, a), a)
	digest := suitx.Address(suitx.PackageDigest(p.Modules, p.Dependencies)).String()[2:]
	if !refused(err, ErrUnsupported, "Unsupported") || !strings.Contains(err.Error(), digest) {
		t.Errorf("refused with %v", err)
	}
}

// A published package is there after a kill, and in a simulation before nothing is.
func TestPublishedPackagesAreDurable(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	var b suitx.Builder
	b.Transfer(a.Address, b.Command(n.floePackage()))
	sim, err := n.Simulate(t.Context(), n.build(&b, a), SimulateOptions{})
	if err != nil || !sim.Effects.Status.Success() || len(n.Packages().All()) != len(n.world.Packages.All()) {
		t.Fatalf("simulated: %v", err)
	}
	id, capability, _ := n.published(a)
	_, ref, _ := n.on(id).newParcel(a)
	killed := testNetwork(t, copyDir(t, n.cfg.Dir))
	killed.now = n.time()
	killed.open()
	b = suitx.Builder{}
	killed.on(id).parcel(&b, "change", b.Object(ref), statementArg(&b, statement(1, nil)))
	killed.ok(killed.send(&b, a))
	id2, _, _ := killed.upgraded(a, id, capability)
	if err := killed.Close(); err != nil {
		t.Fatal(err)
	}
	killed.open()
	if v := must(killed.PackageVersions(id)); len(v) != 2 || v[1] != (PackageVersion{id2, 2}) {
		t.Errorf("versions %v", v)
	}
	_, ref, e := killed.on(id2).newParcel(a)
	if got := output(e, ref.ID).Move.Type.Address; got != id {
		t.Errorf("after an upgrade and a restart a parcel is of package %s", got)
	}
}

// A ledger that began when no bytecode was kept opens, goes on and takes packages.
func TestLedgerWithoutBytecode(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	o := must(n.Object(n.ids.FloePackage, 0))
	if len(o.Package.Modules) != 1 || len(o.Package.Linkage) != 2 {
		t.Fatalf("the first package is %+v", o.Package)
	}
	if digest := must(o.Package.Digest()); digest != n.world.Packages.Package(n.ids.FloePackage).Twin.Digest() {
		t.Error("the first package has another digest than its twin")
	}
	o.Package.Modules, o.Package.Linkage = nil, nil
	if err := n.db.Set(objectKey(o.ID(), 1), append([]byte{kindLive}, o.Marshal()...), pebble.Sync); err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	n.open()
	n.newParcel(a)
	id, _, _ := n.published(a)
	n.on(id).newParcel(a)
}

// A package whose twin is gone isn't passed over: what it did couldn't be told.
func TestLedgerWithoutTwinStaysClosed(t *testing.T) {
	n := newNetwork(t)
	id, _, _ := n.published(n.rich("alice"))
	o := must(n.Object(id, 0))
	code := o.Package.Modules[0].Code
	code[len(code)-20] ^= 1
	if err := n.db.Set(objectKey(id, 1), append([]byte{kindLive}, o.Marshal()...), pebble.Sync); err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if l, err := Open(n.cfg); err == nil || !strings.Contains(err.Error(), id.String()) || !strings.Contains(err.Error(), "no twin") {
		t.Errorf("it opens: %v", err)
		if err == nil {
			l.Close()
		}
	}
}

// A package of a transaction that fails after it was made isn't there, also not
// after a restart.
func TestPublishedInVain(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	id, capability, _ := n.published(a)
	before := len(n.Packages().All())
	var first, second suitx.Builder
	first.Transfer(a.Address, first.Command(n.floePackage()))
	n.upgrade(&second, id, second.Object(capability), 0)
	for _, b := range []*suitx.Builder{&first, &second} {
		n.parcel(b, "delete", n.parcel(b, "create", b.Bytes([]byte("no statement"))))
		e := n.send(b, a)
		if f := e.Effects.Status.Failure; f == nil || f.Kind != suitx.MoveAbort {
			t.Errorf("it ended %q", statusText(e))
		}
		for _, c := range e.Effects.ChangedObjects {
			if c.Output.Kind == suitx.OutputPackage {
				t.Errorf("package %s is left", c.ID)
			}
		}
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	n.open()
	if got := len(n.Packages().All()); got != before || len(must(n.PackageVersions(id))) != 1 {
		t.Errorf("%d packages, want %d", got, before)
	}
}
