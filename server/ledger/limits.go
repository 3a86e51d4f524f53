package ledger

import (
	"errors"

	"floe/codec/bcs"
	"floe/codec/suitx"
)

// Sui's limits.
const (
	maxTxBytes      = 128 << 10
	maxPureBytes    = 16 << 10
	maxInputs       = 2048
	maxCommands     = 1024
	maxArguments    = 512
	maxTypeNodes    = 16
	maxPublish      = 5
	maxModules      = 64
	maxDependencies = 32
	maxGasCoins     = 256
	minBudgetUnits  = 1000
	maxBudget       = 50_000_000_000
	maxGasPrice     = 100_000
	referencePrice  = 1000
	maxSimulateCoin = 1 << 62 // balance of the coin that pays for a simulation without payment
)

// Limits are the constants of Sui's protocol that hold here, by its names.
func Limits() map[string]uint64 {
	return map[string]uint64{
		"max_tx_size_bytes":            maxTxBytes,
		"max_pure_argument_size":       maxPureBytes,
		"max_input_objects":            maxInputs,
		"max_programmable_tx_commands": maxCommands,
		"max_arguments":                maxArguments,
		"max_gas_payment_objects":      maxGasCoins,
		"max_tx_gas":                   maxBudget,
		"max_gas_price":                maxGasPrice,
		"base_tx_cost_fixed":           minBudgetUnits,
	}
}

// parse reads a transaction and checks what can be checked without knowing any object.
func parse(tx []byte) (*suitx.TransactionData, *Refusal) {
	if len(tx) > maxTxBytes {
		return nil, tooLarge("serialized transaction size", len(tx), maxTxBytes)
	}
	data, err := suitx.UnmarshalTransactionData(tx)
	if errors.Is(err, suitx.ErrUnsupported) {
		return nil, unsupported("%v", err)
	}
	if err != nil {
		return nil, invalid("TransactionDeserializationError", "%v", err)
	}
	return data, checkLimits(data)
}

// CheckLimits returns a *Refusal if a transaction breaks one of the limits that
// can be checked without knowing any object.
func CheckLimits(data *suitx.TransactionData) error {
	if r := checkLimits(data); r != nil {
		return r
	}
	return nil
}

// checkLimits checks a transaction's size and shape.
func checkLimits(data *suitx.TransactionData) *Refusal {
	if n := len(data.Inputs) + len(data.Gas.Payment); n > maxInputs {
		return tooLarge("maximum input objects in a transaction", n, maxInputs)
	}
	if n := len(data.Commands); n > maxCommands {
		return tooLarge("maximum commands in a programmable transaction", n, maxCommands)
	}
	seen := make(map[suitx.Address]bool)
	for _, in := range data.Inputs {
		if r := checkInput(in, seen); r != nil {
			return r
		}
	}
	packages := 0
	for _, c := range data.Commands {
		if r := checkCommand(c); r != nil {
			return r
		}
		if makesPackage(c) {
			packages++
		}
	}
	if packages > maxPublish {
		return invalid("MaxPublishCountExceeded", "Number of publish and upgrade commands is %d, at most %d allowed", packages, maxPublish)
	}
	return checkPayment(data.Gas, seen)
}

func checkInput(in suitx.Input, seen map[suitx.Address]bool) *Refusal {
	switch in.Kind {
	case suitx.InputPure:
		if len(in.Pure) > maxPureBytes {
			return tooLarge("maximum pure argument size", len(in.Pure), maxPureBytes)
		}
		return nil
	case suitx.InputFundsWithdrawal:
		return unsupported("withdrawals from address balances aren't supported here")
	}
	id := in.Object.Ref.ID
	if seen[id] && in.Object.Kind == suitx.Receiving {
		return about(invalid("DuplicateObjectRefInput", "Duplicate object reference %s in the inputs", id), in.Object.Ref)
	}
	if seen[id] {
		return about(invalid("MutableObjectUsedMoreThanOnce",
			"Mutable object %s cannot appear more than one in one transaction", id), in.Object.Ref)
	}
	seen[id] = true
	return nil
}

func checkCommand(c suitx.Command) *Refusal {
	var args, least int
	switch c := c.(type) {
	case *suitx.MoveCall:
		if n := typeNodes(c.TypeArgs); n >= maxTypeNodes {
			return tooLarge("maximum type arguments in a call transaction", n, maxTypeNodes-1)
		}
		args = len(c.Args)
	case *suitx.TransferObjects:
		args, least = len(c.Objects), 1
	case *suitx.SplitCoins:
		args, least = len(c.Amounts), 1
	case *suitx.MergeCoins:
		args, least = len(c.Sources), 1
	case *suitx.MakeMoveVec:
		if args = len(c.Elements); c.Type == nil {
			least = 1
		} else if n := typeNodes([]suitx.TypeTag{*c.Type}); n >= maxTypeNodes {
			return tooLarge("maximum type arguments in a call transaction", n, maxTypeNodes-1)
		}
	case *suitx.Publish:
		return checkModules(c.Modules, c.Dependencies)
	case *suitx.Upgrade:
		return checkModules(c.Modules, c.Dependencies)
	}
	if args < least {
		return invalid("EmptyCommandInput", "Command has no arguments")
	}
	if args > maxArguments {
		return tooLarge("maximum arguments in a programmable transaction command", args, maxArguments)
	}
	return nil
}

