package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// parcel is what the issue of the whole path demands: one file of 20 MiB, so
// that two blobs are needed, a name in another script, a folder, an empty file.
func parcel(seed uint64) tree {
	return tree{
		"harbour.bin":         noise(20<<20, seed),
		"отчёт за ноябрь.txt": []byte("planted-00 Прибыль выросла.\n"),
		"empty.dat":           {},
		"photos/dawn.txt":     []byte("planted-01 a folder keeps its path\n"),
		"photos/deep/sky.txt": []byte("planted-02 and so does a folder in a folder\n"),
	}
}

// little is a parcel of one blob, where it doesn't matter how much is sent.
func little(seed uint64) tree {
	files := parcel(seed)
	files["harbour.bin"] = files["harbour.bin"][:1<<20]
	return files
}

func sameFiles(t *testing.T, got, want map[string]string) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Errorf("the files that came out differ from those that went in:\ngot  %v\nwant %v", got, want)
	}
}

// TestRoundTrip: files go up from one browser, a second one that shares nothing
// with it opens the link and has them back, bit for bit.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	d := startDaemon(t)
	wire := startProxy(t, d)
	files := parcel(1)

	sender := startBrowser(t)
	sender.drop(wire.base, files)
	before := len(wire.seen())
	began := time.Now()
	link := sender.send(2 * time.Minute)
	t.Logf("20 MiB from Send to link: %v", time.Since(began).Round(time.Millisecond))
	requests := len(wire.seen()) - before
	t.Logf("requests: %d", requests)
	if most := (4+2)*13 + 20; requests > most { // nodes take 16 MiB in four parts, the rest in two
		t.Errorf("sending took %d requests, at most %d are allowed for two blobs", requests, most)
	}
	sender.run("looking at the QR code", 10*time.Second, chromedp.WaitVisible(id("qr")))
	sender.noProblems()

	recipient := startBrowser(t)
	recipient.visit(wire.base, link)
	listed := recipient.waitText(id("open-list"), "harbour.bin", time.Minute)
	for name := range files {
		if !strings.Contains(listed, filepath.Base(name)) {
			t.Errorf("the list of files lacks %q:\n%s", name, listed)
		}
	}
	if hash := eval[string](recipient, "location.hash"); hash != "" {
		t.Errorf("the fragment still stands in the address bar: %d characters", len(hash))
	}
	sameFiles(t, recipient.saveAll(2*time.Minute), files.hashes())
	recipient.noProblems()
}

// TestFourNodesDown: four of thirteen nodes are down on sending (72 of 104
// shards confirm, 70 are needed), four more on opening (40 primary slivers are
// left, 36 are needed); without a ninth the page says so, and heals by itself
// when a node that holds slivers comes back.
func TestFourNodesDown(t *testing.T) {
	t.Parallel()
	d := startDaemon(t)
	files := parcel(2)
	for i := range 4 {
		d.node(i, "stop")
	}
	sender := startProfile(t)
	sender.drop(d.base, files)
	link := sender.send(3 * time.Minute)
	sender.noProblems()

	for i := 4; i < 8; i++ {
		d.node(i, "stop")
	}
	recipient := startProfile(t)
	recipient.visit(d.base, link)
	sameFiles(t, recipient.saveAll(3*time.Minute), files.hashes())
	recipient.noProblems()

	d.node(8, "stop")
	late := startProfile(t)
	late.visit(d.base, link)
	status := `document.querySelector("[data-testid=status]").innerText.includes("of 13 nodes")`
	late.waitTrue(status+` || document.querySelector("#save-all").checkVisibility()`, time.Minute)
	if !eval[bool](late, status) { // the four nodes left happen to hold the list of files, but not the files
		late.run("pressing Save all", 10*time.Second, chromedp.Click(id("save-all")))
		late.waitTrue(status, time.Minute)
		late.run("pressing Cancel", 10*time.Second, chromedp.Click(chromedp.CSS("#stop-all")))
	}
	t.Logf("with nine nodes down the page says: %s", eval[string](late, `document.querySelector("[data-testid=status]").innerText`))
	d.node(8, "start")
	late.waitText(id("open-list"), "harbour.bin", time.Minute)
	sameFiles(t, late.saveAll(3*time.Minute), files.hashes())
	late.noProblems()
}

// TestKilledServer: floed is killed right after the link appeared and started
// again on the same data; the link still opens.
func TestKilledServer(t *testing.T) {
	t.Parallel()
	d := startDaemon(t)
	files := parcel(3)
	sender := startProfile(t)
	sender.drop(d.base, files)
	link := sender.send(2 * time.Minute)
	d.kill()
	sender.setExcuse(func(problem string) bool {
		return strings.Contains(problem, "ERR_CONNECTION") || strings.Contains(problem, "ERR_EMPTY_RESPONSE") || strings.Contains(problem, "ERR_SOCKET")
	})
	d.start()
	recipient := startProfile(t)
	recipient.visit(d.base, link)
	recipient.waitText(id("open-list"), "harbour.bin", time.Minute)
	sameFiles(t, recipient.saveAll(2*time.Minute), files.hashes())
	sender.noProblems()
	recipient.noProblems()
}

// TestSecretsStayHome looks for the link's secret in every form, for the
// sender's identity and for 20 planted plaintexts in every request, in the log
// and in every file of the data directory.
func TestSecretsStayHome(t *testing.T) {
	t.Parallel()
	d := startDaemon(t)
	wire := startProxy(t, d)
	files := tree{"notes/planted-name.txt": nil}
	var needles [][]byte
	for i := range 20 {
		needles = append(needles, fmt.Appendf(nil, "planted-plaintext-%02d-%x", i, noise(8, uint64(100+i))))
		path := fmt.Sprintf("note %d.txt", i)
		files[path] = append([]byte("Some words. "), needles[i]...)
	}
	needles = append(needles, []byte("planted-name"))

	sender := startProfile(t)
	sender.drop(wire.base, files)
	link := sender.send(2 * time.Minute)
	needles = append(needles, secretForms(t, link)...)
	sender.run("saving the recovery note", 20*time.Second, chromedp.Click(chromedp.CSS("#recovery")))
	note, err := os.ReadFile(sender.waitSaved(".txt", time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	needles = append(needles, identityForms(t, string(note))...)
	needles = append(needles, []byte("AGE-SECRET-KEY"), []byte("FLOE-SEED"))

	recipient := startProfile(t)
	recipient.visit(wire.base, link)
	sameFiles(t, recipient.saveAll(2*time.Minute), files.hashes())
	d.kill()

	for _, r := range wire.seen() {
		reportNeedles(t, "the request "+r.method+" "+r.uri, r.raw, needles)
	}
	reportNeedles(t, "floed's log", []byte(d.log.String()), needles)
	err = filepath.WalkDir(d.data, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		reportNeedles(t, path, data, needles)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sender.noProblems()
	recipient.noProblems()
}
