package e2e

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// prefer sets the person's colour scheme.
func (p *profile) prefer(scheme string) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// readQR reads the QR code that the page shows, as a camera would: from the
// picture of it, with a reader that isn't ours.
func (p *profile) readQR(t *testing.T) string {
	t.Helper()
	modules, err := filepath.Abs("../../../.ci/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	_, missing := os.Stat(filepath.Join(modules, "jsqr"))
	_, noNode := exec.LookPath("node")
	require(t, "node", missing == nil && noNode == nil, "install Node, then: cd .ci && npm ci")
	var shot []byte
	p.run("photographing the QR code", 20*time.Second, func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		var err error
		shot, err = chromedp.ScreenshotScale(id("qr"), 2)(ctx, target)
		return chromedp.Void{}, err
	})
	picture, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	rgba := image.NewRGBA(image.Rect(0, 0, picture.Bounds().Dx(), picture.Bounds().Dy()))
	draw.Draw(rgba, rgba.Bounds(), picture, picture.Bounds().Min, draw.Src)
	file := filepath.Join(t.TempDir(), "qr.rgba")
	if err := os.WriteFile(file, rgba.Pix, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "testdata/qr.mjs", file, strconv.Itoa(rgba.Rect.Dx()), strconv.Itoa(rgba.Rect.Dy()), modules)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the QR code can't be read: %v", err)
	}
	return string(out)
}

// TestQRCode: what a phone reads off the page is the whole link, secret and all.
func TestQRCode(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	for _, scheme := range []string{"light", "dark"} {
		t.Run(scheme, func(t *testing.T) {
			p := startProfile(t)
			p.prefer(scheme)
			p.drop(d.base, tree{"letter.txt": []byte("Dear reader,\n")})
			link := p.send(time.Minute)
			p.run("seeing the QR code", 20*time.Second, chromedp.WaitVisible(id("qr")))
			if got := p.readQR(t); got != link {
				t.Errorf("the QR code says something else than the link: %d characters, the link has %d", len(got), len(link))
			}
			p.noProblems()
		})
	}
}
