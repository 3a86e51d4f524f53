package vm

import (
	"errors"
	"fmt"

	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// failure is why a transaction failed.
type failure suitx.ExecutionFailure

func (f *failure) Error() string { return fmt.Sprintf("execution failure %d", f.Kind) }

func fail(kind suitx.FailureKind) error { return &failure{Kind: kind} }

func badArgument(arg int, p suitx.ArgumentProblem) error {
	return &failure{Kind: suitx.CommandArgumentError, Argument: uint16(arg), Problem: p}
}

func badIndex(arg int, p suitx.ArgumentProblem, first, second uint16) error {
	return &failure{Kind: suitx.CommandArgumentError, Argument: uint16(arg), Problem: p, First: first, Second: second}
}

// badType tells why a type argument is none.
func badType(arg int, err error) error {
	f := &failure{Kind: suitx.TypeArgumentError, Argument: uint16(arg), TypeProblem: suitx.ConstraintNotSatisfied}
	if errors.Is(err, move.ErrTypeNotFound) {
		f.TypeProblem = suitx.TypeNotFound
	}
	return f
}

// atCommand notes at which command a failure was, unless that is known.
func atCommand(err error, i int) error {
	var f *failure
	if errors.As(err, &f) && f.Command == nil {
		n := uint64(i)
		f.Command = &n
	}
	return err
}

// aborted turns the error of a native function into a failure; any other error
// than an abort stays what it is: a defect.
func aborted(err error) error {
	var a *move.Abort
	if !errors.As(err, &a) {
		return err
	}
	f := &failure{Kind: suitx.MoveAbort, AbortCode: a.Code, Location: &suitx.MoveLocation{
		Package: a.Package, Module: a.Module, Function: a.Index, FunctionName: &a.Function}}
	if a.Arithmetic {
		f.Kind = suitx.MovePrimitiveRuntimeError
	}
	return f
}
