package web

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

var update = flag.Bool("update", false, "write what components render now to testdata")

// TestGolden holds the markup of components: a change of it shows in review.
// After a wanted change: go test ./web -update
func TestGolden(t *testing.T) {
	for name, component := range map[string]templ.Component{
		"layout":          Layout(LayoutView{Title: "T & t", Description: "D", Here: "/safe", Entry: "a.js", Modules: []string{"b.js"}, Private: true}),
		"layout-plain":    Layout(LayoutView{Title: "T", Description: "D"}),
		"start":           start(),
		"staged":          staged(),
		"sending":         sending(),
		"done":            done(),
		"note":            noteDialog(),
		"unlock":          unlock(),
		"parcel":          parcel(),
		"preview":         preview(),
		"dialog":          dialogBox(DialogView{ID: "ask", Title: "Sure?", Text: "It is final.", Yes: "Yes", No: "No"}),
		"map":             mapHost(MapView{ID: "m", Label: "The nodes"}),
		"map-wide":        mapHost(MapView{ID: "m", Label: "The nodes", Wide: true}),
		"trouble-plain":   troubleWords(Trouble{Code: "c", Title: "<b>", Text: "What, whose, what next."}),
		"trouble-actions": troubleWords(Trouble{Code: "c", Title: "T", Text: "W", Acts: []Act{ActAgain, ActPaste, ActRecipient, ActDetail}}),
		"network":         Network(),
		"safe":            Safe(),
		"notfound":        NotFound(),
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := component.Render(context.Background(), &b); err != nil {
				t.Fatal(err)
			}
			got := strings.ReplaceAll(b.String(), "><", ">\n<") + "\n"
			file := filepath.Join("testdata", name+".html")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the markup changed; if that is meant: go test ./web -update\ngot:\n%s", got)
			}
		})
	}
}
