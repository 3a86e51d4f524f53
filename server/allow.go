package server

import (
	"floe/codec/suitx"
	"floe/server/api"
)

// allowList is what the sponsor pays for: the commands of a parcel's life and
// nothing else. It knows neither splitting nor merging, no other package, no
// shared object but Walrus' own to read, and nothing may touch the gas coin, so
// the only value that can leave the sponsor is gas up to the budget.
type allowList struct {
	sponsor suitx.Address
	system  suitx.Address
	walrus  func() suitx.Address // the package to call now
	floe    suitx.Address
}

// functions by module that a sponsored transaction may call.
var (
	parcelFunctions = map[string]bool{
		"create": true, "put_grant": true, "take_grant": true,
		"change": true, "keep": true, "delete": true,
	}
	systemFunctions = map[string]bool{"certify_blob": true, "delete_blob": true}
)

// check refuses a transaction that does anything else.
func (l *allowList) check(t *suitx.TransactionData) error {
	if t.Sender.IsZero() || t.Sender == l.sponsor {
		return notAllowed("The sender must be the parcel's own address.")
	}
	if t.Gas.Owner != l.sponsor {
		return notAllowed("The gas owner must be this server's sponsor %s.", l.sponsor)
	}
	if len(t.Commands) == 0 {
		return notAllowed("The transaction does nothing.")
	}
	for i, in := range t.Inputs {
		if err := l.checkInput(i, in); err != nil {
			return err
		}
	}
	for i, c := range t.Commands {
		if err := l.checkCommand(t, i, c); err != nil {
			return err
		}
	}
	return nil
}

func (l *allowList) checkInput(i int, in suitx.Input) error {
	switch {
	case in.Kind == suitx.InputPure:
		return nil
	case in.Kind != suitx.InputObject:
		return notAllowed("Input %d draws on funds; the sponsor gives none.", i)
	case in.Object.Kind == suitx.ImmOrOwned:
		return nil
	case in.Object.Kind == suitx.Shared && in.Object.Ref.ID == l.system && !in.Object.Mutable:
		return nil
	}
	return notAllowed("Input %d is an object that the sponsor doesn't pay to use.", i)
}

func (l *allowList) checkCommand(t *suitx.TransactionData, i int, c suitx.Command) error {
	switch c := c.(type) {
	case *suitx.MoveCall:
		if !l.pays(c) {
			return notAllowed("Command %d calls %s::%s::%s, which the sponsor doesn't pay for.", i, c.Package, c.Module, c.Function)
		}
		return noGasCoin(i, c.Args)
	case *suitx.TransferObjects:
		if to, ok := pureAddress(t, c.To); !ok || to != t.Sender {
			return notAllowed("Command %d gives something to somebody other than the sender.", i)
		}
		for _, o := range c.Objects {
			if !l.isFreedStorage(t, o) {
				return notAllowed("Command %d transfers something other than a deleted blob's storage.", i)
			}
		}
		return nil
	}
	return notAllowed("Command %d is of a kind that the sponsor doesn't pay for.", i)
}

func (l *allowList) pays(c *suitx.MoveCall) bool {
	if len(c.TypeArgs) > 0 {
		return false
	}
	switch {
	case c.Package == l.floe && c.Module == "parcel":
		return parcelFunctions[c.Function]
	case c.Package == l.walrus() && c.Module == "system":
		return systemFunctions[c.Function]
	}
	return false
}

func noGasCoin(i int, args []suitx.Argument) error {
	for _, a := range args {
		if a.Kind == suitx.ArgGasCoin {
			return notAllowed("Command %d uses the sponsor's gas coin.", i)
		}
	}
	return nil
}

// isFreedStorage reports whether a is what delete_blob returned.
func (l *allowList) isFreedStorage(t *suitx.TransactionData, a suitx.Argument) bool {
	if a.Kind != suitx.ArgResult && a.Kind != suitx.ArgNestedResult || int(a.Index) >= len(t.Commands) {
		return false
	}
	c, ok := t.Commands[a.Index].(*suitx.MoveCall)
	return ok && c.Package == l.walrus() && c.Function == "delete_blob"
}

func pureAddress(t *suitx.TransactionData, a suitx.Argument) (suitx.Address, bool) {
	if a.Kind != suitx.ArgInput || int(a.Index) >= len(t.Inputs) {
		return suitx.Address{}, false
	}
	in := t.Inputs[a.Index]
	if in.Kind != suitx.InputPure || len(in.Pure) != len(suitx.Address{}) {
		return suitx.Address{}, false
	}
	return suitx.Address(in.Pure), true
}

// addressOf reads one of the IDs in api.Network.
func addressOf(what, text string) (suitx.Address, error) {
	a, err := suitx.ParseAddress(text)
	if err != nil {
		return a, malformed("%s must be 0x and hex digits.", what).because(err)
	}
	return a, nil
}

func newAllowList(sponsor suitx.Address, ids api.NetworkIDs, callWalrus func() suitx.Address) *allowList {
	return &allowList{sponsor: sponsor, system: ids.System, walrus: callWalrus, floe: ids.FloePackage}
}
