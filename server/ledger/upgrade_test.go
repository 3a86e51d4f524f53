package ledger

import (
	"testing"

	"floe/codec/suitx"
	"floe/server/ledger/native"
)

// upgrade adds the commands of an upgrade of id to the same bytecode, under a policy.
func (n *network) upgrade(b *suitx.Builder, id suitx.Address, capability suitx.Argument, policy uint8) {
	p := n.floePackage()
	digest := suitx.PackageDigest(p.Modules, p.Dependencies)
	ticket := call(b, "package", "authorize_upgrade", capability, b.U8(policy), b.Bytes(digest[:]))
	receipt := b.Command(&suitx.Upgrade{Modules: p.Modules, Dependencies: p.Dependencies, Package: id, Ticket: ticket})
	call(b, "package", "commit_upgrade", capability, receipt)
}

// upgraded upgrades id and returns the new version with the capability.
func (n *network) upgraded(a account, id suitx.Address, capability suitx.ObjectRef) (suitx.Address, suitx.ObjectRef, *Executed) {
	n.t.Helper()
	var b suitx.Builder
	n.upgrade(&b, id, b.Object(capability), 0)
	e := n.ok(n.send(&b, a))
	for _, c := range e.Effects.ChangedObjects {
		if c.Output.Kind == suitx.OutputPackage {
			return c.ID, output(e, capability.ID).Ref(), e
		}
	}
	n.t.Fatal("no package came of it")
	return suitx.Address{}, suitx.ObjectRef{}, nil
}

// Calls through every version of a package work on the same types.
func TestUpgrade(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	id, capability, _ := n.published(a)
	_, old, _ := n.on(id).newParcel(a)
	id2, capability, e := n.upgraded(a, id, capability)
	want := native.UpgradeCap{ID: capability.ID, Package: id2, Version: 2}
	if got := readAs(output(e, capability.ID), &native.UpgradeCap{}); *got != want {
		t.Errorf("the capability is %+v", got)
	}
	o := must(n.Object(id2, 0))
	if o.Version() != 2 || must(n.Object(id, 0)).Version() != 1 {
		t.Errorf("the new version is %d", o.Version())
	}
	for _, origin := range o.Package.TypeOrigins {
		if origin.Package != id {
			t.Errorf("type %s is of %s", origin.Type, origin.Package)
		}
	}
	if self, _, _ := suitx.ModuleID(o.Package.Modules[0].Code); self != id {
		t.Errorf("the new version's module is at %s", self)
	}
	_, ref, e := n.on(id2).newParcel(a)
	if got := output(e, ref.ID).Move.Type.Address; got != id {
		t.Errorf("the new version's parcel is of %s", got)
	}
	for _, ev := range e.Events {
		if ev.Package != id2 || ev.Type.Address != id {
			t.Errorf("event %s of package %s", ev.Type, ev.Package)
		}
	}
	for i, floe := range []suitx.Address{id2, id} { // the old parcel through the new version, the new through the old
		var b suitx.Builder
		n.on(floe).parcel(&b, "change", b.Object([]suitx.ObjectRef{old, ref}[i]), statementArg(&b, statement(1, nil)))
		n.ok(n.send(&b, a))
	}
	var b suitx.Builder // a type may be named by any version
	named := suitx.StructTag{Address: id2, Module: "parcel", Name: "Parcel"}.Tag()
	b.Command(&suitx.MoveCall{Package: framework(), Module: "object", Function: "id_address", TypeArgs: []suitx.TypeTag{named},
		Args: []suitx.Argument{b.Object(must(n.Object(old.ID, 0)).Ref())}})
	n.ok(n.send(&b, a))
	b = suitx.Builder{}
	n.on(id2).parcel(&b, "delete", b.Object(must(n.Object(old.ID, 0)).Ref()))
	if f := n.send(&b, a).Effects.Status.Failure; f == nil || f.Kind != suitx.MoveAbort || f.Location.Package != id2 {
		t.Errorf("the abort is %+v", f)
	}
	b = suitx.Builder{}
	call(&b, "package", "original_package_id", b.Object(capability))
	sim, err := n.Simulate(t.Context(), must(b.Build(a.Address)), SimulateOptions{})
	if err != nil || suitx.Address(sim.Results[0].Returned[0].BCS) != id {
		t.Errorf("the original package is %+v (%v)", sim.Results, err)
	}
	id3, _, _ := n.upgraded(a, id2, capability)
	for _, of := range []suitx.Address{id, id2, id3} {
		if v := must(n.PackageVersions(of)); len(v) != 3 || v[0].ID != id || v[1].ID != id2 || v[2] != (PackageVersion{id3, 3}) {
			t.Errorf("versions %v", v)
		}
	}
}

