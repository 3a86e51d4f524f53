package client

import (
	"fmt"

	"floe/codec/suitx"
	"floe/server/api"
)

// The package's module and functions, and what of Walrus a parcel's sender calls.
const (
	moduleParcel = "parcel"
	moduleSystem = "system"

	callCreate   = "create"
	callPutGrant = "put_grant"
	callTake     = "take_grant"
	callChange   = "change"
	callKeep     = "keep"
	callDelete   = "delete"

	callCertify    = "certify_blob"
	callDeleteBlob = "delete_blob"
	callReserve    = "reserve_space"
	callRegister   = "register_blob"
)

// grant is one grant and where it stands.
type grant struct {
	slot   [32]byte
	sealed []byte
}

// createTx certifies blobs, creates the parcel with its statement, puts the
// grants and keeps the parcel.
func createTx(net *network, sender suitx.Address, blobs []*blob, statement []byte, grants []grant) (*suitx.TransactionData, error) {
	var b suitx.Builder
	certify(&b, net, blobs)
	create(&b, net, statement, grants)
	return built(&b, sender)
}

func create(b *suitx.Builder, net *network, statement []byte, grants []grant) {
	floe := suitx.Address(net.ids.FloePackage)
	parcel := b.Call(floe, moduleParcel, callCreate, b.Bytes(statement))
	for _, g := range grants {
		b.Call(floe, moduleParcel, callPutGrant, parcel, b.Bytes(g.slot[:]), b.Bytes(g.sealed))
	}
	b.Call(floe, moduleParcel, callKeep, parcel)
}

// certifyTx certifies blobs alone: those that one transaction has no room for.
func certifyTx(net *network, sender suitx.Address, blobs []*blob) (*suitx.TransactionData, error) {
	var b suitx.Builder
	certify(&b, net, blobs)
	return built(&b, sender)
}

// changeTx gives the parcel a new statement, takes grants out and puts others in.
func changeTx(net *network, sender suitx.Address, parcel suitx.ObjectRef, statement []byte, take [][32]byte, put []grant) (*suitx.TransactionData, error) {
	var b suitx.Builder
	floe := suitx.Address(net.ids.FloePackage)
	object := b.Object(parcel)
	b.Call(floe, moduleParcel, callChange, object, b.Bytes(statement))
	for _, slot := range take {
		b.Call(floe, moduleParcel, callTake, object, b.Bytes(slot[:]))
	}
	for _, g := range put {
		b.Call(floe, moduleParcel, callPutGrant, object, b.Bytes(g.slot[:]), b.Bytes(g.sealed))
	}
	return built(&b, sender)
}

func certify(b *suitx.Builder, net *network, blobs []*blob) {
	for _, blob := range blobs {
		system := b.Shared(suitx.Address(net.ids.System), net.SystemVersion, false)
		c := blob.certificate
		b.Call(net.walrus, moduleSystem, callCertify, system, b.Object(blob.object),
			b.Bytes(c.Signature), b.Bytes(c.Signers), b.Bytes(c.Message))
	}
}

func built(b *suitx.Builder, sender suitx.Address) (*suitx.TransactionData, error) {
	tx, err := b.Build(sender)
	if err != nil {
		return nil, err
	}
	size := len(tx.Marshal())
	if size > api.MaxTx || len(tx.Commands) > maxCommands || len(tx.Inputs)+api.MaxCoins > maxInputs {
		return nil, fmt.Errorf("a transaction of %d bytes, %d commands and %d inputs is too large", size, len(tx.Commands), len(tx.Inputs))
	}
	return tx, nil
}

// Sui's limits. Coins that pay for gas count as inputs.
const (
	maxCommands = 1024
	maxInputs   = 2048
)
