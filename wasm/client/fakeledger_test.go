package client

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"golang.org/x/crypto/blake2b"

	"floe/codec"
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
)

// fakeParcel is a parcel on the fake's ledger.
type fakeParcel struct {
	object           *suitx.Object
	creation, change api.SignedTransaction
	grants           map[[32]byte][]byte
	statement        *api.Statement
}

func (f *fake) message(id codec.BlobID, object suitx.Address) []byte {
	m := binary.LittleEndian.AppendUint32([]byte{1, 0, 3}, f.net.Epoch)
	m = append(append(m, id[:]...), 1)
	return append(m, object[:]...)
}

func (f *fake) register(in *api.RegisterRequest) (*api.RegisterResponse, *api.Error) {
	owner, err := suitx.ParseAddress(in.Owner)
	if err != nil || in.Epochs == 0 || len(in.Blobs) > api.MaxBlobsPerTx {
		return nil, malformed("owner %q, %d epochs, %d blobs", in.Owner, in.Epochs, len(in.Blobs))
	}
	out := &api.RegisterResponse{Digest: "fake"}
	for _, b := range in.Blobs {
		id, err := codec.ParseBlobID(b.BlobID)
		if err != nil || len(b.RootHash) != 32 {
			return nil, malformed("blob %q", b.BlobID)
		}
		if b.First && !bytes.HasPrefix(b.Prefix, []byte("age-encryption.org/v1\n")) {
			return nil, &api.Error{Code: api.CodeNotAge, Message: "no age file"}
		}
		o := f.newBlob(id, b.Size, owner, in.Epochs)
		if known := f.objects[o.ID()]; known != nil { // as the relay, which pays once
			o = known
		} else {
			f.objects[o.ID()] = o
			f.bought[id]++
		}
		out.Objects = append(out.Objects, o.Marshal())
	}
	return out, nil
}

func (f *fake) newBlob(id codec.BlobID, size uint64, owner suitx.Address, epochs uint32) *suitx.Object {
	params, err := codec.NewParams(f.net.NShards)
	if err != nil {
		f.t.Fatal(err)
	}
	encoded, err := params.EncodedSize(size)
	if err != nil {
		f.t.Fatal(err)
	}
	object := blake2b.Sum256(append(id[:], owner[:]...))
	var w bcs.Writer
	w.Fixed(object[:])
	w.U32(f.net.Epoch)
	w.U256(id)
	w.U64(size)
	w.U8(1)
	w.Option(false)
	w.Fixed(make([]byte, 32))
	w.U32(f.net.Epoch)
	w.U32(f.net.Epoch + epochs)
	w.U64(encoded)
	w.Bool(f.net.Deletable)
	f.clock++
	return &suitx.Object{
		Move:  &suitx.MoveObject{Type: suitx.StructTag{Address: f.ids.WalrusPackage, Module: "blob", Name: "Blob"}, HasPublicTransfer: true, Version: f.clock, Contents: w.Data()},
		Owner: suitx.Owner{Kind: suitx.AddressOwner, Address: owner},
	}
}

func (f *fake) blobObject(id codec.BlobID) *suitx.Object {
	for _, o := range f.objects {
		if b, err := readBlobObject(o, f.ids.WalrusPackage); err == nil && b.blobID == id {
			return o
		}
	}
	return nil
}

func (f *fake) gas(in *api.GasRequest) (*api.GasResponse, *api.Error) {
	tx, err := suitx.UnmarshalTransactionData(in.Transaction)
	if err != nil {
		return nil, malformed("%v", err)
	}
	if len(tx.Gas.Payment) > 0 || tx.Gas.Price != 0 || tx.Gas.Budget != 0 || tx.Expiration.Kind != suitx.ExpirationNone || tx.Gas.Owner != fakeSponsor {
		return nil, malformed("the gas is filled in, or not the sponsor's")
	}
	tx.Gas = suitx.GasData{Payment: []suitx.ObjectRef{{ID: suitx.Address{1}, Version: 1}}, Owner: fakeSponsor, Price: 1000, Budget: 5e7}
	tx.Expiration = suitx.Expiration{Kind: suitx.ExpirationEpoch, Epoch: 9}
	filled := tx.Marshal()
	f.promised[suitx.TransactionDigest(filled)] = true
	return &api.GasResponse{Transaction: filled}, nil
}

