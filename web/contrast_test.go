package web

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestContrast holds WCAG AA wherever two colours meet: 4.5 for text, 3 for
// what has to be made out without reading.
func TestContrast(t *testing.T) {
	css := readStatic(t, "css/tokens.css")
	light, dark, ok := strings.Cut(css, "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("tokens.css has no dark part")
	}
	text := map[string][]string{
		"ink":         {"ground", "card", "ice", "ice-light", "ice-deep", "filled"},
		"soft":        {"ground", "card", "ice", "ice-light", "ice-deep"},
		"accent":      {"ground", "card", "ice", "ice-deep"},
		"accent-deep": {"ground", "card", "ice", "ice-deep"},
		"on-accent":   {"accent", "accent-deep"},
		"good":        {"card"},
	}
	shapes := map[string][]string{
		"edge":      {"ground", "card"},
		"accent":    {"ice", "card", "ground"},
		"waterline": {"ice", "ice-light", "ice-deep", "filled"},
	}
	for scheme, part := range map[string]string{"light": light, "dark": dark} {
		colours := tokens(t, part)
		check := func(pairs map[string][]string, least float64) {
			for front, backs := range pairs {
				for _, back := range backs {
					if got := contrast(colours[front], colours[back]); got < least {
						t.Errorf("%s: %s on %s has a contrast of %.2f, %.1f are needed", scheme, front, back, got, least)
					}
				}
			}
		}
		check(text, 4.5)
		check(shapes, 3)
	}
}

var token = regexp.MustCompile(`--([\w-]+): #([0-9a-f]{6});`)

// tokens returns the luminance of each colour.
func tokens(t *testing.T, css string) map[string]float64 {
	t.Helper()
	found := make(map[string]float64)
	for _, m := range token.FindAllStringSubmatch(css, -1) {
		rgb, err := strconv.ParseUint(m[2], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		found[m[1]] = 0.2126*linear(rgb>>16&255) + 0.7152*linear(rgb>>8&255) + 0.0722*linear(rgb&255)
	}
	if len(found) < 15 {
		t.Fatalf("only %d colours found", len(found))
	}
	return found
}

func linear(channel uint64) float64 {
	c := float64(channel) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}

func contrast(a, b float64) float64 {
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}
