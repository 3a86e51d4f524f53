package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"floe/crypto"
	"floe/server/api"
)

const (
	untrue    = "This server said something untrue."
	nothing   = "This link opens nothing at present."
	tooFew    = "Too few nodes are answering."
	notThere  = "This server isn’t answering."
	survived  = "" // the files come out right
	exitFine  = 0
	exitShut  = 3
	exitLater = 4
	exitLiar  = 5
)

// TestTamperedWire: whatever is changed on the way, the page and floe open the
// right files or say in their own words what isn't right; nothing else is ever
// shown. When the truth is told again, it opens.
func TestTamperedWire(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	wire := startProxy(t, d)
	files := tree{"harbour.bin": noise(200_000, 70), "photos/dawn.txt": []byte("a folder keeps its path\n"), "empty.dat": {}}
	alice := newPerson(t, d.base)
	link, otherLink := alice.send(files), alice.send(tree{"harbour.bin": noise(200_000, 71), "photos/dawn.txt": []byte("another picture\n"), "empty.dat": {}})
	whole, err := crypto.ParseLink(link)
	if err != nil {
		t.Fatal(err)
	}
	other, err := crypto.ParseLink(otherLink)
	if err != nil {
		t.Fatal(err)
	}
	otherShown := d.shownParcel(other.Parcel)
	blobs, _ := onLedger(t, d.base, other.Parcel)
	otherFrames := d.allOf(blobs[0])
	blobs, _ = onLedger(t, d.base, whole.Parcel)
	guilty := d.allOf(blobs[0])["2 10"].Node // it has the primary sliver of pair 10, which a healthy read needs
	_, fragment, _ := strings.Cut(link, "#")
	proxied := wire.base + "/open#" + fragment

	p := startProfile(t)
	for _, c := range []struct {
		name  string
		lie   lie
		title string
		exit  int
	}{
		{"grants", inParcel(func(p *api.Parcel) {
			for i := range p.Grants {
				p.Grants[i].Grant = flipped(p.Grants[i].Grant)
			}
		}), untrue, exitLiar},
		{"grants exchanged", inParcel(func(p *api.Parcel) {
			p.Grants[0].Grant, p.Grants[1].Grant = p.Grants[1].Grant, p.Grants[0].Grant
		}), untrue, exitLiar},
		{"grants of another parcel", inParcel(func(p *api.Parcel) {
			for i := range p.Grants {
				p.Grants[i].Grant = otherShown.Grants[i].Grant
			}
		}), untrue, exitLiar},
		{"slots", inParcel(func(p *api.Parcel) {
			for i := range p.Grants {
				p.Grants[i].Slot = flipped(p.Grants[i].Slot)
			}
		}), nothing, exitShut},
		{"no grants", inParcel(func(p *api.Parcel) { p.Grants = nil }), nothing, exitShut},
		{"object", inParcel(func(p *api.Parcel) { p.Object = flipped(p.Object) }), untrue, exitLiar},
		{"object of another parcel", inParcel(func(p *api.Parcel) { p.Object = otherShown.Object }), untrue, exitLiar},
		{"no object", inParcel(func(p *api.Parcel) { p.Object = nil }), untrue, exitLiar},
		{"creating transaction", inParcel(func(p *api.Parcel) { p.Creation.Transaction = flipped(p.Creation.Transaction) }), untrue, exitLiar},
		{"its signature", inParcel(func(p *api.Parcel) { p.Creation.Signatures[0] = flipped(p.Creation.Signatures[0]) }), untrue, exitLiar},
		{"last change", inParcel(func(p *api.Parcel) { p.Change.Transaction = flipped(p.Change.Transaction) }), untrue, exitLiar},
		{"its signature, too", inParcel(func(p *api.Parcel) { p.Change.Signatures[0] = flipped(p.Change.Signatures[0]) }), untrue, exitLiar},
		{"last change of another parcel", inParcel(func(p *api.Parcel) { p.Change = otherShown.Change }), untrue, exitLiar},
		{"another parcel", inParcel(func(p *api.Parcel) { *p = otherShown }), untrue, exitLiar},

		{"metadata", inEach(func(f *api.Frame) {
			if f.Kind == api.FrameMetadata {
				f.Body = flipped(f.Body)
			}
		}), untrue, exitLiar},
		{"one sliver", inEach(func(f *api.Frame) {
			if f.Kind == api.FramePrimary && f.Index == 3 {
				f.Body = flipped(f.Body)
			}
		}), survived, exitFine},
		{"one node's slivers", inEach(func(f *api.Frame) {
			if f.Kind != api.FrameMetadata && f.Node == guilty {
				f.Body = flipped(f.Body)
			}
		}), survived, exitFine},
		{"two slivers exchanged", inFrames(func(frames []api.Frame) {
			if n := len(frames); n > 2 {
				frames[n-1].Body, frames[n-2].Body = frames[n-2].Body, frames[n-1].Body
			}
		}), survived, exitFine},
		{"all slivers", inEach(func(f *api.Frame) {
			if f.Kind != api.FrameMetadata {
				f.Body = flipped(f.Body)
			}
		}), untrue, exitLiar},
		{"slivers of another parcel", inEach(func(f *api.Frame) {
			if f.Kind != api.FrameMetadata {
				f.Body = otherFrames[nameOf(*f)].Body
			}
		}), untrue, exitLiar},
		{"metadata and slivers of another parcel", inEach(func(f *api.Frame) { f.Body = otherFrames[nameOf(*f)].Body }), untrue, exitLiar},
		{"answers to another question", inEach(func(f *api.Frame) { f.BlobID[7] ^= 1 }), untrue, exitLiar},
		{"withheld slivers", inEach(func(f *api.Frame) {
			if f.Kind != api.FrameMetadata {
				f.Status, f.Body = http.StatusNotFound, nil
			}
		}), tooFew, exitLater},
		{"cut answers", inRead(func(body []byte) ([]byte, error) { return body[:len(body)*2/3], nil }), notThere, exitLater},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.in(t)
			wire.tell(c.lie)
			got := t.TempDir()
			_, complaint, code := newPerson(t, wire.base).try("open", "-wait", "1ms", "-o", got, proxied)
			if code != c.exit {
				t.Errorf("floe ends with status %d, want %d: %s", code, c.exit, complaint)
			}
			came := readTree(t, got)
			if code == exitFine {
				sameFiles(t, came.hashes(), files.hashes())
			} else if len(came) > 0 {
				t.Errorf("floe has written %d files", len(came))
			}

			p.visit(wire.base, link)
			if c.title == survived {
				p.clearDownloads()
				sameFiles(t, p.saveAll(time.Minute), files.hashes())
				return
			}
			p.waitText("main", c.title, time.Minute)
			if shown := p.text(id("open-list")); shown != "" {
				t.Errorf("the page lists %q", shown)
			}
			wire.tell(nil)
			if c.exit == exitLater { // it goes on by itself
				p.clearDownloads()
				sameFiles(t, p.saveAll(time.Minute), files.hashes())
			}
		})
	}
	p.in(t)
	wire.tell(inParcel(func(p *api.Parcel) { p.Object = nil }))
	p.visit(wire.base, link)
	p.waitText("main", untrue, time.Minute)
	wire.tell(nil)
	p.run("trying again", 20*time.Second, chromedp.Click(chromedp.CSS(`[data-act="again"]`)))
	p.clearDownloads()
	sameFiles(t, p.saveAll(time.Minute), files.hashes())
	p.noProblems()
}
