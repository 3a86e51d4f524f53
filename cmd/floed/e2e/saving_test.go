package e2e

import (
	wire "encoding/binary"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"

	"floe/server/api"
)

// sound is a WAV file, stereo at 48 kHz, of noise that nothing compresses.
func sound(size int, seed uint64) []byte {
	b := append([]byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x02\x00\x80\xbb\x00\x00\x00\xee\x02\x00\x04\x00\x10\x00data\x00\x00\x00\x00"), noise(size-44, seed)...)
	wire.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	wire.LittleEndian.PutUint32(b[40:], uint32(len(b)-44))
	return b
}

// pickers replaces the windows in which a browser asks where to save, which
// nobody can click in a headless one, by places in the origin's own files: the
// handles are of the same kind and the writing is real.
const pickers = `
	window.showSaveFilePicker = async ({ suggestedName }) => (await navigator.storage.getDirectory()).getFileHandle("picked " + suggestedName, { create: true });
	window.showDirectoryPicker = async () => (await navigator.storage.getDirectory()).getDirectoryHandle("picked", { create: true });
	document.getElementById("save-folder").hidden = false;
	true`

// ownFiles lists the files that an origin keeps: path → SHA-256.
const ownFiles = `(async () => {
	const all = {};
	async function walk(folder, path) {
		for await (const [name, handle] of folder.entries()) {
			if (handle.kind === "directory") { await walk(handle, path + name + "/"); continue }
			const sum = await crypto.subtle.digest("SHA-256", await (await handle.getFile()).arrayBuffer());
			all[path + name] = Array.from(new Uint8Array(sum), (b) => b.toString(16).padStart(2, "0")).join("");
		}
	}
	await walk(await navigator.storage.getDirectory(), "");
	return all;
})()`

func (p *profile) ownFiles() map[string]string { return eval[map[string]string](p, ownFiles) }

// click presses a button in the row of a file.
func (p *profile) click(file, button string) {
	p.t.Helper()
	js := fmt.Sprintf(`(() => { const row = [...document.querySelectorAll('[data-testid="open-file"]')].find((row) => row.innerText.includes(%q)); row?.querySelector(%q).click(); return Boolean(row) })()`, file, button)
	if !eval[bool](p, js) {
		p.t.Fatalf("no row for %s\nThe page says:\n%s", file, p.all())
	}
}

// savedRow waits until the row of a file says that it was saved.
func (p *profile) savedRow(file string, within time.Duration) {
	p.t.Helper()
	p.waitTrue(fmt.Sprintf(`[...document.querySelectorAll('[data-testid="open-file"]')].some((row) => row.innerText.includes(%q) && row.innerText.includes("Saved and checked"))`, file), within)
}

// open opens a link and waits for a file in its list.
func (p *profile) open(base, link, file string) {
	p.t.Helper()
	p.visit(base, link)
	p.waitText(id("open-list"), file, time.Minute)
}

func (p *profile) setQuota(origin string, bytes int64) {
	p.t.Helper()
	size := float64(bytes)
	_, err := chromedp.Call(p.ctx, storage.OverrideQuotaForOrigin, storage.OverrideQuotaForOriginParams{Origin: origin, QuotaSize: &size})
	if err != nil {
		p.t.Fatal(err)
	}
}

// TestSaving: a file larger than what is handed over from memory is saved in
// each of the ways that browsers have, and all files into a folder; what is
// cancelled or fails leaves nothing behind.
func TestSaving(t *testing.T) {
	t.Parallel()
	d := startDaemon(t)
	files := tree{
		"rain.wav":            sound(66<<20, 70),
		"photos/deep/sky.txt": []byte("a folder keeps its path\n"),
		"photos/dawn.txt":     noise(100_000, 71),
		"con.txt":             []byte("a device on Windows\n"),
		"exe.\u202egpj.scr":   []byte("a name that turns around\n"),
		"empty.dat":           {},
	}
	sums := files.hashes()
	link := newPerson(t, d.base).send(files)

	through := startProxy(t, d)
	p := startBrowser(t)
	t.Run("file", func(t *testing.T) {
		p.in(t)
		p.open(d.base, link, "rain.wav")
		eval[bool](p, pickers)
		p.click("rain.wav", "[data-save]")
		p.savedRow("rain.wav", time.Minute)
		sameFiles(t, p.ownFiles(), map[string]string{"picked rain.wav": sums["rain.wav"]})
	})
	t.Run("folder", func(t *testing.T) {
		p.in(t)
		p.run("saving into a folder", 20*time.Second, chromedp.Click(id("save-folder")))
		said := p.waitText("#saved-all", "Saved and checked", time.Minute)
		got := p.ownFiles()
		delete(got, "picked rain.wav")
		for path, sum := range maps.Clone(got) {
			rest, _ := strings.CutPrefix(path, "picked/floe 20")
			_, inside, _ := strings.Cut(rest, "/")
			delete(got, path)
			got[inside] = sum
		}
		want := maps.Clone(sums)
		want["_con.txt"], want["exe.gpj.scr"] = want["con.txt"], want["exe.\u202egpj.scr"]
		delete(want, "con.txt")
		delete(want, "exe.\u202egpj.scr")
		sameFiles(t, got, want)
		t.Log(said)
	})
	t.Run("cancelled", func(t *testing.T) {
		p.in(t)
		p.clearOwnFiles()
		for _, how := range []string{"file", "folder"} {
			if how == "file" {
				p.click("rain.wav", "[data-save]")
				p.waitTrue(`document.querySelector(".reading:not([hidden]) progress")?.value > 10`, time.Minute)
				p.click("rain.wav", "[data-stop]")
			} else {
				p.run("saving into a folder", 20*time.Second, chromedp.Click(id("save-folder")))
				p.waitTrue(`document.getElementById("all-progress").value > 10`, time.Minute)
				p.run("stopping it", 20*time.Second, chromedp.Click(chromedp.CSS("#stop-all")))
			}
			p.waitText(id("status"), "Cancelled", 20*time.Second)
			if got := p.ownFiles(); len(got) > 0 {
				t.Errorf("%s: cancelled, but %v stays", how, slices.Collect(maps.Keys(got)))
			}
		}
	})
	t.Run("download", func(t *testing.T) {
		p.in(t)
		eval[bool](p, `delete window.showSaveFilePicker; window.showSaveFilePicker = undefined; true`)
		p.click("rain.wav", "[data-save]")
		p.savedRow("rain.wav", time.Minute)
		path := p.waitSaved("rain.wav", 20*time.Second)
		sameFiles(t, readTree(t, filepath.Dir(path)).hashes(), map[string]string{"rain.wav": sums["rain.wav"]})
		p.clearDownloads()
		sameFiles(t, p.saveAll(time.Minute), sums)
		p.clearDownloads()
		p.click("rain.wav", "[data-save]")
		p.waitTrue(`document.querySelector(".reading:not([hidden]) progress")?.value > 10`, time.Minute)
		p.click("rain.wav", "[data-stop]")
		p.waitText(id("status"), "Cancelled", 20*time.Second)
		p.leavesNothing("a cancelled download")
	})
	t.Run("lie in the middle", func(t *testing.T) {
		p.in(t)
		p.open(through.base, link, "rain.wav")
		for _, how := range []string{"file", "download"} {
			through.tell(nil)
			if how == "file" {
				eval[bool](p, pickers)
			} else {
				eval[bool](p, `window.showSaveFilePicker = undefined; true`)
			}
			p.click("rain.wav", "[data-save]")
			p.waitTrue(`document.querySelector(".reading:not([hidden]) progress")?.value > 10`, time.Minute)
			through.tell(inEach(func(f *api.Frame) { f.Body = flipped(f.Body) }))
			p.waitText("main", untrue, time.Minute)
			p.leavesNothing("a download that the server lied in")
			for path := range p.ownFiles() {
				if !strings.HasPrefix(path, "floe-shelf/") {
					t.Errorf("a file that the server lied in leaves %s", path)
				}
			}
			p.clearDownloads()
			p.clearOwnFiles()
		}
		through.tell(nil)
	})
	t.Run("going on", func(t *testing.T) { goOn(t, p.in(t), through, link, files) })
	t.Run("stage", func(t *testing.T) {
		p.in(t)
		eval[bool](p, `Object.defineProperty(navigator, "serviceWorker", { value: undefined }); true`)
		p.open(d.base, link, "rain.wav")
		eval[bool](p, `Object.defineProperty(navigator, "serviceWorker", { value: undefined }); window.showSaveFilePicker = undefined; true`)
		p.click("rain.wav", "[data-save]")
		p.savedRow("rain.wav", time.Minute)
		sameFiles(t, readTree(t, filepath.Dir(p.waitSaved("rain.wav", 20*time.Second))).hashes(), map[string]string{"rain.wav": sums["rain.wav"]})
		if got := slices.Collect(maps.Values(p.ownFiles())); len(got) != 1 || got[0] != sums["rain.wav"] {
			t.Errorf("the origin's own files are %v", got)
		}
		p.clearDownloads()
	})
	t.Run("memory", func(t *testing.T) {
		p.in(t)
		p.setQuota(d.base, 1<<20)
		p.click("rain.wav", "[data-save]")
		p.savedRow("rain.wav", time.Minute)
		sameFiles(t, readTree(t, filepath.Dir(p.waitSaved("rain.wav", 20*time.Second))).hashes(), map[string]string{"rain.wav": sums["rain.wav"]})
		code := eval[string](p, `import(document.querySelector("script[src$='/open.js']").src.replace("open.js", "saving.js"))
			.then(({ save }) => save({ parcelId: "none", index: 0, name: "vast", size: 257 * 2 ** 20 }, () => {}).promise)
			.then(() => "saved", ({ code }) => code)`)
		if code != "too_large" {
			t.Errorf("what no way can hold ends with %q, want too_large", code)
		}
	})
	p.in(t)
	p.noProblems()
}

// leavesNothing waits until no download is under way and demands that none was
// finished.
func (p *profile) leavesNothing(what string) {
	p.t.Helper()
	for deadline := time.Now().Add(2 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		entries, err := os.ReadDir(p.downloads)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, e := range entries {
			if !strings.HasSuffix(e.Name(), ".crdownload") {
				p.t.Errorf("%s leaves %s", what, e.Name())
				return
			}
		}
		if len(entries) == 0 {
			return
		}
		if time.Now().After(deadline) {
			p.t.Logf("%s leaves %v, which the browser marks as unfinished", what, entries)
			return
		}
	}
}
