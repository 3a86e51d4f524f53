package zip

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestDeepNames: names of nothing but folders, as many as an archive has room
// for, mustn't take gigabytes.
func TestDeepNames(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED with -short: a million folders take long under the race detector")
	}
	for _, part := range []string{"a", strings.Repeat("a", 200)} {
		var m measure
		var names []string
		for i := 0; ; i++ {
			name := fmt.Sprintf("%06d", i) + strings.Repeat("/"+part, maxDepth-1)
			if err := CheckName(name); err != nil {
				t.Fatal(err)
			}
			if m.add(&header{Entry: Entry{Name: name}}) != nil {
				break
			}
			names = append(names, name)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		SaveNames(names)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 1<<30 {
			t.Errorf("%d names took %d MiB", len(names), took>>20)
		}
	}
}

func TestTooDeep(t *testing.T) {
	deep := strings.Repeat("a/", maxDepth) + "b"
	if err := CheckName(deep); !errors.Is(err, ErrName) {
		t.Errorf("%d parts: got %v", maxDepth+1, err)
	}
	if got := CleanNames([]string{deep, deep[2:]}); got[0] != "b" || got[1] != deep[2:] {
		t.Errorf("got %q", got)
	}
}