func TestUpgradeFailsAsOnSui(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	id, _, _ := n.published(a)
	other, _, _ := n.published(a)
	p := n.floePackage()
	digest := suitx.PackageDigest(p.Modules, p.Dependencies)
	for _, c := range []struct {
		name, want string
		problem    suitx.UpgradeProblem
		do         func(b *suitx.Builder, capability suitx.Argument)
	}{
		{"ticket left over", "unused 0.0", 0, func(b *suitx.Builder, capability suitx.Argument) {
			call(b, "package", "authorize_upgrade", capability, b.U8(0), b.Bytes(digest[:]))
		}},
		{"receipt left over", "unused 1.0", 0, func(b *suitx.Builder, capability suitx.Argument) {
			ticket := call(b, "package", "authorize_upgrade", capability, b.U8(0), b.Bytes(digest[:]))
			b.Command(&suitx.Upgrade{Modules: p.Modules, Dependencies: p.Dependencies, Package: id, Ticket: ticket})
		}},
		{"two tickets", "abort package::authorize_upgrade 2 at 1", 0, func(b *suitx.Builder, capability suitx.Argument) {
			var tickets []suitx.Argument
			for range 2 {
				tickets = append(tickets, call(b, "package", "authorize_upgrade", capability, b.U8(0), b.Bytes(digest[:])))
			}
			for _, ticket := range tickets {
				receipt := b.Command(&suitx.Upgrade{Modules: p.Modules, Dependencies: p.Dependencies, Package: id, Ticket: ticket})
				call(b, "package", "commit_upgrade", capability, receipt)
			}
		}},
		{"no ticket", "argument 0 " + typeMismatch + " at 0", 0, func(b *suitx.Builder, capability suitx.Argument) {
			b.Command(&suitx.Upgrade{Modules: p.Modules, Dependencies: p.Dependencies, Package: id, Ticket: capability})
		}},
		{"bytes as a ticket", "argument 0 " + notPure + " at 0", 0, func(b *suitx.Builder, capability suitx.Argument) {
			receipt := b.Command(&suitx.Upgrade{Modules: p.Modules, Dependencies: p.Dependencies, Package: id, Ticket: b.Pure(make([]byte, 66))})
			call(b, "package", "commit_upgrade", capability, receipt)
		}},
		{"another package", "failure 27 at 1", suitx.PackageIDDoesNotMatch, func(b *suitx.Builder, capability suitx.Argument) {
			n.upgrade(b, other, capability, 0)
		}},
		{"another digest", "failure 27 at 1", suitx.DigestDoesNotMatch, func(b *suitx.Builder, capability suitx.Argument) {
			ticket := call(b, "package", "authorize_upgrade", capability, b.U8(0), b.Bytes(make([]byte, 32)))
			receipt := b.Command(&suitx.Upgrade{Modules: p.Modules, Dependencies: p.Dependencies, Package: id, Ticket: ticket})
			call(b, "package", "commit_upgrade", capability, receipt)
		}},
		{"unknown policy", "failure 27 at 1", suitx.UnknownUpgradePolicy, func(b *suitx.Builder, capability suitx.Argument) {
			n.upgrade(b, id, capability, 7)
		}},
		{"policy too permissive", "abort package::authorize_upgrade 1 at 1", 0, func(b *suitx.Builder, capability suitx.Argument) {
			call(b, "package", "only_dep_upgrades", capability)
			n.upgrade(b, id, capability, 128)
		}},
		{"policy relaxed", "abort package::restrict 1 at 1", 0, func(b *suitx.Builder, capability suitx.Argument) {
			call(b, "package", "only_dep_upgrades", capability)
			call(b, "package", "only_additive_upgrades", capability)
		}},
		{"another capability's receipt", "abort package::commit_upgrade 4 at 4", 0, func(b *suitx.Builder, capability suitx.Argument) {
			ticket := call(b, "package", "authorize_upgrade", capability, b.U8(0), b.Bytes(digest[:]))
			receipt := b.Command(&suitx.Upgrade{Modules: p.Modules, Dependencies: p.Dependencies, Package: id, Ticket: ticket})
			second := b.Command(p)
			call(b, "package", "only_dep_upgrades", second)
			call(b, "package", "commit_upgrade", second, receipt)
			b.Transfer(a.Address, second)
		}},
		{"origin during an upgrade", "abort package::original_package_id 5 at 1", 0, func(b *suitx.Builder, capability suitx.Argument) {
			ticket := call(b, "package", "authorize_upgrade", capability, b.U8(0), b.Bytes(digest[:]))
			call(b, "package", "original_package_id", capability)
			receipt := b.Command(&suitx.Upgrade{Modules: p.Modules, Dependencies: p.Dependencies, Package: id, Ticket: ticket})
			call(b, "package", "commit_upgrade", capability, receipt)
		}},
		{"witness that is none", "abort package::claim 0 at 0", 0, func(b *suitx.Builder, capability suitx.Argument) {
			b.Command(&suitx.MoveCall{Package: framework(), Module: "package", Function: "claim_and_keep",
				TypeArgs: []suitx.TypeTag{{Kind: suitx.TypeBool}}, Args: []suitx.Argument{b.U8(1)}})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b suitx.Builder
			c.do(&b, b.Object(n.capability(a, id)))
			data := n.build(&b, a)
			before := must(n.Balance(a.Address, suitx.SUI())).Total
			e := n.sign(data, a)
			if got := statusText(e); got != c.want || e.Effects.Status.Failure.Upgrade.Problem != c.problem {
				t.Fatalf("ended %q (%+v), want %q", got, e.Effects.Status.Failure, c.want)
			}
			checkFailedEffects(t, n, data, e, before)
		})
	}
}

