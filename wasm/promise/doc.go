// Package promise lets Go wait for promises of JavaScript's. It is empty but in
// WebAssembly.
package promise
