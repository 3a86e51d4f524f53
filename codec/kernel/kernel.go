//go:build !js

package kernel

// Module returns the kernel in WebAssembly's binary format. It is the same for
// every caller and on every machine.
func Module() []byte {
	m := &module{}
	m.field()
	m.blake2b()
	m.aead()
	return m.bytes()
}
