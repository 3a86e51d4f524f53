package e2e

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"floe/codec/suitx"
)

// left is how many notes the engine tells of; it may take a while to start.
const left = `import(new URL("net.js", document.querySelector("script[type=module]").src)).then((net) => net.engine()).then((engine) => engine.left()).then((all) => all.length)`

// notes is how many notes the vault holds, told of or not.
const notes = `new Promise((resolve, reject) => {
	const opening = indexedDB.open("floe");
	opening.onerror = () => reject(opening.error);
	opening.onsuccess = () => {
		const asked = opening.result.transaction("device").objectStore("device").get("paid");
		asked.onerror = () => reject(asked.error);
		asked.onsuccess = () => { opening.result.close(); resolve(asked.result?.length ?? 0); };
	};
})`

// TestPaidInAClosedTab: a wallet has paid, too few nodes answer, and the tab is
// closed. The home page tells of it, but not while that tab lives, and shows the
// key to what was paid for when asked. What gets through leaves no note.
func TestPaidInAClosedTab(t *testing.T) {
	t.Parallel()
	d := startDaemon(t)
	later := startBrowser(t)
	later.run("seeing the home page", 30*time.Second, chromedp.Navigate(d.base+"/"))
	sender, closeTab := later.tab()
	w := installWallet(sender, 45)
	d.faucet(w.address())
	d.faucet(w.address())
	_, before := d.holds(w.address())

	sender.drop(d.base, tree{"note.txt": []byte("planted")})
	w.connect()
	sender.run("pressing Send", 20*time.Second, chromedp.Click(id("send")))
	w.confirm()
	sender.waitText(id("link"), "/open#", time.Minute)
	if n := eval[int](sender, notes); n != 0 {
		t.Errorf("%d notes of what is finished", n)
	}

	sender.drop(d.base, tree{"letter.txt": []byte("never sent")})
	sender.waitText("#cost", "It asks once", 30*time.Second)
	w.done = 0 // the page is another
	sender.run("pressing Send", 20*time.Second, chromedp.Click(id("send")))
	w.reject()
	sender.waitText(id("error"), "Nothing was paid", 30*time.Second)
	if n := eval[int](sender, notes); n != 0 {
		t.Errorf("%d notes of what was refused", n)
	}
	_, finished := d.holds(w.address())
	sender.run("pressing Send", 20*time.Second, chromedp.Click(id("send")))
	w.next()
	for i := range 6 {
		d.node(i, "stop")
	}
	w.confirm()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if _, wal := d.holds(w.address()); wal < finished && finished < before {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the wallet hasn't paid within a minute")
		}
	}
	if held, told := eval[int](later, notes), eval[int](later, left); held != 1 || told != 0 {
		t.Errorf("while the tab lives there are %d notes, and %d are told", held, told)
	}
	closeTab()

	later.run("coming back", 30*time.Second, chromedp.Navigate(d.base+"/"))
	says := later.waitText("#left", "Paid, but not finished", 30*time.Second)
	t.Logf("the page says: %s", strings.ReplaceAll(says, "\n", " "))
	if !strings.Contains(says, "Test Wallet 0x") || strings.Contains(later.all(), "suiprivkey1") {
		t.Errorf("the page doesn't say who paid, or shows the key unasked: %q", says)
	}
	later.run("asking for the key", 20*time.Second, chromedp.Click(chromedp.CSS("#left [data-show]")))
	later.waitText("#left .code", "suiprivkey1", 20*time.Second)
	address := addressOfKey(t, later.text("#left .code"))
	if sui, _ := d.holds(address); sui == 0 {
		t.Error("the key isn't of the address that has the SUI")
	}
	if blobs := d.blobsOf(address); blobs == 0 {
		t.Error("the key isn't of the address that has the Blob objects")
	}
	later.run("forgetting", 20*time.Second, chromedp.Click(chromedp.CSS("#left [data-forget]")),
		chromedp.WaitVisible(chromedp.CSS("#ask-forget")), chromedp.Click(chromedp.CSS(`#ask-forget button[value="yes"]`)))
	later.waitTrue(`document.getElementById("left").hidden`, 20*time.Second)
	if held, told := eval[int](later, notes), eval[int](later, left); held != 0 || told != 0 {
		t.Errorf("after forgetting there are %d notes, and %d are told", held, told)
	}
	later.noProblems()
}

// tab opens another tab of the same profile; the function closes it.
func (p *profile) tab() (*profile, func()) {
	p.t.Helper()
	ctx, closeTab := chromedp.NewContext(p.ctx)
	if err := chromedp.Do(ctx); err != nil { // the tab ends with the context that it is first used with
		p.t.Fatal(err)
	}
	return &profile{t: p.t, ctx: ctx, downloads: p.downloads}, closeTab
}

func addressOfKey(t *testing.T, text string) suitx.Address {
	t.Helper()
	_, secret, err := suitx.ParseSuiPrivateKey(strings.TrimSpace(text))
	if err != nil {
		t.Fatal(err)
	}
	return suitx.AddressOf(ed25519.NewKeyFromSeed(secret[:]).Public().(ed25519.PublicKey))
}

// blobsOf asks the ledger how many Blob objects an address owns.
func (d *daemon) blobsOf(owner suitx.Address) (n int) {
	d.t.Helper()
	res, err := http.Post(d.base+"/sui.rpc.v2.StateService/ListOwnedObjects", "application/json",
		strings.NewReader(fmt.Sprintf(`{"owner":%q,"readMask":"objectType"}`, owner)))
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	var page struct {
		Objects []struct {
			ObjectType string `json:"objectType"`
		}
	}
	if err := json.Unmarshal(body, &page); err != nil || res.StatusCode != 200 {
		d.t.Fatalf("%s: %v: %s", res.Status, err, body)
	}
	for _, o := range page.Objects {
		if strings.HasSuffix(o.ObjectType, "::blob::Blob") {
			n++
		}
	}
	return n
}
