package rpc

import (
	"connectrpc.com/connect"

	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// A usage is how the commands of a transaction use one of its inputs.
type usage struct {
	mutable  bool
	received bool           // as 0x2::transfer::Receiving
	failure  *connect.Error // a function that takes it can't be told
}

// usages goes over all commands once and returns every input's usage.
func (s *server) usages(u *unresolved) []usage {
	out := make([]usage, len(u.inputs))
	use := func(a suitx.Argument, how usage) {
		if a.Kind != suitx.ArgInput || int(a.Index) >= len(out) {
			return
		}
		one := &out[a.Index]
		one.mutable, one.received = one.mutable || how.mutable, one.received || how.received
		if one.failure == nil {
			one.failure = how.failure
		}
	}
	changed := func(args ...suitx.Argument) {
		for _, a := range args {
			use(a, usage{mutable: true})
		}
	}
	for _, c := range u.commands {
		switch c := c.(type) {
		case *suitx.MoveCall:
			s.callUsages(c, use)
		case *suitx.SplitCoins:
			changed(c.Coin)
		case *suitx.MergeCoins:
			changed(c.Into)
			changed(c.Sources...)
		case *suitx.MakeMoveVec:
			changed(c.Elements...)
		case *suitx.TransferObjects:
			changed(c.Objects...)
		}
	}
	return out
}

// callUsages is what a function declares of its arguments.
func (s *server) callUsages(c *suitx.MoveCall, use func(suitx.Argument, usage)) {
	f, err := s.ledger.Function(c.Package, c.Module, c.Function)
	for n, a := range c.Args {
		switch {
		case err != nil:
			use(a, usage{failure: invalid("commands", "unable to find function %s::%s::%s", c.Package, c.Module, c.Function)})
		case n >= len(f.Params):
			use(a, usage{failure: invalid("commands", "invalid input parameter")})
		default:
			p := f.Params[n]
			use(a, usage{mutable: p.Ref != move.ByRef, received: isReceiving(p.Type)})
		}
	}
}

func isReceiving(t move.Type) bool {
	return t.Kind == suitx.TypeStruct && t.Struct.Module.Package == suitx.FrameworkAddress(2) &&
		t.Struct.Module.Name == "transfer" && t.Struct.Name == "Receiving"
}

// sharedInput is mutable if any command uses it so.
func sharedInput(use usage, o *suitx.Object) (suitx.Input, *connect.Error) {
	return objectInput(suitx.ObjectArg{Kind: suitx.Shared, Ref: suitx.ObjectRef{ID: o.ID(), Version: o.Owner.Version},
		Mutable: use.mutable}), use.failure
}
