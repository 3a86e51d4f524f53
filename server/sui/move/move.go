// Package move holds Floe's Move package, floe::parcel, written for Sui: its
// sources, its unit tests and what Go code must know of it.
//
//	sources/parcel.move    the package; its module doc is the specification
//	build/parcel.mv        the compiled module, written by this package's test, with
//	                       -update, and what [Modules] returns
//	tests/scenarios.move   written by this package's test, with -update
//	tests/parcel_tests.move, tests/expect.move   written by hand
//	testdata/framework/    a stub of the few functions of Sui's framework that
//	                       these need, as GitHub can't be reached from a build
//	testdata/build.mjs     compiles and tests it all with Sui's own compiler
//
// The test compiles the package and compares it with [Modules], [Dependencies]
// and [Digest], runs the Move unit tests in Sui's VM, and runs the same scenarios
// against the ledger's native twin.
package move

// Digest is the package digest of the compiled sources (hex), as Sui computes
// it over modules and dependencies. Whoever publishes the package checks it.
// Another digest is another package: the ledger's native twin must be told.
const Digest = "ce3b6ab6b387d0e41eb4cf34827d85c6dff297fd942c2074b31b6847a8878dd0"

// Abort codes of module parcel. Never reorder, add at the end.
const (
	WrongSequence        = 0 // not the next statement
	MalformedStatement   = 1
	SlotNotInStatement   = 2
	GrantMismatch        = 3 // the statement binds another grant to the slot
	SlotStillInStatement = 4
	GrantMissing         = 5 // no grant stands in the slot
	GrantsLeft           = 6 // a parcel is deleted without grants
	TooLarge             = 7
)
