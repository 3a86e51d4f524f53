package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestInFirefox(t *testing.T) { roundTripIn(t, startFirefox, "stage") }

// WebKitGTK, unlike Safari, gives pages no files of their own.
func TestInWebKit(t *testing.T) { roundTripIn(t, startWebKit, "memory") }

// watchWays notes how the page saves: by a frame that a service worker answers,
// or by a link to a file of the origin's own or to a Blob in memory. Other Blobs
// save nothing: the icon that shows how far it is is one, too.
const watchWays = `
	window.ways = [];
	const held = new Map();
	const make = URL.createObjectURL;
	URL.createObjectURL = (blob) => {
		const url = make.call(URL, blob);
		held.set(url, blob instanceof File ? "stage" : "memory");
		return url;
	};
	new MutationObserver((changes) => {
		for (const { addedNodes } of changes) for (const node of addedNodes) {
			if (node.nodeName === "IFRAME") window.ways.push("download");
			if (node.nodeName === "A" && node.download) window.ways.push(held.get(node.href) ?? node.href);
		}
	}).observe(document.body, { childList: true });
`

// roundTripIn: what one browser sends another one of its kind has, bit for bit,
// and without a word in its console; a file larger than what is handed over from
// memory at once comes by a download of the service worker, and where there is
// none by the second way.
func roundTripIn(t *testing.T, start func(*testing.T) *remote, second string) {
	t.Parallel()
	d := startDaemon(t)
	began := time.Now()
	step := func(what string) { t.Logf("%5.1fs %s", time.Since(began).Seconds(), what) }
	sender := start(t)
	files := tree{"harbour.bin": noise(3<<20, 80), "отчёт.txt": []byte("Прибыль выросла.\n"), "empty.dat": {}}
	link := sender.send(d.base, files)
	step("sent")
	sender.noProblems()

	recipient := start(t)
	recipient.open(d.base, link, "harbour.bin")
	step("opened")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		recipient.save(name, time.Minute)
	}
	recipient.waitSaved(files, 20*time.Second)
	step("saved")

	rain := tree{"rain.wav": sound(65<<20, 81)}
	link = newPerson(t, d.base).send(rain)
	for _, c := range []struct{ without, way string }{
		{"", "download"},
		{`Object.defineProperty(navigator, "serviceWorker", { value: undefined })`, second},
	} {
		recipient.clear()
		recipient.open(d.base, link, "rain.wav")
		recipient.eval(watchWays+c.without, nil)
		recipient.save("rain.wav", time.Minute)
		recipient.waitSaved(rain, 20*time.Second)
		var ways []string
		if recipient.eval("return window.ways", &ways); !slices.Equal(ways, []string{c.way}) {
			t.Errorf("%s saves by %q, want %s", recipient.name, ways, c.way)
		}
		step("saved by " + c.way)
	}
	recipient.noProblems()

	// The console is really listened to.
	recipient.eval(`console.error("planted"); setTimeout(() => { throw new Error("planted too") })`, nil)
	for range 50 {
		if got := recipient.complaints(); len(got) == 2 && strings.Count(strings.Join(got, "\n"), "planted") == 2 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("the console has %q, want two planted errors", recipient.complaints())
}
