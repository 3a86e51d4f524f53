package e2e

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// picture is a small picture.
func picture(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for x := range 64 {
		for y := range 48 {
			img.Set(x, y, color.RGBA{uint8(4 * x), uint8(5 * y), 200, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestOpenInPage: a picture is shown as a picture, text as text (a script in it
// stays words), and one file is saved alone.
func TestOpenInPage(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	hostile := `<script>document.title = "owned"</script><img src=x onerror="document.title='owned'">`
	files := tree{"dawn.png": picture(t), "page.txt": []byte(hostile)}
	sender := startProfile(t)
	sender.drop(d.base, files)
	link := sender.send(time.Minute)

	p := startProfile(t)
	p.visit(d.base, link)
	p.waitText(id("open-list"), "dawn.png", time.Minute)
	openFile := func(name string) {
		t.Helper()
		js := `(() => { for (const li of document.querySelectorAll('[data-testid="open-file"]')) { if (li.innerText.includes(` + "`" + name + "`" + `)) { li.querySelector("[data-open]").click(); return true } } return false })()`
		if !eval[bool](p, js) {
			t.Fatalf("no row for %s", name)
		}
	}
	openFile("dawn.png")
	p.run("seeing the picture", time.Minute, chromedp.WaitVisible(chromedp.CSS("#preview-body img")))
	if w := eval[int](p, `(async () => { const i = document.querySelector("#preview-body img"); await i.decode(); return i.naturalWidth })()`); w != 64 {
		t.Errorf("the picture is %d pixels wide, want 64", w)
	}
	p.run("closing it", 10*time.Second, chromedp.Click(chromedp.CSS("#preview form .second")))
	openFile("page.txt")
	p.waitText("#preview-body", "<script>document.title", time.Minute)
	if title := eval[string](p, "document.title"); title == "owned" {
		t.Error("a script in a text file ran")
	}
	p.run("saving from the preview", 10*time.Second, chromedp.Click(chromedp.CSS("#preview-save")))
	p.waitSaved("page.txt", time.Minute)
	p.noProblems()
	sender.noProblems()
}