// execute is a ledger that knows what a parcel's sender does and nothing else.
func (f *fake) execute(in *api.ExecuteRequest) (*api.ExecuteResponse, *api.Error) {
	tx, err := suitx.UnmarshalTransactionData(in.Transaction)
	if err != nil {
		return nil, malformed("%v", err)
	}
	if err := suitx.VerifyTransaction(in.Transaction, in.Signature, tx.Sender); err != nil {
		return nil, malformed("%v", err)
	}
	run := &fakeRun{fake: f, tx: tx, digest: suitx.TransactionDigest(in.Transaction),
		signed: api.SignedTransaction{Transaction: in.Transaction, Signatures: [][]byte{in.Signature, {9}}}}
	if done := f.executed[run.digest]; done != nil {
		return done, nil
	}
	if !f.promised[run.digest] {
		return nil, &api.Error{Code: api.CodeConflict, Message: "the gas promised has lapsed"}
	}
	effects := &suitx.Effects{TransactionDigest: run.digest, ExecutedEpoch: 1, LamportVersion: f.clock + 1}
	f.clock++
	for i, c := range tx.Commands {
		call, ok := c.(*suitx.MoveCall)
		if !ok {
			return nil, malformed("command %d isn't a call", i)
		}
		if err := run.call(call); err != nil {
			return nil, &api.Error{Code: api.CodeExecution, Message: fmt.Sprintf("%s: %v", call.Function, err)}
		}
	}
	effects.ChangedObjects = run.certifyAll()
	if run.created {
		effects.ChangedObjects = append(effects.ChangedObjects, suitx.ChangedObject{ID: run.parcel.object.ID(), IDOperation: suitx.IDCreated,
			Output: suitx.ObjectOut{Kind: suitx.OutputObject, Digest: run.parcel.object.Digest(), Owner: run.parcel.object.Owner}})
	}
	f.executed[run.digest] = &api.ExecuteResponse{Digest: run.digest.String(), Effects: effects.Marshal()}
	return f.executed[run.digest], nil
}

// fakeRun is one transaction being executed.
type fakeRun struct {
	*fake
	tx      *suitx.TransactionData
	digest  suitx.Digest
	signed  api.SignedTransaction
	parcel  *fakeParcel
	created bool
	certs   []*suitx.Object
}

func (r *fakeRun) call(c *suitx.MoveCall) error {
	if c.Package == r.ids.WalrusPackage && c.Function == callCertify {
		return r.certify(c)
	}
	if c.Package != r.ids.FloePackage || c.Module != moduleParcel {
		return fmt.Errorf("foreign call")
	}
	switch c.Function {
	case callCreate:
		id := suitx.DerivedObjectID(r.digest, 0)
		r.parcel = &fakeParcel{creation: r.signed, grants: map[[32]byte][]byte{}}
		r.created, r.parcels[id] = true, r.parcel
		return r.state(id, r.bytes(c.Args[0]), 0)
	case callChange:
		id := r.tx.Inputs[c.Args[0].Index].Object.Ref.ID
		if r.parcel = r.parcels[id]; r.parcel == nil {
			return fmt.Errorf("no such parcel")
		}
		if r.tx.Inputs[c.Args[0].Index].Object.Ref != r.parcel.object.Ref() || r.parcel.object.Owner.Address != r.tx.Sender {
			return fmt.Errorf("not this version, or not the owner's")
		}
		return r.state(id, r.bytes(c.Args[1]), r.parcel.statement.Sequence+1)
	case callPutGrant:
		slot, sealed := [32]byte(r.bytes(c.Args[1])), r.bytes(c.Args[2])
		if hash, ok := r.parcel.statement.GrantHash(slot); !ok || hash != api.GrantHash(sealed) {
			return fmt.Errorf("the statement doesn't list the grant")
		}
		r.parcel.grants[slot] = sealed
	case callTake:
		slot := [32]byte(r.bytes(c.Args[1]))
		if _, ok := r.parcel.statement.GrantHash(slot); ok || r.parcel.grants[slot] == nil {
			return fmt.Errorf("the statement still lists the slot, or it is empty")
		}
		delete(r.parcel.grants, slot)
	case callKeep:
	default:
		return fmt.Errorf("no such function")
	}
	return nil
}

