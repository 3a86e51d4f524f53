package official_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// Each topic is a script; what it checks is said at its top.

func TestSteps(t *testing.T)      { besides(t, "steps") }
func TestAttributes(t *testing.T) { besides(t, "attributes") }
func TestStatus(t *testing.T)     { besides(t, "status") }
func TestQuilts(t *testing.T)     { besides(t, "quilts") }
func TestCrowd(t *testing.T)      { besides(t, "crowd") }
func TestTypes(t *testing.T)      { besides(t, "types") }

// These are about sizes, and run on a network of the usual number of shards.

func TestBlobs(t *testing.T)   { apart(t, "blobs") }
func TestStorage(t *testing.T) { apart(t, "storage") }

// These look at what all blobs together take, so nobody may write meanwhile.

func TestCost(t *testing.T)  { alone(t, "cost") }
func TestState(t *testing.T) { alone(t, "state") }

// besides runs a topic while others run, on the floed that they share.
func besides(t *testing.T, topic string) {
	t.Helper()
	t.Parallel()
	alone(t, topic)
}

// apart runs a topic while others run, on a floed of its own.
func apart(t *testing.T, topic string) {
	t.Helper()
	t.Parallel()
	needsTime(t)
	ci := requireNode(t)
	runScript(t, ci, topic, ownFloed(t, t.TempDir()).input(t), nil)
}

func alone(t *testing.T, topic string) {
	t.Helper()
	needsTime(t)
	ci := requireNode(t)
	runScript(t, ci, topic, sharedFloed(t).input(t), nil)
}

// Every public method of the client stands in some script.
func TestEveryMethodIsRun(t *testing.T) {
	ci := requireNode(t)
	b, err := os.ReadFile(filepath.Join(ci, "node_modules", "@mysten", "walrus", "dist", "client.d.mts"))
	if err != nil {
		t.Fatal(err)
	}
	class := regexp.MustCompile(`(?s)declare class WalrusClient \{\n(.*?)\n\}`).FindSubmatch(b)
	if class == nil {
		t.Fatal("there is no WalrusClient")
	}
	var scripts []byte
	files, err := filepath.Glob(filepath.Join("testdata", "*.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		script, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		scripts = append(scripts, script...)
	}
	methods := regexp.MustCompile(`(?m)^  (\w+)(?:\(|: \()`).FindAllSubmatch(class[1], -1)
	if len(methods) < 50 {
		t.Fatalf("only %d methods are found", len(methods))
	}
	for _, m := range methods {
		name := string(m[1])
		if name != "constructor" && !regexp.MustCompile(`\.`+name+`\(`).Match(scripts) {
			t.Errorf("%s is never run", name)
		}
	}
	t.Logf("%d methods", len(methods)-1)
}