func makesPackage(c suitx.Command) bool {
	switch c.(type) {
	case *suitx.Publish, *suitx.Upgrade:
		return true
	}
	return false
}

func checkModules(modules [][]byte, dependencies []suitx.Address) *Refusal {
	switch {
	case len(modules) == 0:
		return invalid("EmptyCommandInput", "Command has no arguments")
	case len(modules) >= maxModules:
		return tooLarge("maximum modules in a programmable transaction publish command", len(modules), maxModules-1)
	case len(dependencies) >= maxDependencies:
		return tooLarge("maximum package dependencies", len(dependencies), maxDependencies-1)
	}
	return nil
}

// typeNodes counts types with all that they are made of.
func typeNodes(types []suitx.TypeTag) int {
	n := len(types)
	for _, t := range types {
		if t.Elem != nil {
			n += typeNodes([]suitx.TypeTag{*t.Elem})
		}
		if t.Struct != nil {
			n += typeNodes(t.Struct.Params)
		}
	}
	return n
}

func checkPayment(g suitx.GasData, seen map[suitx.Address]bool) *Refusal {
	if len(g.Payment) > maxGasCoins {
		return tooLarge("maximum number of gas payment objects", len(g.Payment), maxGasCoins)
	}
	for _, ref := range g.Payment {
		if seen[ref.ID] {
			return about(invalid("MutableObjectUsedMoreThanOnce",
				"Mutable object %s cannot appear more than one in one transaction", ref.ID), ref)
		}
		seen[ref.ID] = true
	}
	return nil
}

// checkGas checks price and budget.
func checkGas(g suitx.GasData) *Refusal {
	if len(g.Payment) == 0 {
		return invalid("MissingGasPayment", "Transaction must have at least one gas coin")
	}
	if g.Price < referencePrice {
		return invalid("GasPriceUnderRGP", "Gas price %d under reference gas price (RGP) %d", g.Price, referencePrice)
	}
	if r := checkMostGas(g); r != nil {
		return r
	}
	if g.Budget < minBudgetUnits*g.Price {
		return invalid("GasBudgetTooLow", "Gas budget: %d is lower than min: %d", g.Budget, minBudgetUnits*g.Price)
	}
	return nil
}

// checkMostGas checks the bounds that hold even where nobody pays: no coin, not
// a simulated one either, covers more.
func checkMostGas(g suitx.GasData) *Refusal {
	if g.Price >= maxGasPrice {
		return invalid("GasPriceTooHigh", "Gas price cannot exceed %d mist", maxGasPrice)
	}
	if g.Budget > maxBudget {
		return invalid("GasBudgetTooHigh", "Gas budget: %d is higher than max: %d", g.Budget, maxBudget)
	}
	return nil
}

// signedSize is the BCS of a transaction with intent and signatures, as Sui
// counts it: passkeys' signatures are as long as their makers like.
func signedSize(tx []byte, sigs [][]byte) int {
	size := 1 + 3 + len(tx) + 1
	for _, sig := range sigs {
		var w bcs.Writer
		w.Uleb(uint32(len(sig)))
		size += len(w.Data()) + len(sig)
	}
	return size
}

// checkSignatures demands a signature of the sender, and of the gas owner if
// that is another, and no others. Their order doesn't matter.
func checkSignatures(tx []byte, data *suitx.TransactionData, sigs [][]byte) *Refusal {
	signers := []suitx.Address{data.Sender}
	if data.Gas.Owner != data.Sender {
		signers = append(signers, data.Gas.Owner)
	}
	if size := signedSize(tx, sigs); size > maxTxBytes {
		return tooLarge("serialized transaction size", size, maxTxBytes)
	}
	if len(sigs) != len(signers) {
		return refuse(ErrInvalidSignature, "SignerSignatureNumberMismatch",
			"Expect %d signer signatures but got %d", len(signers), len(sigs))
	}
	by := make(map[suitx.Address][]byte)
	for _, sig := range sigs {
		signer, err := suitx.SignerOf(sig)
		if errors.Is(err, suitx.ErrUnsupportedScheme) {
			return refuse(ErrUnsupported, "UnsupportedFeatureError", "%v", err)
		}
		if err != nil {
			return refuse(ErrInvalidSignature, "InvalidSignature", "%v", err)
		}
		by[signer] = sig
	}
	for _, signer := range signers {
		sig, ok := by[signer]
		if !ok {
			return refuse(ErrInvalidSignature, "SignerSignatureAbsent", "Required Signature from %s is absent", signer)
		}
		if err := suitx.VerifyTransaction(tx, sig, signer); err != nil {
			return refuse(ErrInvalidSignature, "InvalidSignature", "Signature is not valid: %v", err)
		}
	}
	return nil
}