// capability returns a's capability to upgrade id.
func (n *network) capability(a account, id suitx.Address) suitx.ObjectRef {
	n.t.Helper()
	kind := suitx.StructTag{Address: framework(), Module: "package", Name: "UpgradeCap"}
	page, _, err := n.Owned(a.Address, &kind, nil, 50)
	if err != nil {
		n.t.Fatal(err)
	}
	for _, o := range page {
		if object := must(n.Object(o.Ref.ID, 0)); readAs(object, &native.UpgradeCap{}).Package == id {
			return o.Ref
		}
	}
	n.t.Fatalf("%s has no capability for %s", a.Address, id)
	return suitx.ObjectRef{}
}

func TestUpgradePolicies(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	for policy, restrict := range map[uint8]string{0: "", 128: "only_additive_upgrades", 192: "only_dep_upgrades"} {
		id, capability, _ := n.published(a)
		var b suitx.Builder
		c := b.Object(capability)
		if restrict != "" {
			call(&b, "package", restrict, c)
		}
		n.upgrade(&b, id, c, policy)
		for _, read := range []string{"upgrade_package", "version", "upgrade_policy"} {
			call(&b, "package", read, c)
		}
		e := n.ok(n.send(&b, a))
		v := readAs(output(e, capability.ID), &native.UpgradeCap{})
		if v.Policy != policy || v.Version != 2 {
			t.Errorf("the capability is %+v", v)
		}
		b = suitx.Builder{}
		call(&b, "package", "make_immutable", b.Object(output(e, capability.ID).Ref()))
		if e = n.ok(n.send(&b, a)); output(e, capability.ID) != nil {
			t.Error("the capability is still there")
		}
	}
}
