// Package crew encodes a blob in several workers at once. Use [New]; a [Crew] is
// a client.Coder.
//
// A blob's columns are cut into jobs: what needs the row code's symbols, which
// is the longest, and the other columns a few at a time. Mates take jobs from
// the end, the worker that asked takes them from the beginning, until none is
// left: so each does as much as it is fast, whatever else its core has to do.
// Between two jobs the worker that asked minds its network, and whoever else waits
// for it goes first: its mates do the more jobs meanwhile.
//
// A mate that fails is sent home and its jobs are done by the others. Without
// mates the one worker does it all, and gives the same bytes.
//
// In a page mates are workers that run the same module in another role
// (static/js/crew.js, static/js/mate.js): [Serve] is theirs. A blob goes there in
// an ArrayBuffer that is handed over, and shares come back likewise; the buffers
// are used again.
package crew
