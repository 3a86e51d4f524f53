package main

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// quiet is the border, in modules, that readers need around a code.
const quiet = 4

// qrPath returns a QR code of text as the data of an SVG path, in a square of
// that many units, border included. Each dark run of a row is one rectangle.
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
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
				x += run
			}
		}
	}
	return code.Size + 2*quiet, b.String(), nil
}
