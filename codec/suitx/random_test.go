package suitx

import mathrand "math/rand/v2"

// Random values of every shape that the types allow.

func pick[T any](rng *mathrand.Rand, of ...T) T { return of[rng.IntN(len(of))] }

func some[T any](rng *mathrand.Rand, max int, make func(*mathrand.Rand) T) []T {
	var list []T
	for range rng.IntN(max + 1) {
		list = append(list, make(rng))
	}
	return list
}

func maybe[T any](rng *mathrand.Rand, make func(*mathrand.Rand) T) *T {
	if rng.IntN(2) == 0 {
		return nil
	}
	v := make(rng)
	return &v
}

func random32(rng *mathrand.Rand) (b [32]byte) {
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

func randomAddress(rng *mathrand.Rand) Address { return random32(rng) }

func randomDigest(rng *mathrand.Rand) Digest { return random32(rng) }

func randomU64(rng *mathrand.Rand) uint64 { return pick(rng, 0, 1, rng.Uint64(), 1<<64-1) }

func randomU16(rng *mathrand.Rand) uint16 { return uint16(rng.Uint32()) }

func randomRef(rng *mathrand.Rand) ObjectRef {
	return ObjectRef{randomAddress(rng), randomU64(rng), randomDigest(rng)}
}

func randomBytes(rng *mathrand.Rand) []byte {
	b := make([]byte, pick(rng, 0, 1, 127, 128, 300))
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

func randomName(rng *mathrand.Rand) string {
	return pick(rng, "a", "_b", "sui", "Coin", "a_Long_name_9")
}

func randomType(rng *mathrand.Rand) TypeTag {
	switch kind := TypeKind(rng.IntN(typeKinds)); kind {
	case TypeVector:
		return VectorOf(randomType(rng))
	case TypeStruct:
		return StructTag{randomAddress(rng), randomName(rng), randomName(rng), some(rng, 1, randomType)}.Tag()
	default:
		return TypeTag{Kind: kind}
	}
}

func randomInput(rng *mathrand.Rand) Input {
	in := Input{Kind: InputKind(rng.IntN(inputKinds))}
	switch in.Kind {
	case InputPure:
		in.Pure = randomBytes(rng)
	case InputObject:
		in.Object = ObjectArg{Kind: ObjectArgKind(rng.IntN(objectArgKinds)), Ref: randomRef(rng), Mutable: rng.IntN(2) == 0}
	default:
		in.Withdrawal = FundsWithdrawal{randomU64(rng), randomType(rng), WithdrawalSource(rng.IntN(withdrawalSources)), randomAddress(rng), randomAddress(rng)}
	}
	return in
}

func randomArgument(rng *mathrand.Rand) Argument {
	return Argument{ArgumentKind(rng.IntN(argumentKinds)), randomU16(rng), randomU16(rng)}
}

func randomCommand(rng *mathrand.Rand) Command {
	args := some(rng, 3, randomArgument)
	modules, deps := some(rng, 2, randomBytes), some(rng, 2, randomAddress)
	return pick[Command](rng,
		&MoveCall{randomAddress(rng), randomName(rng), randomName(rng), some(rng, 2, randomType), args},
		&TransferObjects{args, randomArgument(rng)}, &SplitCoins{randomArgument(rng), args},
		&MergeCoins{randomArgument(rng), args}, &Publish{modules, deps},
		&MakeMoveVec{maybe(rng, randomType), args}, &Upgrade{modules, deps, randomAddress(rng), randomArgument(rng)})
}

func randomTransaction(rng *mathrand.Rand) *TransactionData {
	t := &TransactionData{Inputs: some(rng, 5, randomInput), Commands: some(rng, 5, randomCommand), Sender: randomAddress(rng)}
	t.Gas = GasData{some(rng, 2, randomRef), randomAddress(rng), randomU64(rng), randomU64(rng)}
	t.Expiration.Kind = ExpirationKind(rng.IntN(expirationKinds))
	e := &t.Expiration
	e.Epoch = rng.Uint64() >> 11 // the SDK reads it as a double
	e.MinEpoch, e.MaxEpoch, e.MinTimestamp, e.MaxTimestamp = maybe(rng, randomU64), maybe(rng, randomU64), maybe(rng, randomU64), maybe(rng, randomU64)
	e.Chain, e.Nonce = randomDigest(rng), rng.Uint32()
	e.Proposers = maybe(rng, func(rng *mathrand.Rand) AllowedProposers {
		return AllowedProposers{randomU64(rng), pick(rng, []uint32{0}, []uint32{1, 5, 1 << 31})}
	})
	return t
}

func randomOwner(rng *mathrand.Rand) Owner {
	return Owner{OwnerKind(rng.IntN(ownerKinds)), randomAddress(rng), randomU64(rng)}
}

func randomObject(rng *mathrand.Rand) *Object {
	o := &Object{Owner: randomOwner(rng), PreviousTransaction: randomDigest(rng), StorageRebate: randomU64(rng)}
	if rng.IntN(4) == 0 {
		o.Package = &MovePackage{ID: randomAddress(rng), Version: randomU64(rng),
			Modules:     []Module{{"b", randomBytes(rng)}, {"aa", randomBytes(rng)}, {"ab", nil}},
			TypeOrigins: []TypeOrigin{{"b", "T", randomAddress(rng)}},
			Linkage:     []Link{{FrameworkAddress(1), randomAddress(rng), 1}, {FrameworkAddress(2), randomAddress(rng), 2}}}
		return o
	}
	struct0 := StructTag{randomAddress(rng), randomName(rng), randomName(rng), some(rng, 2, randomType)}
	id := random32(rng)
	o.Move = &MoveObject{pick(rng, struct0, CoinOf(SUI()), CoinOf(randomType(rng)), stakedSui()), rng.IntN(2) == 0,
		randomU64(rng), append(id[:], randomBytes(rng)...)}
	return o
}

func randomEffects(rng *mathrand.Rand) *Effects {
	e := &Effects{ExecutedEpoch: randomU64(rng), GasUsed: GasCost{1, 2, 3, randomU64(rng)}, TransactionDigest: randomDigest(rng),
		GasObjectIndex: maybe(rng, (*mathrand.Rand).Uint32), EventsDigest: maybe(rng, randomDigest), Dependencies: some(rng, 3, randomDigest),
		LamportVersion: randomU64(rng), AuxDataDigest: maybe(rng, randomDigest)}
	e.Status.Failure = maybe(rng, randomFailure)
	e.ChangedObjects = some(rng, 4, func(rng *mathrand.Rand) ChangedObject {
		return ChangedObject{ID: randomAddress(rng), IDOperation: IDOperation(rng.IntN(idOperations)),
			Input: maybe(rng, func(rng *mathrand.Rand) ObjectIn {
				return ObjectIn{randomU64(rng), randomDigest(rng), randomOwner(rng)}
			}),
			Output: ObjectOut{OutputKind(rng.IntN(outputAccumulator)), randomDigest(rng), randomOwner(rng), randomU64(rng)}}
	})
	e.UnchangedObjects = some(rng, 3, func(rng *mathrand.Rand) UnchangedObject {
		return UnchangedObject{randomAddress(rng), UnchangedKind(rng.IntN(unchangedKinds)), randomU64(rng), randomDigest(rng)}
	})
	return e
}

func randomFailure(rng *mathrand.Rand) ExecutionFailure {
	f := ExecutionFailure{Kind: FailureKind(rng.IntN(failureKinds)), Command: maybe(rng, randomU64), AbortCode: randomU64(rng),
		Argument: randomU16(rng), Problem: ArgumentProblem(rng.IntN(argumentProblems)), TypeProblem: TypeArgumentProblem(rng.IntN(typeArgumentProblems)),
		First: randomU16(rng), Second: randomU16(rng), Size: randomU64(rng), Limit: randomU64(rng), Address: randomAddress(rng),
		CoinType: "0x2::sui::SUI", Congested: some(rng, 3, randomAddress)}
	f.Upgrade = UpgradeFailure{UpgradeProblem(rng.IntN(upgradeProblems)), randomAddress(rng), randomAddress(rng),
		[]byte(randomName(rng)), uint8(rng.IntN(256))}
	f.Location = &MoveLocation{randomAddress(rng), randomName(rng), randomU16(rng), randomU16(rng), maybe(rng, randomName)}
	return f
}
