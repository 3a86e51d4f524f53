package e2e

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"floe/codec/suitx"
	"floe/server/api"
)

// A network of its own, without pages or relay, and servers that work on it from
// elsewhere: nothing but addresses tells it from Sui and Walrus.

// startNetwork runs floed -relay=false, whose epochs last as long as given.
func startNetwork(t *testing.T, epoch time.Duration) *daemon {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &daemon{t: t, data: t.TempDir(), addr: l.Addr().String(), args: []string{"-relay=false"}, log: new(logBuffer)}
	l.Close()
	began := map[string]any{
		"Nodes": 13, "Shards": 104, "Host": d.addr, "Start": time.Now().UTC(),
		"EpochDurationMS": epoch.Milliseconds(), "StoragePrice": 100_000, "WritePrice": 20_000,
	}
	b, err := json.Marshal(began)
	if err == nil {
		err = os.WriteFile(filepath.Join(d.data, "network.json"), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	d.start()
	t.Cleanup(d.kill)
	return d
}

// placeOf is where a network is, as a file under a name.
func placeOf(t *testing.T, d *daemon, change func(*api.Place)) string {
	t.Helper()
	p, _ := api.Places(api.Local)
	p.Ledger = d.base
	if change != nil {
		change(&p)
	}
	path := filepath.Join(t.TempDir(), p.Name+".json")
	if err := os.WriteFile(path, p.Marshal(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// sponsorFor makes a key, has the network's faucet fund it, and writes its file.
func sponsorFor(t *testing.T, d *daemon, seed byte, gifts int) (path string, address suitx.Address) {
	t.Helper()
	secret := [32]byte{seed}
	key := ed25519.NewKeyFromSeed(secret[:])
	address = suitx.AddressOf(key.Public().(ed25519.PublicKey))
	for range gifts {
		body := strings.NewReader(fmt.Sprintf(`{"address":%q}`, address))
		if status, answer := fetch(t, "POST", d.base+api.PathFaucet, body); status != 200 {
			t.Fatalf("faucet: status %d: %s", status, answer)
		}
	}
	text, err := suitx.FormatSuiPrivateKey(suitx.SchemeEd25519, secret)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "sponsor.key")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, address
}

func fetch(t *testing.T, method, url string, body io.Reader) (int, []byte) {
	t.Helper()
	req, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, answer
}

func networkAt(t *testing.T, base string) (n api.Network) {
	t.Helper()
	status, body := fetch(t, "GET", base+api.PathNetwork, nil)
	if status != 200 || json.Unmarshal(body, &n) != nil {
		t.Fatalf("network: status %d: %s", status, body)
	}
	return n
}

// TestBareNetwork: without the relay there are the ledger, the nodes and what
// the embedded network's owner may do, and nothing else.
func TestBareNetwork(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, "-relay=false")
	for path, want := range map[string]int{
		"/healthz":                       200,
		"/node/0/v1/health":              200,
		"/":                              404,
		"/open":                          404,
		"/static/js/home.js":             404,
		api.PathNetwork:                  404,
		api.PathParcels + "0x1":          404,
		"/node/13/v1/health":             404,
		"/sui.rpc.v2.LedgerService/Nope": 501,
	} {
		if status, body := fetch(t, "GET", d.base+path, nil); status != want {
			t.Errorf("%s: status %d, want %d: %.100s", path, status, want, body)
		}
	}
	if status, _ := fetch(t, "POST", d.base+api.PathRegister, strings.NewReader("{}")); status != 404 {
		t.Errorf("the relay's API answers %d", status)
	}
	d.node(3, "stop")
	if res, err := http.Get(d.base + "/node/3/v1/health"); err == nil {
		res.Body.Close()
		t.Errorf("a stopped node answers %s", res.Status)
	}
	d.node(3, "start")
}

// TestServerElsewhere: a server that has neither ledger nor nodes sends and
// opens; over an epoch's end, and over a restart of the network beneath it.
func TestServerElsewhere(t *testing.T) {
	t.Parallel()
	const epoch = 45 * time.Second
	a := startNetwork(t, epoch)
	key, sponsor := sponsorFor(t, a, 7, 2)
	b := startDaemon(t, "-network", placeOf(t, a, nil), "-sponsor-key", key, "-gas-budget", "30", "-wal-budget", "2000")
	n := networkAt(t, b.base)
	if n.Sponsor != sponsor.String() || n.Deletable || n.Name != api.Local {
		t.Errorf("network %+v", n)
	}
	p := newPerson(t, b.base)
	first, second, third := parcel(1), little(2), little(3)
	one := p.send(first, "-epochs", "50")
	sameFiles(t, p.open(one), first.hashes())

	began := networkAt(t, b.base).Epoch
	for end := time.Now().Add(2 * epoch); networkAt(t, b.base).Epoch == began; time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the server doesn't see the next epoch")
		}
	}
	two := p.send(second, "-epochs", "50")
	sameFiles(t, p.open(one), first.hashes())
	sameFiles(t, p.open(two), second.hashes())

	a.kill()
	if status, body := fetch(t, "GET", b.base+api.PathHealth, nil); status != 200 {
		t.Errorf("without a network the server answers %d: %s", status, body)
	}
	a.start()
	three := p.send(third, "-epochs", "50")
	for link, want := range map[string]tree{one: first, two: second, three: third} {
		sameFiles(t, p.open(link), want.hashes())
	}
	if log := b.log.String(); strings.Contains(log, "panic") || strings.Contains(log, "suiprivkey") {
		t.Errorf("the server logged:\n%s", log)
	}
}

// startPublished publishes Floe's package on a network of its own and runs a
// server there. place is the file that the publishing wrote.
func startPublished(t *testing.T) (server *daemon, place string, published api.Place) {
	t.Helper()
	a := startNetwork(t, time.Hour)
	key, _ := sponsorFor(t, a, 11, 2)
	bare := placeOf(t, a, func(p *api.Place) { p.Name, p.FloePackage = "bare", [32]byte{} })
	place = filepath.Join(t.TempDir(), "ours.json")
	out, err := exec.Command(binary(t, "floed"), "package", "-publish", "-network", bare, "-key", key, "-name", "ours", "-o", place).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(place)
	if err == nil {
		published, err = api.ParsePlace(text)
	}
	builtIn, _ := api.Networks(api.Local)
	if err != nil || published.Name != "ours" || published.FloePackage == builtIn.FloePackage || published.UpgradeCap == [32]byte{} {
		t.Fatalf("the file %s is read as %+v, %v", text, published, err)
	}
	return startDaemon(t, "-network", place, "-sponsor-key", key, "-gas-budget", "30", "-wal-budget", "2000"), place, published
}

// TestPackagePublishedElsewhere: on a network that has Floe's package under an ID
// of its own, known from a file alone, everything works: published, served,
// sent, opened. Whoever doesn't know that ID refuses.
func TestPackagePublishedElsewhere(t *testing.T) {
	t.Parallel()
	b, place, published := startPublished(t)
	n := networkAt(t, b.base)
	if n.Name != "ours" || n.FloePackage != suitx.Address(published.FloePackage).String() {
		t.Errorf("network %+v", n)
	}
	_, page := fetch(t, "GET", b.base+"/", nil)
	if !bytes.Contains(page, []byte(n.FloePackage)) {
		t.Error("the page doesn't carry the package's ID")
	}
	p, files := newPerson(t, b.base), little(31)
	link := p.send(files, "-known", place)
	sameFiles(t, p.open(link, "-known", place), files.hashes())
	if _, stderr, code := p.try("open", "-o", t.TempDir(), link); code == 0 || !strings.Contains(stderr, "doesn't know the network") {
		t.Errorf("without the file: exit status %d: %s", code, stderr)
	}
	other := placeOf(t, b, func(q *api.Place) { *q = published; q.FloePackage[31]++ })
	if _, stderr, code := p.try("open", "-known", other, "-o", t.TempDir(), link); code == 0 || !strings.Contains(stderr, "untrue") && !strings.Contains(stderr, "didn't sign") {
		t.Errorf("with another package in the file: exit status %d: %s", code, stderr)
	}
}

// TestPageOfAPublishedPackage: a page works on a network that isn't compiled into
// its program, by what it carries itself.
func TestPageOfAPublishedPackage(t *testing.T) {
	t.Parallel()
	b, place, _ := startPublished(t)
	page, files := startProfile(t), little(32)
	page.in(t).drop(b.base, files)
	link := page.send(time.Minute)
	p := newPerson(t, b.base)
	sameFiles(t, p.open(link, "-known", place), files.hashes())
	page.in(t).visit(b.base, p.send(files, "-known", place))
	page.clearDownloads()
	sameFiles(t, page.saveAll(time.Minute), files.hashes())
	page.in(t).noProblems()
}

// TestServersShareASponsor: two servers with one key, and several senders at
// each, never lose or spoil a transaction.
func TestServersShareASponsor(t *testing.T) {
	t.Parallel()
	a := startNetwork(t, time.Hour)
	key, _ := sponsorFor(t, a, 8, 2)
	place := placeOf(t, a, nil)
	args := []string{"-network", place, "-sponsor-key", key, "-gas-budget", "30", "-wal-budget", "2000"}
	servers := []*daemon{startDaemon(t, args...), startDaemon(t, args...)}
	var all sync.WaitGroup
	for i := range 6 {
		p, files := newPerson(t, servers[i%2].base), little(uint64(20+i))
		all.Go(func() { sameFiles(t, p.open(p.send(files)), files.hashes()) })
	}
	all.Wait()
}

// TestServerKilledMidway: a server that is killed while it pays for many goes on
// with the same coins when it is back, and so do those who were cut off.
func TestServerKilledMidway(t *testing.T) {
	t.Parallel()
	a := startNetwork(t, time.Hour)
	key, _ := sponsorFor(t, a, 10, 1)
	b := startDaemon(t, "-network", placeOf(t, a, nil), "-sponsor-key", key, "-gas-budget", "30", "-wal-budget", "2000")
	var all sync.WaitGroup
	for i := range 4 {
		p, files := newPerson(t, b.base), parcel(uint64(40+i))
		all.Go(func() { sameFiles(t, p.open(p.send(files)), files.hashes()) })
	}
	for range 2 {
		time.Sleep(400 * time.Millisecond)
		b.kill()
		b.start()
	}
	all.Wait()
}

// TestServerWithoutSponsor: it opens what others sent, and says who pays.
func TestServerWithoutSponsor(t *testing.T) {
	t.Parallel()
	a := startNetwork(t, time.Hour)
	key, _ := sponsorFor(t, a, 9, 1)
	place := placeOf(t, a, nil)
	paying := startDaemon(t, "-network", place, "-sponsor-key", key, "-gas-budget", "30", "-wal-budget", "2000")
	poor := startDaemon(t, "-network", place)
	if n := networkAt(t, poor.base); n.Sponsor != "" {
		t.Errorf("a sponsor %s from nowhere", n.Sponsor)
	}
	files := little(4)
	link := newPerson(t, paying.base).send(files)
	p := newPerson(t, poor.base)
	sameFiles(t, p.open(strings.Replace(link, paying.base, poor.base, 1)), files.hashes())
	_, stderr, code := p.try("send", writeFile(t, "mine"))
	if code == 0 || !strings.Contains(stderr, "pays for nobody") {
		t.Errorf("exit status %d: %s", code, stderr)
	}
	page := startProfile(t)
	page.in(t).drop(poor.base, little(5))
	page.run("sending", time.Minute, chromedp.Click(id("send")))
	page.waitText("main", "This server pays for nobody.", time.Minute)
	for _, path := range []string{api.PathRegister, api.PathGas, api.PathExecute} {
		status, body := fetch(t, "POST", poor.base+path, strings.NewReader("{}"))
		if status != 403 || !bytes.Contains(body, []byte(api.CodeNoSponsor)) {
			t.Errorf("%s: status %d: %s", path, status, body)
		}
	}
}
