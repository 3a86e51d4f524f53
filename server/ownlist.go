package server

import (
	"floe/codec/suitx"
)

// ownList is what the relay hands on for those who pay themselves: a parcel's
// life, with the registering, certifying and deleting of its blobs. The money is
// the sender's, so this protects nobody's purse; it keeps the relay from being
// everybody's way to the ledger.
//
// To others than the sender go only Blob objects that the transaction registers
// or certifies, and with them a coin to certify with: from a wallet to its
// parcel's own address, and back.
type ownList struct {
	sponsor suitx.Address // zero: nobody
	system  suitx.Address
	walrus  func() suitx.Address // the package to call now
	floe    suitx.Address
}

// maxGasCoins is Sui's bound on coins that pay for one transaction.
const maxGasCoins = 256

// storageFunctions are Walrus' that buy space; a sponsor never pays for them.
var storageFunctions = map[string]bool{"reserve_space": true, "register_blob": true}

// check refuses a transaction that does anything else.
func (l *ownList) check(t *suitx.TransactionData) error {
	switch {
	case t.Sender.IsZero() || t.Sender == l.sponsor || t.Gas.Owner != t.Sender:
		return notAllowed("Who sends this transaction must pay for it.")
	case len(t.Gas.Payment) == 0 || len(t.Gas.Payment) > maxGasCoins:
		return malformed("Between 1 and %d coins pay for a transaction.", maxGasCoins)
	}
	for i, in := range t.Inputs {
		if !l.takes(in) {
			return notAllowed("Input %d is of a kind that this server doesn't hand on.", i)
		}
	}
	r := ownReading{ownList: l, t: t}
	for i, c := range t.Commands {
		if err := r.command(i, c); err != nil {
			return err
		}
	}
	if !r.parcel && !r.blobs {
		return notAllowed("The transaction has nothing to do with a parcel.")
	}
	if r.buys && !r.creates {
		return notAllowed("The transaction buys storage for no parcel.")
	}
	return nil
}

func (l *ownList) takes(in suitx.Input) bool {
	return in.Kind == suitx.InputPure || in.Kind == suitx.InputObject &&
		(in.Object.Kind == suitx.ImmOrOwned || in.Object.Kind == suitx.Shared && in.Object.Ref.ID == l.system)
}

// ownReading is one transaction being read, command by command.
type ownReading struct {
	*ownList
	t *suitx.TransactionData

	parcel, creates bool           // calls our package; to create
	blobs, buys     bool           // calls Walrus' to certify or delete; to register, or touches coins for that
	other           *suitx.Address // who isn't the sender and is given something
}

func (r *ownReading) command(i int, c suitx.Command) error {
	switch c := c.(type) {
	case *suitx.MoveCall:
		return r.call(i, c)
	case *suitx.SplitCoins, *suitx.MergeCoins:
		r.buys = true
		return nil
	case *suitx.TransferObjects:
		return r.transfer(i, c)
	}
	return notAllowed("Command %d is of a kind that this server doesn't hand on.", i)
}

func (r *ownReading) call(i int, c *suitx.MoveCall) error {
	switch {
	case len(c.TypeArgs) > 0:
	case c.Package == r.floe && c.Module == "parcel" && parcelFunctions[c.Function]:
		r.parcel, r.creates = true, r.creates || c.Function == "create"
		return noGasCoin(i, c.Args)
	case c.Package == r.walrus() && c.Module == "system" && systemFunctions[c.Function]:
		r.blobs = true
		return noGasCoin(i, c.Args)
	case c.Package == r.walrus() && c.Module == "system" && storageFunctions[c.Function]:
		r.buys = true
		return noGasCoin(i, c.Args)
	}
	return notAllowed("Command %d calls %s::%s::%s, which this server doesn't hand on.", i, c.Package, c.Module, c.Function)
}

func (r *ownReading) transfer(i int, c *suitx.TransferObjects) error {
	to, ok := pureAddress(r.t, c.To)
	if !ok {
		return notAllowed("Command %d gives something to nobody in particular.", i)
	}
	if to == r.t.Sender {
		return nil
	}
	if r.other != nil && *r.other != to {
		return notAllowed("Command %d gives something to a second stranger.", i)
	}
	r.other = &to
	for _, a := range c.Objects {
		if !r.passes(i, a) {
			return notAllowed("Command %d gives away something other than blobs and what certifies them.", i)
		}
	}
	return nil
}

// passes says whether a may go to another than the sender by command i: what the
// transaction registers, a coin that it splits off the gas coin beside, what it
// certifies, and what is then left of the gas coin.
func (r *ownReading) passes(i int, a suitx.Argument) bool {
	switch a.Kind {
	case suitx.ArgGasCoin:
		return r.blobs && !r.buys
	case suitx.ArgInput:
		return r.certifies(a, i)
	}
	if int(a.Index) >= i {
		return false
	}
	switch c := r.t.Commands[a.Index].(type) {
	case *suitx.MoveCall:
		return c.Package == r.walrus() && c.Function == "register_blob"
	case *suitx.SplitCoins:
		return r.creates && c.Coin.Kind == suitx.ArgGasCoin
	}
	return false
}

// certifies says whether one of the commands before end certifies the Blob a.
func (r *ownReading) certifies(a suitx.Argument, end int) bool {
	for _, c := range r.t.Commands[:end] {
		call, ok := c.(*suitx.MoveCall)
		if ok && call.Package == r.walrus() && call.Function == "certify_blob" && len(call.Args) > 1 && call.Args[1] == a {
			return true
		}
	}
	return false
}

func newOwnList(s *Server) *ownList {
	l := &ownList{system: s.ids.System, walrus: s.callee, floe: s.ids.FloePackage}
	if s.sponsor != nil {
		l.sponsor = s.sponsor.address
	}
	return l
}
