package crypto

import "testing"

// TestKernelIsThere says for TestInWASM what all other tests ran on.
func TestKernelIsThere(t *testing.T) {
	aead, err := newAEAD(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	_, ours := aead.(*kernelAEAD)
	t.Log("kernel:", ours)
	if ours != (ready() != 0) {
		t.Error("the kernel isn't used")
	}
}
