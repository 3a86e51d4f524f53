package e2e

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// drag drags what lies on the disk onto the page, until a JavaScript expression
// says that it was dropped: on a busy machine the browser may take the first try
// for one that nobody wants.
func (p *profile) drag(dropped string, paths ...string) {
	p.t.Helper()
	p.waitTrue(`document.readyState === "complete"`, 20*time.Second) // its modules listen by now
	for range 5 {
		for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
			_, err := chromedp.Call(p.ctx, input.DispatchDragEvent, input.DispatchDragEventParams{
				Type: kind, X: 500, Y: 400, Data: &input.DragData{Items: []*input.DragDataItem{}, Files: paths, DragOperationsMask: 1},
			})
			if err != nil {
				p.t.Fatalf("%s: %v", kind, err)
			}
		}
		for until := time.Now().Add(4 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
			if eval[bool](p, dropped) {
				return
			}
		}
		p.t.Log("nothing was dropped; once more")
	}
	p.t.Fatalf("nothing can be dropped\nThe page says:\n%s", p.all())
}

// picks has the window for choosing files, in which nobody can press anything in
// a headless browser, answer with files on the disk. The handles are real: they
// are those of a drag that the page isn't told of.
func (p *profile) picks(paths ...string) {
	p.t.Helper()
	eval[bool](p, `window.showOpenFilePicker = null; addEventListener("drop", (event) => {
		event.preventDefault();
		event.stopImmediatePropagation();
		const handles = Promise.all([...event.dataTransfer.items].map((item) => item.getAsFileSystemHandle()));
		window.showOpenFilePicker = ({ multiple }) => multiple ? handles : Promise.reject(new TypeError("one file"));
		document.dispatchEvent(new DragEvent("dragend"));
	}, { capture: true, once: true }); true`)
	p.drag(`Boolean(window.showOpenFilePicker)`, paths...)
}

// held has a page of the origin hold the handles of what is sent, and counts those
// that it may read. Until nobody holds them any more the browser doesn't ask
// whether that may go on; nobody could answer it here.
const held = `new Promise((resolve, reject) => {
	const opening = indexedDB.open("floe");
	opening.onerror = () => reject(opening.error);
	opening.onsuccess = () => {
		const asked = opening.result.transaction("device").objectStore("device").get("unsent 0 about");
		asked.onsuccess = async () => {
			window.held = asked.result.beside.roots;
			opening.result.close();
			const may = await Promise.all(held.map((handle) => handle.queryPermission()));
			resolve(may.filter((answer) => answer === "granted").length);
		};
	};
})`

// interrupt presses Send and closes the tab in the midst of it. Another one, which
// is open at the home page, tells of it and goes on with so many handles.
func interrupt(t *testing.T, wire *gate, sender, later *profile, closeTab func(), handles int) (says string) {
	t.Helper()
	wire.closeAfter(3)
	sender.run("pressing Send", 30*time.Second, chromedp.Click(id("send")))
	wire.wait(t, sender)
	steady(later)
	later.run("seeing the home page", 30*time.Second, chromedp.Navigate(wire.base+"/"))
	if n := eval[int](later, held); n != handles {
		t.Errorf("%d handles may be read, want %d", n, handles)
	}
	later.waitTrue(`Boolean(document.querySelector("#start-map svg"))`, 20*time.Second)
	time.Sleep(2 * time.Second) // the engine starts when the page has nothing else to do
	closeTab()
	wire.pass()
	says = later.waitText("#interrupted", "Not sent to the end", 30*time.Second)
	later.run("pressing Go on", 20*time.Second, chromedp.Click(chromedp.CSS("#interrupted [data-go-on]")))
	return says
}

