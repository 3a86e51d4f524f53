package main

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// qrPath returns a QR code of text as the data of an SVG path, in a square of
// that many units; the border of four units that readers need comes on top.
// Each dark run of a row is one rectangle.
func qrPath(text string) (size int, path string, err error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return 0, "", fmt.Errorf("couldn't make a QR code of %d characters: %w", len(text), err)
	}
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			run := 0
			for x+run < code.Size && code.Black(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x, y, run, run)
				x += run
			}
		}
	}
	return code.Size, b.String(), nil
}
