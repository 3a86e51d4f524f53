package codec

import "testing"

// TestKernelIsThere says for TestInWebAssembly what all other tests ran on.
func TestKernelIsThere(t *testing.T) {
	t.Log("kernel:", vectorTables() != nil)
}

func engines() map[string]engine {
	return map[string]engine{"transforms": transforms{}}
}
