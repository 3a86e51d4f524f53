package suitx

import "floe/codec/bcs"

func writeStatus(w *bcs.Writer, s ExecutionStatus) {
	f := s.Failure
	if f == nil {
		w.Uleb(0)
		return
	}
	w.Uleb(1)
	w.Uleb(uint32(f.Kind))
	f.writeDetail(w)
	writeOptionalU64(w, f.Command)
}

func readStatus(r *bcs.Reader) ExecutionStatus {
	if r.Variant(2) == 0 {
		return ExecutionStatus{}
	}
	f := &ExecutionFailure{Kind: FailureKind(r.Variant(failureKinds))}
	f.readDetail(r)
	f.Command = readOptionalU64(r)
	return ExecutionStatus{Failure: f}
}

func (f *ExecutionFailure) writeDetail(w *bcs.Writer) {
	switch f.Kind {
	case MoveObjectTooBig, MovePackageTooBig, EffectsTooLarge, WrittenObjectsTooLarge,
		MoveVectorElemTooBig, MoveRawValueTooBig:
		w.U64(f.Size)
		w.U64(f.Limit)
	case CircularObjectOwnership, NonExclusiveWriteInputObjectModified:
		writeAddress(w, f.Address)
	case MovePrimitiveRuntimeError:
		w.Option(f.Location != nil)
		if f.Location != nil {
			writeLocation(w, *f.Location)
		}
	case MoveAbort:
		writeLocation(w, *f.Location)
		w.U64(f.AbortCode)
	case CommandArgumentError:
		w.U16(f.Argument)
		w.Uleb(uint32(f.Problem))
		f.writeProblem(w)
	case TypeArgumentError:
		w.U16(f.Argument)
		w.Uleb(uint32(f.TypeProblem))
	case UnusedValueWithoutDrop:
		w.U16(f.First)
		w.U16(f.Second)
	case InvalidPublicFunctionReturnType:
		w.U16(f.First)
	case ExecutionCancelledDueToCongestion:
		bcs.WriteSeq(w, f.Congested, writeAddress)
	case AddressDeniedForCoin:
		writeAddress(w, f.Address)
		w.String(f.CoinType)
	case CoinTypeGlobalPause:
		w.String(f.CoinType)
	case PackageUpgradeError:
		writeUpgradeFailure(w, f.Upgrade)
	}
}

func (f *ExecutionFailure) readDetail(r *bcs.Reader) {
	switch f.Kind {
	case MoveObjectTooBig, MovePackageTooBig, EffectsTooLarge, WrittenObjectsTooLarge,
		MoveVectorElemTooBig, MoveRawValueTooBig:
		f.Size, f.Limit = r.U64(), r.U64()
	case CircularObjectOwnership, NonExclusiveWriteInputObjectModified:
		f.Address = readAddress(r)
	case MovePrimitiveRuntimeError:
		if r.Option() {
			f.Location = readLocation(r)
		}
	case MoveAbort:
		f.Location, f.AbortCode = readLocation(r), r.U64()
	case CommandArgumentError:
		f.Argument, f.Problem = r.U16(), ArgumentProblem(r.Variant(argumentProblems))
		f.readProblem(r)
	case TypeArgumentError:
		f.Argument, f.TypeProblem = r.U16(), TypeArgumentProblem(r.Variant(typeArgumentProblems))
	case UnusedValueWithoutDrop:
		f.First, f.Second = r.U16(), r.U16()
	case InvalidPublicFunctionReturnType:
		f.First = r.U16()
	case ExecutionCancelledDueToCongestion:
		f.Congested = readAddresses(r)
	case AddressDeniedForCoin:
		f.Address, f.CoinType = readAddress(r), r.String()
	case CoinTypeGlobalPause:
		f.CoinType = r.String()
	case PackageUpgradeError:
		f.Upgrade = readUpgradeFailure(r)
	}
}

func (f *ExecutionFailure) writeProblem(w *bcs.Writer) {
	switch f.Problem {
	case IndexOutOfBounds, InvalidResultArity:
		w.U16(f.First)
	case SecondaryIndexOutOfBounds:
		w.U16(f.First)
		w.U16(f.Second)
	}
}

func (f *ExecutionFailure) readProblem(r *bcs.Reader) {
	switch f.Problem {
	case IndexOutOfBounds, InvalidResultArity:
		f.First = r.U16()
	case SecondaryIndexOutOfBounds:
		f.First, f.Second = r.U16(), r.U16()
	}
}

func writeLocation(w *bcs.Writer, l MoveLocation) {
	writeAddress(w, l.Package)
	w.String(l.Module)
	w.U16(l.Function)
	w.U16(l.Instruction)
	w.Option(l.FunctionName != nil)
	if l.FunctionName != nil {
		w.String(*l.FunctionName)
	}
}

func readLocation(r *bcs.Reader) *MoveLocation {
	l := &MoveLocation{Package: readAddress(r), Module: r.String(), Function: r.U16(), Instruction: r.U16()}
	if r.Option() {
		name := r.String()
		l.FunctionName = &name
	}
	return l
}
