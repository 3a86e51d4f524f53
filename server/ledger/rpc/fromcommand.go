package rpc

import (
	"connectrpc.com/connect"
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"

	"floe/codec/suitx"
)

// reader reads parts of a command and keeps the first failure.
type reader struct{ failure *connect.Error }

func (r *reader) fail(e *connect.Error) {
	if r.failure == nil {
		r.failure = e
	}
}

func readCommand(c *pb.Command) (suitx.Command, *connect.Error) {
	r := &reader{}
	out := r.command(c)
	if r.failure != nil {
		return nil, r.failure
	}
	return out, nil
}

func (r *reader) command(c *pb.Command) suitx.Command {
	switch c := c.GetCommand().(type) {
	case *pb.Command_MoveCall:
		return r.moveCall(c.MoveCall)
	case *pb.Command_TransferObjects:
		return &suitx.TransferObjects{Objects: r.arguments(c.TransferObjects.GetObjects()), To: r.argument(c.TransferObjects.GetAddress())}
	case *pb.Command_SplitCoins:
		return &suitx.SplitCoins{Coin: r.argument(c.SplitCoins.GetCoin()), Amounts: r.arguments(c.SplitCoins.GetAmounts())}
	case *pb.Command_MergeCoins:
		return &suitx.MergeCoins{Into: r.argument(c.MergeCoins.GetCoin()), Sources: r.arguments(c.MergeCoins.GetCoinsToMerge())}
	case *pb.Command_Publish:
		return &suitx.Publish{Modules: c.Publish.GetModules(), Dependencies: r.addresses(c.Publish.GetDependencies())}
	case *pb.Command_MakeMoveVector:
		out := &suitx.MakeMoveVec{Elements: r.arguments(c.MakeMoveVector.GetElements())}
		if c.MakeMoveVector.ElementType != nil {
			t := r.typeTag(c.MakeMoveVector.GetElementType())
			out.Type = &t
		}
		return out
	case *pb.Command_Upgrade:
		return &suitx.Upgrade{Modules: c.Upgrade.GetModules(), Dependencies: r.addresses(c.Upgrade.GetDependencies()),
			Package: r.address("package", c.Upgrade.Package), Ticket: r.argument(c.Upgrade.GetTicket())}
	}
	r.fail(missing("command"))
	return nil
}

func (r *reader) moveCall(c *pb.MoveCall) suitx.Command {
	out := &suitx.MoveCall{
		Package:  r.address("package", c.Package),
		Module:   c.GetModule(),
		Function: c.GetFunction(),
		Args:     r.arguments(c.Arguments),
	}
	for _, t := range c.TypeArguments {
		out.TypeArgs = append(out.TypeArgs, r.typeTag(t))
	}
	return out
}

func (r *reader) address(field string, text *string) suitx.Address {
	a, failure := address(field, text)
	if failure != nil {
		r.fail(failure)
	}
	return a
}

func (r *reader) addresses(texts []string) []suitx.Address {
	var out []suitx.Address
	for _, t := range texts {
		out = append(out, r.address("dependencies", &t))
	}
	return out
}

func (r *reader) typeTag(text string) suitx.TypeTag {
	t, err := suitx.ParseTypeTag(text)
	if err != nil {
		r.fail(invalid("type", "invalid type: %v", err))
	}
	return t
}

func (r *reader) arguments(args []*pb.Argument) []suitx.Argument {
	var out []suitx.Argument
	for _, a := range args {
		out = append(out, r.argument(a))
	}
	return out
}

func (r *reader) argument(a *pb.Argument) suitx.Argument {
	switch a.GetKind() {
	case pb.Argument_GAS:
		return suitx.GasCoin
	case pb.Argument_INPUT:
		return suitx.Argument{Kind: suitx.ArgInput, Index: r.index(a.GetInput())}
	case pb.Argument_RESULT:
		if a.Subresult == nil {
			return suitx.Argument{Kind: suitx.ArgResult, Index: r.index(a.GetResult())}
		}
		return suitx.Argument{Kind: suitx.ArgNestedResult, Index: r.index(a.GetResult()), Nested: r.index(a.GetSubresult())}
	}
	r.fail(invalid("argument", "unknown argument kind %d", a.GetKind()))
	return suitx.Argument{}
}

func (r *reader) index(n uint32) uint16 {
	if n > 1<<16-1 {
		r.fail(invalid("argument", "argument %d is out of range", n))
	}
	return uint16(n)
}
