package rpc

import (
	"errors"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/bcs"
	"floe/codec/suitx"
)

// transaction takes TransactionData apart. Of a system transaction, which
// suitx doesn't read, it gives the bytes, the digest and the kind.
func transaction(b []byte) (*pb.Transaction, error) {
	data, err := suitx.UnmarshalTransactionData(b)
	switch {
	case errors.Is(err, suitx.ErrUnsupported):
		r := bcs.NewReader(b)
		r.Uleb()
		kind := pb.TransactionKind_Kind(r.Uleb() + 1).Enum()
		return &pb.Transaction{
			Bcs:     named("TransactionData", b),
			Digest:  proto.String(suitx.TransactionDigest(b).String()),
			Version: proto.Int32(1),
			Kind:    &pb.TransactionKind{Kind: kind},
		}, nil
	case err != nil:
		return nil, err
	}
	return transactionOf(data), nil
}

func transactionOf(data *suitx.TransactionData) *pb.Transaction {
	b := data.Marshal()
	return &pb.Transaction{
		Bcs:        named("TransactionData", b),
		Digest:     proto.String(suitx.TransactionDigest(b).String()),
		Version:    proto.Int32(1),
		Kind:       programmable(data),
		Sender:     proto.String(data.Sender.String()),
		GasPayment: gasPayment(data.Gas),
		Expiration: expiration(data.Expiration),
	}
}

func gasPayment(g suitx.GasData) *pb.GasPayment {
	out := &pb.GasPayment{
		Owner:  proto.String(g.Owner.String()),
		Price:  proto.Uint64(g.Price),
		Budget: proto.Uint64(g.Budget),
	}
	for _, r := range g.Payment {
		out.Objects = append(out.Objects, objectRef(r))
	}
	return out
}

func programmable(data *suitx.TransactionData) *pb.TransactionKind {
	out := &pb.ProgrammableTransaction{}
	for _, in := range data.Inputs {
		out.Inputs = append(out.Inputs, input(in))
	}
	for _, c := range data.Commands {
		out.Commands = append(out.Commands, command(c))
	}
	return &pb.TransactionKind{
		Kind: pb.TransactionKind_PROGRAMMABLE_TRANSACTION.Enum(),
		Data: &pb.TransactionKind_ProgrammableTransaction{ProgrammableTransaction: out},
	}
}

func input(in suitx.Input) *pb.Input {
	switch in.Kind {
	case suitx.InputPure:
		return &pb.Input{Kind: pb.Input_PURE.Enum(), Pure: append([]byte{}, in.Pure...)}
	case suitx.InputFundsWithdrawal:
		return withdrawal(in.Withdrawal)
	}
	out := &pb.Input{
		ObjectId: proto.String(in.Object.Ref.ID.String()),
		Version:  proto.Uint64(in.Object.Ref.Version),
	}
	switch in.Object.Kind {
	case suitx.ImmOrOwned:
		out.Kind = pb.Input_IMMUTABLE_OR_OWNED.Enum()
		out.Digest = proto.String(in.Object.Ref.Digest.String())
	case suitx.Receiving:
		out.Kind = pb.Input_RECEIVING.Enum()
		out.Digest = proto.String(in.Object.Ref.Digest.String())
	case suitx.Shared:
		out.Kind = pb.Input_SHARED.Enum()
		out.Mutable = proto.Bool(in.Object.Mutable)
		setMutability(out, in.Object.Mutable)
	}
	return out
}

func command(c suitx.Command) *pb.Command {
	switch c := c.(type) {
	case *suitx.MoveCall:
		call := &pb.MoveCall{
			Package:   proto.String(c.Package.String()),
			Module:    proto.String(c.Module),
			Function:  proto.String(c.Function),
			Arguments: arguments(c.Args),
		}
		for _, t := range c.TypeArgs {
			call.TypeArguments = append(call.TypeArguments, t.String())
		}
		return &pb.Command{Command: &pb.Command_MoveCall{MoveCall: call}}
	case *suitx.TransferObjects:
		return &pb.Command{Command: &pb.Command_TransferObjects{TransferObjects: &pb.TransferObjects{
			Objects: arguments(c.Objects), Address: argument(c.To)}}}
	case *suitx.SplitCoins:
		return &pb.Command{Command: &pb.Command_SplitCoins{SplitCoins: &pb.SplitCoins{
			Coin: argument(c.Coin), Amounts: arguments(c.Amounts)}}}
	case *suitx.MergeCoins:
		return &pb.Command{Command: &pb.Command_MergeCoins{MergeCoins: &pb.MergeCoins{
			Coin: argument(c.Into), CoinsToMerge: arguments(c.Sources)}}}
	case *suitx.Publish:
		return &pb.Command{Command: &pb.Command_Publish{Publish: &pb.Publish{
			Modules: c.Modules, Dependencies: texts(c.Dependencies)}}}
	case *suitx.MakeMoveVec:
		vec := &pb.MakeMoveVector{Elements: arguments(c.Elements)}
		if c.Type != nil {
			vec.ElementType = proto.String(c.Type.String())
		}
		return &pb.Command{Command: &pb.Command_MakeMoveVector{MakeMoveVector: vec}}
	case *suitx.Upgrade:
		return &pb.Command{Command: &pb.Command_Upgrade{Upgrade: &pb.Upgrade{
			Modules: c.Modules, Dependencies: texts(c.Dependencies),
			Package: proto.String(c.Package.String()), Ticket: argument(c.Ticket)}}}
	}
	panic("internal error: unknown command")
}

func texts(ids []suitx.Address) []string {
	var out []string
	for _, id := range ids {
		out = append(out, id.String())
	}
	return out
}

func arguments(args []suitx.Argument) []*pb.Argument {
	var out []*pb.Argument
	for _, a := range args {
		out = append(out, argument(a))
	}
	return out
}

func argument(a suitx.Argument) *pb.Argument {
	switch a.Kind {
	case suitx.ArgInput:
		return &pb.Argument{Kind: pb.Argument_INPUT.Enum(), Input: proto.Uint32(uint32(a.Index))}
	case suitx.ArgResult:
		return &pb.Argument{Kind: pb.Argument_RESULT.Enum(), Result: proto.Uint32(uint32(a.Index))}
	case suitx.ArgNestedResult:
		return &pb.Argument{Kind: pb.Argument_RESULT.Enum(), Result: proto.Uint32(uint32(a.Index)),
			Subresult: proto.Uint32(uint32(a.Nested))}
	}
	return &pb.Argument{Kind: pb.Argument_GAS.Enum()}
}
