// Package vm executes programmable transactions. [Run] takes one whose inputs
// exist and are the sender's to use, and returns its outcome: effects, events
// and the objects as they became. It writes nothing itself.
//
// Before the first command runs, the whole program is checked, in Sui's order
// and with Sui's failures:
//
//	typing   every argument exists and is of the type the command wants (type.go)
//	inputs   pure bytes are values of their type; nothing read-only is changed or
//	         taken; the gas coin is taken by TransferObjects alone (inputs.go)
//	calls    only public functions that return no references (inputs.go)
//	memory   nothing is used after it moved, &mut excludes all other use (memory.go)
//	drop     no result without drop is left over (memory.go)
//
// So the Go code of a native function gets what its signature says or isn't
// called, and nothing of this is repeated there. Then the commands run (run.go)
// on values, which are BCS; what they create, delete, transfer and emit gathers
// in a session (session.go) and becomes objects and effects at the end
// (finish.go). A failure drops all of it but the gas (gas.go). Publishing and
// upgrading are commands, too: what they make is a package object and the Go code
// that runs as it (publish.go).
//
// Computation is counted more coarsely than Sui does, and rounded up as there;
// storage is charged to the byte as Sui charges it.
package vm
