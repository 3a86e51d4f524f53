package official_test

import (
	"testing"

	"floe/codec/suitx"
)

// tipAddress gets the tips of all relays here.
var tipAddress = suitx.Address{0: 0x71, 31: 0x70}.String()

func TestRelay(t *testing.T) {
	t.Parallel()
	needsTime(t)
	ci := requireNode(t)
	for name, c := range map[string]struct {
		flags []string
		tip   any
	}{
		"no tip":     {nil, nil},
		"const tip":  {[]string{"-tip", "const:4321", "-tip-address", tipAddress}, map[string]any{"const": 4321}},
		"linear tip": {[]string{"-tip", "linear:105,7", "-tip-address", tipAddress}, map[string]any{"linear": map[string]any{"base": 105, "perEncodedKib": 7}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			flags := append([]string{"-upload-relay", "local", "-daemon-listen", "127.0.0.1:0"}, c.flags...)
			f := ownFloed(t, t.TempDir(), flags...)
			runScript(t, ci, "relay", f.input(t), map[string]any{"relay": f.relay, "tip": c.tip, "tipAddress": tipAddress})
		})
	}
}
