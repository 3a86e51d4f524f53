//go:build !js

package kernel

// Module returns the kernel in WebAssembly's binary format. It is the same for
// every caller and on every machine.
func Module() []byte { return build(vSwizzle) }

// Relaxed returns the kernel for browsers that have relaxed vector instructions:
// it gives the same results, and looks nibbles up with one instruction of the
// processor where the others take two. What can't compile it takes Module's.
func Relaxed() []byte { return build(vSwizzleRelaxed) }

func build(lookUps uint32) []byte {
	m := &module{lookUps: lookUps}
	m.field()
	m.blake2b()
	m.aead()
	return m.bytes()
}

// Files returns both by the names that the page's kernel.js asks for.
func Files() map[string][]byte {
	return map[string][]byte{"kernel.wasm": Module(), "kernel-relaxed.wasm": Relaxed()}
}
