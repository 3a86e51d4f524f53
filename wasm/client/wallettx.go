package client

import (
	"floe/codec/suitx"
	"floe/server/api"
)

// buyTx is the one transaction that a wallet confirms for a parcel. It creates
// the parcel, which the wallet keeps; takes exactly frost out of its WAL, buys
// storage and registers all blobs; and gives these, with a coin to certify them
// with, to the parcel's own address. Creating comes first, so that no object
// that a later Walrus makes moves the parcel's ID.
func (p *Paid) buyTx(a *account, statement []byte, grants []grant, frost, fuel uint64) (*suitx.TransactionData, error) {
	var b suitx.Builder
	create(&b, p.net, statement, grants)
	wal := a.wal.enough(frost)
	purse := b.Object(wal[0].ref)
	if len(wal) > 1 {
		merge := &suitx.MergeCoins{Into: purse}
		for _, c := range wal[1:] {
			merge.Sources = append(merge.Sources, b.Object(c.ref))
		}
		b.Command(merge)
	}
	exact := b.Split(purse, frost)
	given, err := p.register(&b, exact)
	if err != nil {
		return nil, err
	}
	b.Command(&suitx.MergeCoins{Into: purse, Sources: []suitx.Argument{exact}}) // nothing, unless prices fell
	given = append(given, b.Split(suitx.GasCoin, fuel))
	b.Transfer(p.address, given...)
	return built(&b, p.owner)
}

// register buys space for each blob and registers it. Values that blobs share
// are one input.
func (p *Paid) register(b *suitx.Builder, payment suitx.Argument) (made []suitx.Argument, err error) {
	system := b.Shared(suitx.Address(p.net.ids.System), p.net.SystemVersion, true)
	epochs, encoding, deletable := b.U32(p.epochs), b.U8(encodingRS2), b.Bool(p.deletable)
	numbers := make(map[uint64]suitx.Argument)
	number := func(n uint64) suitx.Argument {
		if _, known := numbers[n]; !known {
			numbers[n] = b.U64(n)
		}
		return numbers[n]
	}
	for _, blob := range p.blobs {
		encoded, err := p.net.params.EncodedSize(uint64(blob.size))
		if err != nil {
			return nil, err
		}
		space := b.Call(p.net.walrus, moduleSystem, callReserve, system, number(encoded), epochs, payment)
		made = append(made, b.Call(p.net.walrus, moduleSystem, callRegister, system, space, b.U256(blob.id),
			b.U256(blob.root), number(uint64(blob.size)), encoding, deletable, payment))
	}
	return made, nil
}

// certifyBoughtTx certifies blobs and hands their objects to the wallet; with
// the last of them, what is left of the SUI that it gave for that.
func (p *Paid) certifyBoughtTx(blobs []*blob, last bool) (*suitx.TransactionData, error) {
	var b suitx.Builder
	certify(&b, p.net, blobs)
	var back []suitx.Argument
	for _, blob := range blobs {
		back = append(back, b.Object(blob.object))
	}
	if last {
		back = append(back, suitx.GasCoin)
	}
	b.Transfer(p.owner, back...)
	tx, err := built(&b, p.address)
	if err != nil {
		return nil, err
	}
	tx.Gas = suitx.GasData{Payment: []suitx.ObjectRef{p.fuel.ref}, Owner: p.address, Price: p.gasPrice, Budget: min(p.fuel.balance, maxBudget)}
	return tx, nil
}

// frost is what storing so much encoded costs: for each MiB begun the price of
// every epoch and once that of writing, as Walrus counts.
func (n *network) frost(encoded uint64, epochs uint32) uint64 {
	const unit = 1 << 20
	return (encoded + unit - 1) / unit * (n.StoragePrice*uint64(epochs) + n.WritePrice)
}

// fuelFor is the SUI that certifying takes.
func (p *Paid) fuelFor(a *account) uint64 { return api.Fuel(len(p.blobs), a.gasPrice) }
