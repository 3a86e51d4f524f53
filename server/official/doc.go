// Package official proves that Walrus' own client can't tell our network from
// Walrus. It holds tests alone: they run @mysten/walrus, unmodified from npm, in
// Node against the floed binary.
//
// A test feeds one script of testdata to Node, after prelude.mjs, which says
// what scripts share. Every failed check is printed as a line "FAIL …", the last
// line is "DONE n". Tests share one floed and have keys of their own; those that
// stop nodes or need short epochs start another.
//
// testdata/calls holds what the client calls, operation by operation, derived
// by hand from a trace of @mysten/walrus 1.2.13 against another ledger; see
// golden_test.go for the notation.
package official