// TestChosenFilesComeBack: files that were chosen by the button, some of them added
// later, are gone on with by one press.
func TestChosenFilesComeBack(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	wire := startGate(t, d)
	files := tree{"harbour.bin": noise(20<<20, 94), "letter.txt": []byte("planted\n"), "12:30.txt": []byte("noon\n")}
	dir := files.write(t)
	later := startBrowser(t)
	later.run("seeing the home page", 30*time.Second, chromedp.Navigate(wire.base+"/"))
	sender, closeTab := later.tab()
	sender.run("seeing the home page", 30*time.Second, chromedp.Navigate(wire.base+"/"), chromedp.WaitVisible(id("drop")))
	sender.picks(filepath.Join(dir, "harbour.bin"), filepath.Join(dir, "12:30.txt"))
	sender.run("choosing files", 20*time.Second, chromedp.Click(chromedp.CSS("label[for=pick-files]")))
	sender.waitText(id("send"), "Send 2 files", 20*time.Second)
	sender.picks(filepath.Join(dir, "letter.txt"))
	sender.run("adding one", 20*time.Second, chromedp.Click(chromedp.CSS("label[for=add-files]")))
	sender.waitText(id("send"), "Send 3 files", 20*time.Second)

	says := interrupt(t, wire, sender, later, closeTab, 3)
	if !strings.Contains(says, "harbour.bin and 2 more files") {
		t.Errorf("the page doesn't say what was on the way: %q", says)
	}
	link := strings.TrimSpace(later.waitText(id("link"), "/open#", time.Minute))
	sameFiles(t, newPerson(t, d.base).open(link), renamed(files.hashes(), "12:30.txt", "12_30.txt"))
	later.noProblems()
}

// renamed gives files the names under which they are saved.
func renamed(sums map[string]string, names ...string) map[string]string {
	for i := 0; i < len(names); i += 2 {
		sums[names[i+1]] = sums[names[i]]
		delete(sums, names[i])
	}
	return sums
}

// TestDroppedFolderComesBack: a folder that was dropped is sent whole, and gone on
// with by its handle. That doesn't lead to files with names that Windows doesn't
// take; the page says which they are and takes the folder once more.
func TestDroppedFolderComesBack(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	wire := startGate(t, d)
	files := tree{"log/harbour.bin": noise(20<<20, 95), "log/deep/letter.txt": []byte("planted\n"), "log/12:30.txt": []byte("noon\n"), "log/why?/con.txt": []byte("because\n")}
	dir := files.write(t)
	later := startBrowser(t)
	later.run("seeing the home page", 30*time.Second, chromedp.Navigate(wire.base+"/"))
	sender, closeTab := later.tab()
	sender.run("seeing the home page", 30*time.Second, chromedp.Navigate(wire.base+"/"), chromedp.WaitVisible(id("drop")))
	eval[bool](sender, `window.dropped = false; addEventListener("drop", () => { dropped = true; }, { capture: true, once: true }); true`)
	sender.drag(`dropped`, filepath.Join(dir, "log"))
	sender.waitText(id("send"), "Send 4 files", 20*time.Second)

	interrupt(t, wire, sender, later, closeTab, 1)
	asked := later.waitText("#interrupted [data-say]", "Still missing", 20*time.Second)
	if asked != "2 of 4 files found. Still missing: log/12:30.txt and log/why?/con.txt." {
		t.Errorf("the page says: %s", asked)
	}
	later.run("choosing the folder", 20*time.Second, chromedp.SetUploadFiles(chromedp.CSS("#interrupted input[webkitdirectory]"), []string{filepath.Join(dir, "log")}, chromedp.NodeReady))
	link := strings.TrimSpace(later.waitText(id("link"), "/open#", time.Minute))
	sameFiles(t, newPerson(t, d.base).open(link), renamed(files.hashes(), "log/12:30.txt", "log/12_30.txt", "log/why?/con.txt", "log/why_/_con.txt"))
	later.noProblems()
}

// windows tells which windows for choosing files a page has asked for: the ID of
// the input, or 0 where handles were to be given. Nobody chooses anything in them.
func (p *profile) windows() <-chan cdp.BackendNodeID {
	p.t.Helper()
	asked := make(chan cdp.BackendNodeID, 8)
	events := chromedp.Events(p.ctx, page.FileChooserOpened)
	go func() {
		for e, err := range events {
			if err != nil {
				return
			}
			asked <- e.BackendNodeID
		}
	}()
	if _, err := chromedp.Call(p.ctx, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true}); err != nil {
		p.t.Fatal(err)
	}
	return asked
}

