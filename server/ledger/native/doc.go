// Package native holds the Go twins of the Move packages in play: the parts of
// Sui's framework that transactions use, Walrus' token and contracts, and
// Floe's parcels. [New] declares them all.
//
// A twin declares its types and signatures as the Move source does, and its
// functions give the same results, abort codes and events. What the code
// touches is BCS in Go structs with Read and Write, in Move's order of fields.
// Who may call what with what is not decided here but by package vm.
//
// One package has its bytecode here too: Floe's. Whoever publishes that bytecode
// or upgrades to it gets a package that runs the same twin. The framework, the
// token and Walrus are on the ledger without bytecode, for theirs isn't ours.
//
// The framework and Walrus have more functions than stand here; their packages
// say so (Partial), and a call of what is missing is refused as unsupported
// instead of failing as unknown.
package native
