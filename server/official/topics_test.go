package official_test

import "testing"

// Each topic is a script; what it checks is said at its top.

func TestBlobs(t *testing.T)      { onShared(t, "blobs") }
func TestSteps(t *testing.T)      { onShared(t, "steps") }
func TestStorage(t *testing.T)    { onShared(t, "storage") }
func TestAttributes(t *testing.T) { onShared(t, "attributes") }
func TestStatus(t *testing.T)     { onShared(t, "status") }
func TestCost(t *testing.T)       { onShared(t, "cost") }
func TestState(t *testing.T)      { onShared(t, "state") }
func TestQuilts(t *testing.T)     { onShared(t, "quilts") }
func TestCrowd(t *testing.T)      { onShared(t, "crowd") }

func onShared(t *testing.T, topic string) {
	t.Helper()
	ci := requireNode(t)
	runScript(t, ci, topic, sharedFloed(t).input(t), nil)
}
