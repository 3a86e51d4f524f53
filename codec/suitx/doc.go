// Package suitx is Sui's wire: transactions, objects, effects and events as BCS,
// their digests, the IDs derived from them, and signatures over transactions.
// The page and the server share it, so it depends on BLAKE2b, base58 and
// signatures alone.
//
// To send a transaction, use a [Builder], then [TransactionData.Marshal] and
// [SignTransaction]. To judge one, use [UnmarshalTransactionData] and
// [VerifyTransaction], which takes all of Sui's schemes but zkLogin;
// [ParseSignature] takes a signature apart. State comes as an [Object], outcomes as [Effects].
//
// Digests are BLAKE2b-256 over a type's name, two colons and its BCS:
//
//	transaction  "TransactionData::"    ‖ TransactionData
//	effects      "TransactionEffects::" ‖ TransactionEffects
//	events       "TransactionEvents::"  ‖ vector of Event
//	object       "Object::"             ‖ Object
//
// A signature is flag u8 ‖ signature ‖ key, over BLAKE2b-256 of the intent
// (00 00 00 for a transaction, 03 00 00 for a message) ‖ BCS; [Signature] has
// the details. An address is BLAKE2b-256 of flag ‖ key. An object created by a transaction has the ID
// BLAKE2b-256(f1 ‖ transaction digest ‖ counter u64), a dynamic field
// BLAKE2b-256(f0 ‖ parent ‖ key length u64 ‖ key ‖ TypeTag of the key).
//
// Every Unmarshal accepts one encoding only: what it takes, Marshal gives back
// byte for byte. What Sui has and Floe has no use for (system transactions,
// effects V1) is refused with [ErrUnsupported].
package suitx

import "errors"

var (
	// ErrUnsupported says that the bytes are Sui's, but of a kind that this package doesn't read.
	ErrUnsupported = errors.New("unsupported")
	// ErrMalformedText says that a string is no address, digest or type.
	ErrMalformedText = errors.New("malformed")
)
