package e2e

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// manyFiles is for soaks: go test ./cmd/floed/e2e -run TestManyFiles -files 100000
var manyFiles = flag.Int("files", 3000, "how many small files TestManyFiles sends")

// watchTasks has the page keep how long each task took that was long, and how
// much longer a task of known work took than at its best: what others on this
// machine took from the page, which is nobody's fault. Of the task in which the
// browser hands over what was chosen, only what follows the input event counts:
// before it the browser itself makes a File of each file, which takes as long on
// a page without any script.
const watchTasks = `(() => {
	window.long = [];
	window.control = [];
	let chosen = 0;
	addEventListener("input", () => { chosen = performance.now(); }, { capture: true, once: true });
	new PerformanceObserver((list) => {
		for (const { startTime, duration } of list.getEntries()) {
			const end = startTime + duration;
			long.push(Math.round(startTime < chosen && chosen < end ? end - chosen : duration));
		}
	}).observe({ type: "longtask", buffered: false });
	setInterval(() => {
		const begin = performance.now();
		for (let i = 0, x = 1; i < 3e5; i++) x = (x * 48271) % 2147483647;
		control.push(performance.now() - begin);
	}, 200);
	return true;
})()`

// TestManyFiles: thousands of files beside a large one are chosen, sent from a
// tab that another one hides, and opened; choosing and sending never hold the
// page up.
func TestManyFiles(t *testing.T) {
	d := startDaemon(t)
	files := tree{"folder/harbour.bin": noise(20<<20, 92)}
	for i := range *manyFiles - 1 {
		files[fmt.Sprintf("folder/%02d/note %d.txt", i%50, i)] = fmt.Appendf(nil, "note %d\n", i)
	}
	dir := files.write(t)
	first := startBrowser(t)
	first.run("seeing a page", 30*time.Second, chromedp.Navigate("about:blank"))
	sender, _ := first.tab()
	sender.run("seeing the home page", 30*time.Second, chromedp.Navigate(d.base+"/"), chromedp.WaitVisible(id("drop")))
	time.Sleep(2 * time.Second) // what loading takes isn't asked here
	eval[bool](sender, watchTasks)
	within := time.Minute + time.Duration(*manyFiles)*10*time.Millisecond
	begun := time.Now()
	took := func(what string) {
		t.Logf("%s took %v", what, time.Since(begun).Round(time.Millisecond))
		begun = time.Now()
	}
	sender.run("choosing the folder", within, setFolder(dir+"/folder"))
	sender.waitText("#title", fmt.Sprintf("%s files to send", withCommas(*manyFiles)), within)
	took("choosing")
	sender.run("pressing Send", 20*time.Second, chromedp.Click(id("send")))
	hides, _ := first.tab()
	hides.run("looking at something else", 30*time.Second, chromedp.Navigate("about:blank"))
	link := sender.waitText(id("link"), "/open#", within)
	took("sending")

	sender.neverHeldUp()
	sameFiles(t, newPerson(t, d.base).open(link), files.hashes())
	took("opening")
	sender.noProblems()
}

// neverHeldUp fails the test when a task took long since watchTasks.
func (p *profile) neverHeldUp() {
	p.t.Helper()
	long, control := eval[[]float64](p, `long`), eval[[]float64](p, `control`)
	p.t.Logf("long tasks %v ms, a known one took %.0f to %.0f ms", long, least(control), most(control))
	if limit := 50 + 2*(most(control)-least(control)); most(long) > limit {
		p.t.Errorf("a task took %.0f ms, at most %.0f are allowed", most(long), limit)
	}
}

func withCommas(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

func most(all []float64) (m float64) {
	for _, x := range all {
		m = max(m, x)
	}
	return m
}

func least(all []float64) float64 {
	m := most(all)
	for _, x := range all {
		m = min(m, x)
	}
	return m
}
