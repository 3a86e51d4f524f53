package main

import (
	"fmt"
	"strings"
	"testing"

	"rsc.io/qr"
)

// TestQRPath draws the path and compares it with the code, module by module.
func TestQRPath(t *testing.T) {
	text := "http://127.0.0.1:8080/open#" + strings.Repeat("Ab3-", 24)
	size, path, err := qrPath(text)
	if err != nil {
		t.Fatal(err)
	}
	drawn := make(map[[2]int]bool)
	for run := range strings.SplitSeq(strings.TrimSuffix(path, "z"), "z") {
		var x, y, w, back int
		if _, err := fmt.Sscanf(run, "M%d %dh%dv1h-%d", &x, &y, &w, &back); err != nil || w != back {
			t.Fatalf("%q: %v", run, err)
		}
		for i := range w {
			drawn[[2]int{x + i, y}] = true
		}
	}
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	if size != code.Size {
		t.Errorf("size %d, want %d", size, code.Size)
	}
	for y := range code.Size {
		for x := range code.Size {
			if drawn[[2]int{x, y}] != code.Black(x, y) {
				t.Errorf("module %d, %d is wrong", x, y)
			}
		}
	}
	if _, _, err := qrPath(strings.Repeat("x", 10_000)); err == nil {
		t.Error("a text that no QR code holds is accepted")
	}
}
