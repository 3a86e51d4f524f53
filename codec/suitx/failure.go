package suitx

// FailureKind says why a transaction failed. The values are Sui's: never reorder.
type FailureKind uint8

const (
	InsufficientGas                              FailureKind = 0
	InvalidGasObject                             FailureKind = 1
	InvariantViolation                           FailureKind = 2
	FeatureNotYetSupported                       FailureKind = 3
	MoveObjectTooBig                             FailureKind = 4
	MovePackageTooBig                            FailureKind = 5
	CircularObjectOwnership                      FailureKind = 6
	InsufficientCoinBalance                      FailureKind = 7
	CoinBalanceOverflow                          FailureKind = 8
	PublishErrorNonZeroAddress                   FailureKind = 9
	SuiMoveVerificationError                     FailureKind = 10
	MovePrimitiveRuntimeError                    FailureKind = 11
	MoveAbort                                    FailureKind = 12
	VMVerificationOrDeserializationError         FailureKind = 13
	VMInvariantViolation                         FailureKind = 14
	FunctionNotFound                             FailureKind = 15
	ArityMismatch                                FailureKind = 16
	TypeArityMismatch                            FailureKind = 17
	NonEntryFunctionInvoked                      FailureKind = 18
	CommandArgumentError                         FailureKind = 19
	TypeArgumentError                            FailureKind = 20
	UnusedValueWithoutDrop                       FailureKind = 21
	InvalidPublicFunctionReturnType              FailureKind = 22
	InvalidTransferObject                        FailureKind = 23
	EffectsTooLarge                              FailureKind = 24
	PublishUpgradeMissingDependency              FailureKind = 25
	PublishUpgradeDependencyDowngrade            FailureKind = 26
	PackageUpgradeError                          FailureKind = 27
	WrittenObjectsTooLarge                       FailureKind = 28
	CertificateDenied                            FailureKind = 29
	SuiMoveVerificationTimedout                  FailureKind = 30
	SharedObjectOperationNotAllowed              FailureKind = 31
	InputObjectDeleted                           FailureKind = 32
	ExecutionCancelledDueToCongestion            FailureKind = 33
	AddressDeniedForCoin                         FailureKind = 34
	CoinTypeGlobalPause                          FailureKind = 35
	ExecutionCancelledDueToRandomnessUnavailable FailureKind = 36
	MoveVectorElemTooBig                         FailureKind = 37
	MoveRawValueTooBig                           FailureKind = 38
	InvalidLinkage                               FailureKind = 39
	InsufficientBalanceForWithdraw               FailureKind = 40
	NonExclusiveWriteInputObjectModified         FailureKind = 41

	failureKinds = 42
)

// ArgumentProblem is what was wrong with a command's argument. The values are Sui's: never reorder.
type ArgumentProblem uint8

const (
	TypeMismatch                         ArgumentProblem = 0
	InvalidBCSBytes                      ArgumentProblem = 1
	InvalidUsageOfPureArg                ArgumentProblem = 2
	InvalidArgumentToPrivateEntry        ArgumentProblem = 3
	IndexOutOfBounds                     ArgumentProblem = 4 // First
	SecondaryIndexOutOfBounds            ArgumentProblem = 5 // First, Second
	InvalidResultArity                   ArgumentProblem = 6 // First
	InvalidGasCoinUsage                  ArgumentProblem = 7
	InvalidValueUsage                    ArgumentProblem = 8
	InvalidObjectByValue                 ArgumentProblem = 9
	InvalidObjectByMutRef                ArgumentProblem = 10
	SharedObjectOperationNotAllowedAsArg ArgumentProblem = 11
	InvalidArgumentArity                 ArgumentProblem = 12
	InvalidTransferObjectAsArg           ArgumentProblem = 13
	InvalidMakeMoveVecNonObjectArgument  ArgumentProblem = 14
	ArgumentWithoutValue                 ArgumentProblem = 15
	CannotMoveBorrowedValue              ArgumentProblem = 16
	CannotWriteToExtendedReference       ArgumentProblem = 17
	InvalidReferenceArgument             ArgumentProblem = 18
	InvalidTxContext                     ArgumentProblem = 19

	argumentProblems = 20
)

// TypeArgumentProblem is what was wrong with a type argument. The values are Sui's: never reorder.
type TypeArgumentProblem uint8

const (
	TypeNotFound           TypeArgumentProblem = 0
	ConstraintNotSatisfied TypeArgumentProblem = 1

	typeArgumentProblems = 2
)

// ExecutionStatus is a transaction's outcome; Failure is nil on success.
type ExecutionStatus struct {
	Failure *ExecutionFailure
}

func (s ExecutionStatus) Success() bool { return s.Failure == nil }

// ExecutionFailure says why and at which command a transaction failed. Of the
// other fields those count that the comments name with their kinds.
type ExecutionFailure struct {
	Kind    FailureKind
	Command *uint64

	Location      *MoveLocation       // MoveAbort; MovePrimitiveRuntimeError, where it may be nil
	AbortCode     uint64              // MoveAbort
	Argument      uint16              // CommandArgumentError, TypeArgumentError
	Problem       ArgumentProblem     // CommandArgumentError
	TypeProblem   TypeArgumentProblem // TypeArgumentError
	First, Second uint16              // UnusedValueWithoutDrop, InvalidPublicFunctionReturnType (First), and by Problem
	Size, Limit   uint64              // everything too big or too large
	Address       Address             // CircularObjectOwnership, AddressDeniedForCoin, NonExclusiveWriteInputObjectModified
	Upgrade       UpgradeFailure      // PackageUpgradeError
	CoinType      string              // AddressDeniedForCoin, CoinTypeGlobalPause
	Congested     []Address           // ExecutionCancelledDueToCongestion
}

// MoveLocation is where in a module execution stopped.
type MoveLocation struct {
	Package      Address
	Module       string
	Function     uint16
	Instruction  uint16
	FunctionName *string
}
