// Package move describes Move packages whose code is written in Go: modules,
// types with their abilities and fields, functions with their signatures.
//
// A [Package] is put together from [Package.Module], [Module.Struct] and
// [Module.Func]. What a function's Go code gets is a [Call]: arguments and
// results are BCS, and all it may do beyond them (new IDs, events, transfers,
// dynamic fields) goes through the Call too. It decides nothing about types,
// ownership or borrowing: the one who runs it has checked the arguments
// against the signature and judges the results by it.
//
// [Packages] finds declarations, the abilities of any type, and checks whether
// bytes are the BCS of a type. A [Twin] is the code of a package that may be
// published and upgraded: any package of the same bytecode runs it.
package move
