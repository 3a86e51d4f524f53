package native

import (
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger/move"
)

// World is every package of a ledger.
type World struct {
	Packages *move.Packages
	IDs      api.NetworkIDs

	framework *framework
	wal       *walModule
	walrus    *walrus
}

// framework holds what other packages need of Sui's framework.
type framework struct {
	uid, id, txContext   *move.Struct
	option, str, ascii   *move.Struct
	balance              *balanceModule
	coin                 *coinModule
	clock                *move.Struct
	vecMap               *vecMapModule
	table, objTable, bag *move.Struct
	wrapper, url         *move.Struct
	element              *move.Struct
	g1, uncompressedG1   *move.Struct
	transfer             *move.Module
}

// New declares the packages with the IDs that the network gives them.
func New(ids api.NetworkIDs) *World {
	std := &move.Package{ID: suitx.FrameworkAddress(1), Name: "MoveStdlib", Partial: true}
	sui := &move.Package{ID: suitx.FrameworkAddress(2), Name: "Sui", Partial: true}
	f := &framework{}
	f.declareStd(std)
	f.declareSui(sui)
	f.declareStdFunctions(std)

	wal := &move.Package{ID: ids.WALPackage, Name: "wal", Partial: true}
	walrusPkg := &move.Package{ID: ids.WalrusPackage, Name: "walrus", Partial: true}
	w := &World{IDs: ids, framework: f}
	w.wal = declareWAL(wal, f)
	w.walrus = declareWalrus(walrusPkg, f, w.wal)
	w.Packages = move.NewPackages(std, sui, wal, walrusPkg, parcelTwin(f).Package(ids.FloePackage))
	return w
}

// ctx is the parameter &mut TxContext.
func (f *framework) ctx() move.Param { return move.Mut(f.txContext.Of()) }

// ctxRef is the parameter &TxContext.
func (f *framework) ctxRef() move.Param { return move.Imm(f.txContext.Of()) }

// declareSui declares the modules of 0x2, those first that others use.
func (f *framework) declareSui(p *move.Package) {
	f.declareObject(p)
	f.declareTxContext(p)
	f.declareCollections(p)
	f.declareBalance(p)
	f.declareCoin(p)
	f.declarePay(p)
	f.declareTransfer(p)
	f.declarePackage(p)
	f.declareClock(p)
	f.declareCrypto(p)
}