// state gives the parcel a statement and a new version.
func (r *fakeRun) state(id suitx.Address, raw []byte, sequence uint64) error {
	st, err := api.ParseStatement(raw)
	if err != nil {
		return err
	}
	if st.Sequence != sequence {
		return fmt.Errorf("sequence %d instead of %d", st.Sequence, sequence)
	}
	var w bcs.Writer
	w.Fixed(id[:])
	w.U64(sequence)
	w.U64(uint64(len(st.Slots)))
	w.Bytes(raw)
	r.parcel.statement, r.parcel.change = st, r.signed
	r.parcel.object = &suitx.Object{
		Move:                &suitx.MoveObject{Type: suitx.StructTag{Address: r.ids.FloePackage, Module: moduleParcel, Name: "Parcel"}, Version: r.clock, Contents: w.Data()},
		Owner:               suitx.Owner{Kind: suitx.AddressOwner, Address: r.tx.Sender},
		PreviousTransaction: r.digest,
	}
	return nil
}

func (r *fakeRun) certify(c *suitx.MoveCall) error {
	ref := r.tx.Inputs[c.Args[1].Index].Object.Ref
	o := r.objects[ref.ID]
	if o == nil || o.Ref() != ref || o.Owner.Address != r.tx.Sender {
		return fmt.Errorf("not this version, or not the owner's")
	}
	b, err := readBlobObject(o, r.ids.WalrusPackage)
	if err != nil {
		return err
	}
	if !bytes.Equal(r.bytes(c.Args[4]), r.message(b.blobID, ref.ID)) {
		return fmt.Errorf("the certificate is of another blob or epoch")
	}
	if b.certified {
		return fmt.Errorf("it is certified already")
	}
	r.certs = append(r.certs, o)
	return nil
}

// certifyAll changes the Blob objects once the whole transaction has succeeded.
func (r *fakeRun) certifyAll() (changed []suitx.ChangedObject) {
	for _, o := range r.certs {
		// id 32, registered epoch 4, blob ID 32, size 8, encoding 1; then the option
		c := slices.Concat(o.Move.Contents[:77], []byte{1}, binary.LittleEndian.AppendUint32(nil, r.net.Epoch), o.Move.Contents[78:])
		o.Move = &suitx.MoveObject{Type: o.Move.Type, HasPublicTransfer: true, Version: r.clock, Contents: c}
		r.accepted[[32]byte(o.Move.Contents[36:68])]++
		changed = append(changed, suitx.ChangedObject{ID: o.ID(), Output: suitx.ObjectOut{Kind: suitx.OutputObject, Digest: o.Digest(), Owner: o.Owner}})
	}
	return changed
}

// bytes reads a vector<u8> input.
func (r *fakeRun) bytes(a suitx.Argument) []byte {
	return bcs.NewReader(r.tx.Inputs[a.Index].Pure).Bytes()
}

func (f *fake) parcel(id string) (any, *api.Error) {
	address, err := suitx.ParseAddress(id)
	if err != nil {
		return nil, malformed("%v", err)
	}
	p := f.parcels[address]
	if p == nil {
		return nil, &api.Error{Code: api.CodeNotFound, Message: "no such parcel"}
	}
	return p.show(), nil
}

func (p *fakeParcel) show() api.Parcel {
	out := api.Parcel{Object: p.object.Marshal(), Creation: p.creation, Change: p.change}
	for slot, sealed := range p.grants {
		out.Grants = append(out.Grants, api.Grant{Slot: slot[:], Grant: sealed})
	}
	return out
}
