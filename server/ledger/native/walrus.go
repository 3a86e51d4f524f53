package native

import (
	"floe/server/ledger/move"
)

// walrus is Walrus' package, of the version of its contracts that is called 3.
type walrus struct {
	f   *framework
	wal *walModule

	storage  *storageModule
	blob     *blobModule
	metadata *metadataModule
	events   *eventsModule
	messages *move.Module
	bls      *blsModule
	inner    *innerModule
	system   *systemModule
	staking  *stakingModule
	account  *move.Module
	encoding *move.Module
	redstuff *move.Module
	extended *move.Struct
}

// systemVersion is the version of System and Staking objects; their inner state
// is the dynamic field under it.
const systemVersion = 3

func declareWalrus(p *move.Package, f *framework, wal *walModule) *walrus {
	x := &walrus{f: f, wal: wal}
	m := p.Module("extended_field")
	x.extended = m.Struct("ExtendedField", move.Key|move.Store, move.Field{Name: "id", Type: f.uid.Of()}).Phantom()
	x.extended.TypeParams[0].Constraints = move.Store
	m.Struct("Key", move.Copy|move.Drop|move.Store)
	x.declareEncoding(p)
	x.declareStorage(p)
	x.declareMetadata(p)
	x.declareEvents(p)
	x.declareBLS(p)
	x.declareBlob(p)
	x.declareAccounting(p)
	x.declareInner(p)
	x.declareStaking(p)
	x.declareSystem(p)
	x.declareSharedBlob(p)
	x.declareStakingFunctions(p)
	return x
}

// id is the field that every object begins with.
func (x *walrus) id() move.Field { return move.Field{Name: "id", Type: x.f.uid.Of()} }