// TestChoosing: buttons and keys open the window that gives handles, nothing
// changes where nothing is chosen in it, and the input asks in its stead for
// folders and where the browser refuses.
func TestChoosing(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	p := startProfile(t)
	p.run("seeing the home page", 30*time.Second, chromedp.Navigate(d.base+"/"), chromedp.WaitVisible(id("drop")))
	p.waitText("#fact-size", "up to", 20*time.Second)
	asked := p.windows()
	next := func(how string) cdp.BackendNodeID {
		t.Helper()
		select {
		case input := <-asked:
			return input
		case <-time.After(10 * time.Second):
			t.Fatalf("%s opens no window\nThe page says:\n%s", how, p.all())
			return 0
		}
	}
	files, folder := chromedp.CSS("label[for=pick-files]"), chromedp.CSS("label[for=pick-folder]")
	before := p.all()
	for how, press := range map[string]step{"the button": chromedp.Click(files), "Space": chromedp.KeyEvent(" "), "Enter": chromedp.KeyEvent("\r")} {
		p.run(how, 10*time.Second, chromedp.Focus(chromedp.CSS("#pick-files"), chromedp.NodeReady), press)
		if input := next(how); input != 0 {
			t.Errorf("%s asks by the input", how)
		}
		time.Sleep(200 * time.Millisecond) // until the page knows that nothing was chosen
		if got := p.all(); got != before {
			t.Errorf("nothing was chosen after %s, and the page says:\n%s", how, got)
		}
		if at := eval[string](p, `document.activeElement.id`); at != "pick-files" {
			t.Errorf("after %s the keyboard is at %q", how, at)
		}
	}
	p.run("pressing the folder's button", 10*time.Second, chromedp.Click(folder))
	if next("the folder's button") == 0 {
		t.Error("folders are asked for by handles")
	}

	eval[bool](p, `window.times = 0; window.showOpenFilePicker = () => new Promise((_, reject) => { times++; window.refuse = () => reject(new DOMException("not here", "SecurityError")); }), true`)
	p.run("pressing twice", 10*time.Second, chromedp.Click(files), chromedp.Click(files))
	if n := eval[int](p, `times`); n != 1 {
		t.Errorf("pressed twice, %d windows were asked for", n)
	}
	eval[bool](p, `refuse(), true`)
	input := next("what is refused")
	if input == 0 {
		t.Fatal("where the browser refuses, the input doesn't ask")
	}
	path := filepath.Join(tree{"letter.txt": []byte("planted\n")}.write(t), "letter.txt")
	if _, err := chromedp.Call(p.ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{path}, BackendNodeID: input}); err != nil {
		t.Fatal(err)
	}
	p.waitText(id("send"), "Send 1 file", 20*time.Second)
	p.noProblems()
}

// TestChosenBeforeModules: what was chosen while the page's first module was on
// its way is listed.
func TestChosenBeforeModules(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	held := make(chan struct{})
	free := sync.OnceFunc(func() { close(held) })
	base := d.startProxy(func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/start.js") {
			<-held
		}
		return false
	})
	t.Cleanup(free) // before the proxy is closed
	p := startProfile(t)
	p.run("painting", 30*time.Second, chromedp.Navigate("about:blank"), chromedp.Evaluate[chromedp.Void]("void (location.href = '"+base+"/')"))
	p.waitText(id("drop"), "Choose files", 30*time.Second)
	path := filepath.Join(tree{"letter.txt": []byte("planted\n")}.write(t), "letter.txt")
	p.run("choosing a file", 20*time.Second, setFiles(path))
	free()
	p.waitText(id("send"), "Send 1 file", 30*time.Second)
	p.noProblems()
}

// TestManyChosen: thousands of files that were chosen at once, each with a handle,
// never hold the page up. They are the origin's own.
func TestManyChosen(t *testing.T) {
	d := startDaemon(t)
	p := startBrowser(t)
	p.run("seeing the home page", 30*time.Second, chromedp.Navigate(d.base+"/"), chromedp.WaitVisible(id("drop")))
	eval[bool](p, fmt.Sprintf(`(async () => {
		const folder = await navigator.storage.getDirectory();
		const handles = [];
		for (let i = 0; i < %d; i++) handles.push(await folder.getFileHandle("note " + i + ".txt", { create: true }));
		window.showOpenFilePicker = async () => handles;
		return true;
	})()`, *manyFiles))
	time.Sleep(2 * time.Second) // what loading takes isn't asked here
	eval[bool](p, watchTasks)
	within := time.Minute + time.Duration(*manyFiles)*10*time.Millisecond
	begun := time.Now()
	p.run("choosing files", 20*time.Second, chromedp.Click(chromedp.CSS("label[for=pick-files]")))
	p.waitText("#title", withCommas(*manyFiles)+" files to send", within)
	t.Logf("choosing took %v", time.Since(begun).Round(time.Millisecond))
	link := p.send(within)
	p.neverHeldUp()
	if got := newPerson(t, d.base).open(link); len(got) != *manyFiles {
		t.Errorf("%d files come out, want %d", len(got), *manyFiles)
	}
	p.noProblems()
}
