// Package walrus is what buying storage of Walrus' contracts takes: how the
// objects lie in BCS, what a blob costs, and the commands that reserve space and
// register blobs. It is pure: reading and executing are the caller's, who has
// its own way to Sui.
//
// [ReadSystem] says which package to call; [Want] and [Wanted.In] find out what
// must be bought, [Price] what that costs, [Contracts.Register] buys it.
package walrus
