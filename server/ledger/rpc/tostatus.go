package rpc

import (
	"fmt"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
)

func executionStatus(s suitx.ExecutionStatus) *pb.ExecutionStatus {
	out := &pb.ExecutionStatus{Success: proto.Bool(s.Success())}
	if f := s.Failure; f != nil {
		out.Error = executionError(f)
	}
	return out
}

// executionError: the kinds are those of the effects, counted from 1.
func executionError(f *suitx.ExecutionFailure) *pb.ExecutionError {
	out := &pb.ExecutionError{
		Description: proto.String(describe(f)),
		Command:     f.Command,
		Kind:        pb.ExecutionError_ExecutionErrorKind(f.Kind + 1).Enum(),
	}
	switch f.Kind {
	case suitx.MoveAbort:
		out.ErrorDetails = &pb.ExecutionError_Abort{Abort: &pb.MoveAbort{
			AbortCode: proto.Uint64(f.AbortCode), Location: moveLocation(f.Location)}}
	case suitx.MovePrimitiveRuntimeError:
		if f.Location != nil {
			out.ErrorDetails = &pb.ExecutionError_Abort{Abort: &pb.MoveAbort{Location: moveLocation(f.Location)}}
		}
	case suitx.MoveObjectTooBig, suitx.MovePackageTooBig, suitx.EffectsTooLarge, suitx.WrittenObjectsTooLarge,
		suitx.MoveVectorElemTooBig, suitx.MoveRawValueTooBig:
		out.ErrorDetails = &pb.ExecutionError_SizeError{SizeError: &pb.SizeError{
			Size: proto.Uint64(f.Size), MaxSize: proto.Uint64(f.Limit)}}
	case suitx.CommandArgumentError:
		out.ErrorDetails = &pb.ExecutionError_CommandArgumentError{CommandArgumentError: argumentError(f)}
	case suitx.TypeArgumentError:
		out.ErrorDetails = &pb.ExecutionError_TypeArgumentError{TypeArgumentError: &pb.TypeArgumentError{
			TypeArgument: proto.Uint32(uint32(f.Argument)),
			Kind:         pb.TypeArgumentError_TypeArgumentErrorKind(f.TypeProblem + 1).Enum()}}
	case suitx.UnusedValueWithoutDrop:
		out.ErrorDetails = &pb.ExecutionError_IndexError{IndexError: &pb.IndexError{
			Index: proto.Uint32(uint32(f.First)), Subresult: proto.Uint32(uint32(f.Second))}}
	case suitx.InvalidPublicFunctionReturnType:
		out.ErrorDetails = &pb.ExecutionError_IndexError{IndexError: &pb.IndexError{Index: proto.Uint32(uint32(f.First))}}
	case suitx.PackageUpgradeError:
		out.ErrorDetails = &pb.ExecutionError_PackageUpgradeError{PackageUpgradeError: upgradeError(f.Upgrade)}
	case suitx.CircularObjectOwnership:
		out.ErrorDetails = &pb.ExecutionError_ObjectId{ObjectId: f.Address.String()}
	}
	return out
}

func argumentError(f *suitx.ExecutionFailure) *pb.CommandArgumentError {
	out := &pb.CommandArgumentError{
		Argument: proto.Uint32(uint32(f.Argument)),
		Kind:     pb.CommandArgumentError_CommandArgumentErrorKind(f.Problem + 1).Enum(),
	}
	switch f.Problem {
	case suitx.IndexOutOfBounds, suitx.InvalidResultArity:
		out.IndexError = &pb.IndexError{Index: proto.Uint32(uint32(f.First))}
	case suitx.SecondaryIndexOutOfBounds:
		out.IndexError = &pb.IndexError{Index: proto.Uint32(uint32(f.First)), Subresult: proto.Uint32(uint32(f.Second))}
	}
	return out
}

func moveLocation(l *suitx.MoveLocation) *pb.MoveLocation {
	if l == nil {
		return nil
	}
	return &pb.MoveLocation{
		Package:      proto.String(l.Package.String()),
		Module:       proto.String(l.Module),
		Function:     proto.Uint32(uint32(l.Function)),
		Instruction:  proto.Uint32(uint32(l.Instruction)),
		FunctionName: l.FunctionName,
	}
}

// describe says in words what failed.
func describe(f *suitx.ExecutionFailure) string {
	text := pb.ExecutionError_ExecutionErrorKind(f.Kind + 1).String()
	switch f.Kind {
	case suitx.InsufficientGas:
		text = "Insufficient Gas."
	case suitx.InsufficientCoinBalance:
		text = "Insufficient coin balance for operation."
	case suitx.MoveAbort:
		text = fmt.Sprintf("Move Runtime Abort. Location: %s, Abort Code: %d", placeOf(f.Location), f.AbortCode)
	case suitx.MovePrimitiveRuntimeError:
		text = "Move Primitive Runtime Error. Location: " + placeOf(f.Location)
	case suitx.FunctionNotFound:
		text = "Function Not Found."
	case suitx.CommandArgumentError:
		text = fmt.Sprintf("Invalid command argument at %d. %s", f.Argument,
			pb.CommandArgumentError_CommandArgumentErrorKind(f.Problem+1))
	case suitx.TypeArgumentError:
		text = fmt.Sprintf("Error for type argument at index %d: %s", f.Argument,
			pb.TypeArgumentError_TypeArgumentErrorKind(f.TypeProblem+1))
	case suitx.UnusedValueWithoutDrop:
		text = fmt.Sprintf("Unused result without the drop ability. Command result %d, return value %d", f.First, f.Second)
	}
	if f.Command != nil {
		text = fmt.Sprintf("%s in command %d", text, *f.Command)
	}
	return text
}

func placeOf(l *suitx.MoveLocation) string {
	if l == nil {
		return "UNKNOWN"
	}
	name := fmt.Sprint(l.Function)
	if l.FunctionName != nil {
		name = *l.FunctionName
	}
	return fmt.Sprintf("%s::%s::%s (function index %d) at offset %d", l.Package, l.Module, name, l.Function, l.Instruction)
}
