package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestAlteredFiles: a file that isn't what it was when it was chosen is named
// before anything is shared, whether the page looks at it first or the engine
// comes to it.
func TestAlteredFiles(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	grow := func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte("longer"), 100), 0o644) }
	for _, c := range []struct {
		name  string
		few   bool // then the page looks at each itself
		alter func(path string) error
	}{
		{"grown, one of few", true, grow},
		{"grown", false, grow},
		{"shrunk", false, func(path string) error { return os.Truncate(path, 2) }},
		{"removed", false, os.Remove},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := tree{"last.txt": []byte("the last of them")}
			for i := range 520 {
				if !c.few || i < 3 {
					files[fmt.Sprintf("folder/note %d.txt", i)] = fmt.Appendf(nil, "note %d\n", i)
				}
			}
			dir := files.write(t)
			p := startProfile(t)
			p.run("choosing files", 30*time.Second, chromedp.Navigate(d.base+"/"), chromedp.WaitVisible(id("drop")),
				setFolder(filepath.Join(dir, "folder")), chromedp.WaitVisible(id("send")), setFiles(filepath.Join(dir, "last.txt")))
			p.waitText("#title", fmt.Sprintf("%d files to send", len(files)), time.Minute)
			if err := c.alter(filepath.Join(dir, "last.txt")); err != nil {
				t.Fatal(err)
			}
			p.run("pressing Send", 20*time.Second, chromedp.Click(id("send")))
			says := p.waitText("#trouble", "last.txt", time.Minute)
			if !strings.Contains(says, "A file can’t be read any more.") || !strings.Contains(says, "pick it again") {
				t.Errorf("it doesn't say what to do: %s", says)
			}
			t.Logf("the page says: %s", says)
			p.waitText("#title", fmt.Sprintf("%d files to send", len(files)), time.Minute)
			p.noProblems()
		})
	}
}
