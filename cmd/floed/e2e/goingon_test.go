package e2e

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// goOn: whoever closed the page while a large file was being saved goes on after
// opening the link again, into the same file where the browser lets, and what
// was read isn't read again. In the end nothing of it stays but the file.
func goOn(t *testing.T, profile *profile, through *proxy, link string, files tree) {
	sums := files.hashes()
	for _, how := range []string{"file", "download"} {
		t.Run(how, func(t *testing.T) {
			n := through.counted()
			p, crash := profile.in(t).tab()
			p.open(through.base, link, "rain.wav")
			if how == "file" {
				eval[bool](p, pickers)
			} else {
				eval[bool](p, `window.showSaveFilePicker = undefined; true`)
			}
			p.click("rain.wav", "[data-save]")
			p.waitTrue(`document.querySelector(".reading:not([hidden]) progress")?.value > 40`, time.Minute)
			crash()
			profile.leavesNothing("a page that crashed")
			profile.clearDownloads()
			p, closeTab := profile.tab()
			defer closeTab()
			before := n.Load()
			p.open(through.base, link, "rain.wav")
			said := p.waitText(id("halted"), "Saving stopped in the middle", 20*time.Second)
			t.Logf("%d bytes were read before, and the page says: %s", before, said)
			if how == "download" {
				eval[bool](p, `window.showSaveFilePicker = undefined; true`)
			}
			p.run("going on", 20*time.Second, chromedp.Click(id("halted-go")))
			p.savedRow("rain.wav", time.Minute)
			again := n.Load() - before
			t.Logf("%d bytes were read after", again)
			if again > int64(len(files["rain.wav"]))*4/5 {
				t.Errorf("%d bytes were read again of %d", again, len(files["rain.wav"]))
			}
			want := map[string]string{}
			if how == "file" {
				want["picked rain.wav"] = sums["rain.wav"]
			} else {
				path := p.waitSaved("rain.wav", 20*time.Second)
				sameFiles(t, readTree(t, filepath.Dir(path)).hashes(), map[string]string{"rain.wav": sums["rain.wav"]})
			}
			sameFiles(t, p.ownFiles(), want)
			p.clearOwnFiles()
			profile.clearDownloads()
		})
	}
	through.setLie(nil)
}

func (p *profile) clearOwnFiles() {
	p.t.Helper()
	eval[bool](p, `(async () => { const root = await navigator.storage.getDirectory(); for await (const name of root.keys()) await root.removeEntry(name, { recursive: true }); return true })()`)
}
