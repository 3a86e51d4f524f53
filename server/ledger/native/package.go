package native

import (
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// Codes that 0x2::package aborts with.
const (
	packageNotWitness        = 0
	packageTooPermissive     = 1
	packageAlreadyAuthorized = 2
	packageNotAuthorized     = 3
	packageWrongCap          = 4
	packageInProgress        = 5
	packageWrongVersion      = 6
)

// Policies of upgrades: what may change, ever less.
const (
	upgradeCompatible = 0
	upgradeAdditive   = 128
	upgradeDepOnly    = 192
)

// packageModule is 0x2::package: who may upgrade a package, and how. Package vm
// makes capabilities and turns tickets into receipts.
type packageModule struct{ *move.Module }

// UpgradeCap is 0x2::package::UpgradeCap.
type UpgradeCap struct {
	ID      suitx.Address
	Package suitx.Address // its latest version; 0 while an upgrade is under way
	Version uint64
	Policy  uint8
}

func (v *UpgradeCap) Read(r *bcs.Reader) {
	v.ID, v.Package, v.Version, v.Policy = readAddress(r), readAddress(r), r.U64(), r.U8()
}

func (v *UpgradeCap) Write(w *bcs.Writer) {
	writeAddress(w, v.ID)
	writeAddress(w, v.Package)
	w.U64(v.Version)
	w.U8(v.Policy)
}

// declarePackage declares 0x2::package but for what needs a Publisher: nothing
// here makes one.
func (f *framework) declarePackage(p *move.Package) {
	m := &packageModule{p.Module("package")}
	fd := func(name string, t move.Type) move.Field { return move.Field{Name: name, Type: t} }
	id, pkg, holder := fd("id", f.uid.Of()), fd("package", f.id.Of()), fd("cap", f.id.Of())
	m.Struct("Publisher", move.Key|move.Store, id, fd("package", f.ascii.Of()), fd("module_name", f.ascii.Of()))
	capability := m.Struct("UpgradeCap", move.Key|move.Store, id, pkg, fd("version", move.U64), fd("policy", move.U8)).Of()
	ticket := m.Struct("UpgradeTicket", 0, holder, pkg, fd("policy", move.U8), fd("digest", move.Bytes)).Of()
	receipt := m.Struct("UpgradeReceipt", 0, holder, pkg).Of()

	theID, u8, u64 := move.Returns(move.Val(f.id.Of())), move.Val(move.U8), move.Val(move.U64)
	slice := func(from, to int) func(*move.Call) error {
		return func(c *move.Call) error {
			c.ReturnBytes(c.Args[0][from:to])
			return nil
		}
	}
	publisher := m.FindStruct("Publisher").Of()
	for _, name := range []string{"claim", "claim_and_keep"} {
		claim := m.Func(name, move.Params(move.Val(move.T(0)), f.ctx()), nil, func(*move.Call) error {
			return m.Abort("claim", packageNotWitness) // only a module's init ever has its witness
		}).Generic(move.Drop)
		if name == "claim" {
			claim.Returns = move.Returns(move.Val(publisher))
		}
	}
	m.Func("upgrade_package", move.Params(move.Imm(capability)), theID, slice(32, 64))
	m.Func("version", move.Params(move.Imm(capability)), move.Returns(u64), slice(64, 72))
	m.Func("upgrade_policy", move.Params(move.Imm(capability)), move.Returns(u8), slice(72, 73))
	m.Func("ticket_package", move.Params(move.Imm(ticket)), theID, slice(32, 64))
	m.Func("ticket_policy", move.Params(move.Imm(ticket)), move.Returns(u8), slice(64, 65))
	m.Func("receipt_cap", move.Params(move.Imm(receipt)), theID, slice(0, 32))
	m.Func("receipt_package", move.Params(move.Imm(receipt)), theID, slice(32, 64))
	m.Func("ticket_digest", move.Params(move.Imm(ticket)), move.Returns(move.Imm(move.Bytes)), nil)
	m.policy("compatible_policy", upgradeCompatible)
	m.policy("additive_policy", upgradeAdditive)
	m.policy("dep_only_policy", upgradeDepOnly)
	m.restrict("only_additive_upgrades", upgradeAdditive, capability)
	m.restrict("only_dep_upgrades", upgradeDepOnly, capability)
	m.Func("make_immutable", move.Params(move.Val(capability)), nil, func(c *move.Call) error {
		c.State.DeleteID(suitx.Address(c.Args[0][:32]))
		return nil
	}).Entry = true
	m.Func("authorize_upgrade", move.Params(move.Mut(capability), u8, move.Val(move.Bytes)), move.Returns(move.Val(ticket)), m.authorize)
	m.Func("commit_upgrade", move.Params(move.Mut(capability), move.Val(receipt)), nil, m.commit)
	m.Func("original_package_id", move.Params(move.Imm(capability)), theID, m.original)
}

func (m *packageModule) policy(name string, value uint8) {
	m.Func(name, nil, move.Returns(move.Val(move.U8)), func(c *move.Call) error {
		c.ReturnBytes([]byte{value})
		return nil
	})
}

func (m *packageModule) restrict(name string, policy uint8, capability move.Type) {
	m.Func(name, move.Params(move.Mut(capability)), nil, func(c *move.Call) error {
		var v UpgradeCap
		c.Get(0, &v)
		if v.Policy > policy {
			return m.Abort("restrict", packageTooPermissive)
		}
		v.Policy = policy
		c.Set(0, &v)
		return nil
	}).Entry = true
}

func (m *packageModule) authorize(c *move.Call) error {
	var v UpgradeCap
	c.Get(0, &v)
	if v.Package.IsZero() {
		return m.Abort("authorize_upgrade", packageAlreadyAuthorized)
	}
	if c.U8(1) < v.Policy {
		return m.Abort("authorize_upgrade", packageTooPermissive)
	}
	c.ReturnWith(func(w *bcs.Writer) {
		writeAddress(w, v.ID)
		writeAddress(w, v.Package)
		w.U8(c.U8(1))
		w.Bytes(c.Bytes(2))
	})
	v.Package = suitx.Address{}
	c.Set(0, &v)
	return nil
}

func (m *packageModule) commit(c *move.Call) error {
	var v UpgradeCap
	c.Get(0, &v)
	r := c.Reader(1)
	holder, pkg := readAddress(r), readAddress(r)
	if holder != v.ID {
		return m.Abort("commit_upgrade", packageWrongCap)
	}
	if !v.Package.IsZero() {
		return m.Abort("commit_upgrade", packageNotAuthorized)
	}
	v.Package, v.Version = pkg, v.Version+1
	c.Set(0, &v)
	return nil
}

func (m *packageModule) original(c *move.Call) error {
	var v UpgradeCap
	c.Get(0, &v)
	if v.Package.IsZero() {
		return m.Abort("original_package_id", packageInProgress)
	}
	p := c.Packages.Package(v.Package)
	if p == nil || p.Version != v.Version {
		return m.Abort("original_package_id", packageWrongVersion)
	}
	c.ReturnBytes(p.Original[:])
	return nil
}
