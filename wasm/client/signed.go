package client

import (
	"fmt"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
)

// signedTx is a transaction whose sender's signature was verified.
type signedTx struct {
	data   *suitx.TransactionData
	digest suitx.Digest
}

// readSigned verifies that the sender signed the transaction.
func readSigned(t *api.SignedTransaction) (*signedTx, error) {
	data, err := suitx.UnmarshalTransactionData(t.Transaction)
	if err != nil {
		return nil, err
	}
	if len(t.Signatures) == 0 {
		return nil, fmt.Errorf("nobody signed it")
	}
	if err := suitx.VerifyTransaction(t.Transaction, t.Signatures[0], data.Sender); err != nil {
		return nil, err
	}
	return &signedTx{data: data, digest: suitx.TransactionDigest(t.Transaction)}, nil
}

// maxCreated is how many objects a transaction may create on Sui.
const maxCreated = 2048

// creates says whether id may be the parcel's that the transaction creates: it
// is derived from the digest and from how many objects were created before.
// What comes after the parcel has other IDs, and none of them will do.
func (t *signedTx) creates(id, floe suitx.Address) bool {
	for counter := range min(t.madeBefore(floe), maxCreated-1) + 1 {
		if suitx.DerivedObjectID(t.digest, counter) == id {
			return true
		}
	}
	return false
}

// madeBefore is how many objects the commands before the parcel's creation
// create at most. Certifying creates none.
func (t *signedTx) madeBefore(floe suitx.Address) (n uint64) {
	for _, c := range t.data.Commands {
		switch c := c.(type) {
		case *suitx.SplitCoins:
			n += uint64(len(c.Amounts))
		case *suitx.MoveCall:
			if c.Package == floe && c.Module == moduleParcel && c.Function == callCreate {
				return n
			}
			if storageCalls[c.Function] {
				n++
			}
		}
	}
	return n
}

// storageCalls are what a wallet that pays for a parcel calls of Walrus' besides;
// each makes one object.
var storageCalls = map[string]bool{callReserve: true, callRegister: true}

// creation returns the statement that the transaction creates its one parcel
// with.
func (t *signedTx) creation(floe suitx.Address) (*api.Statement, error) {
	if err := t.checkCalls(floe, true); err != nil {
		return nil, err
	}
	calls := t.calls(floe, callCreate)
	if len(calls) != 1 || len(calls[0].Args) != 1 {
		return nil, fmt.Errorf("it makes %d parcels", len(calls))
	}
	statement, err := t.statement(calls[0].Args[0])
	if err == nil && statement.Sequence != 0 {
		err = fmt.Errorf("its statement begins at %d", statement.Sequence)
	}
	return statement, err
}

// change returns the statement that the transaction gives the parcel.
func (t *signedTx) change(floe, parcel suitx.Address) (*api.Statement, error) {
	if err := t.checkCalls(floe, false); err != nil {
		return nil, err
	}
	calls := t.calls(floe, callChange)
	if len(calls) != 1 || len(calls[0].Args) != 2 {
		return nil, fmt.Errorf("it makes %d changes", len(calls))
	}
	if !t.isObject(calls[0].Args[0], parcel) {
		return nil, fmt.Errorf("it changes another parcel")
	}
	statement, err := t.statement(calls[0].Args[1])
	if err == nil && statement.Sequence == 0 {
		err = fmt.Errorf("its statement has no sequence")
	}
	return statement, err
}

// deletes says whether the transaction deletes the parcel.
func (t *signedTx) deletes(floe, parcel suitx.Address) bool {
	calls := t.calls(floe, callDelete)
	return len(calls) == 1 && len(calls[0].Args) == 1 && t.isObject(calls[0].Args[0], parcel)
}

// checkCalls makes sure that the transaction calls the compiled-in package's
// functions, Walrus' for certifying and deleting blobs, and nothing else. Where
// it creates the parcel, it may also buy the storage, and split and merge coins
// for that. Walrus' package moves with each of its versions, so there the names
// count.
func (t *signedTx) checkCalls(floe suitx.Address, creates bool) error {
	for _, c := range t.data.Commands {
		var allowed bool
		switch c := c.(type) {
		case *suitx.MoveCall:
			if !t.mayCall(c, floe, creates) {
				return fmt.Errorf("it calls %s::%s::%s", c.Package, c.Module, c.Function)
			}
			allowed = true
		case *suitx.SplitCoins, *suitx.MergeCoins:
			allowed = creates
		case *suitx.TransferObjects:
			allowed = true
		}
		if !allowed {
			return fmt.Errorf("it does more than a parcel's sender needs")
		}
	}
	return nil
}

func (t *signedTx) mayCall(c *suitx.MoveCall, floe suitx.Address, creates bool) bool {
	if c.Package == floe {
		return c.Module == moduleParcel
	}
	return c.Module == moduleSystem && (c.Function == callCertify || c.Function == callDeleteBlob || creates && storageCalls[c.Function])
}

func (t *signedTx) calls(floe suitx.Address, function string) (calls []*suitx.MoveCall) {
	for _, c := range t.data.Commands {
		call, ok := c.(*suitx.MoveCall)
		if ok && call.Package == floe && call.Module == moduleParcel && call.Function == function {
			calls = append(calls, call)
		}
	}
	return calls
}

// statement reads an argument that must be a pure vector<u8>: so it stands in
// what the sender signed.
func (t *signedTx) statement(a suitx.Argument) (*api.Statement, error) {
	in, err := t.input(a)
	if err != nil || in.Kind != suitx.InputPure {
		return nil, fmt.Errorf("its statement isn't a value")
	}
	r := bcs.NewReader(in.Pure)
	raw := r.Bytes()
	if err := r.Done(); err != nil {
		return nil, err
	}
	return api.ParseStatement(raw)
}

func (t *signedTx) isObject(a suitx.Argument, id suitx.Address) bool {
	in, err := t.input(a)
	return err == nil && in.Kind == suitx.InputObject && in.Object.Kind == suitx.ImmOrOwned && in.Object.Ref.ID == id
}

func (t *signedTx) input(a suitx.Argument) (*suitx.Input, error) {
	if a.Kind != suitx.ArgInput || int(a.Index) >= len(t.data.Inputs) {
		return nil, fmt.Errorf("an argument isn't an input")
	}
	return &t.data.Inputs[a.Index], nil
}
