package e2e

import (
	"encoding/base64"
	wire "encoding/binary"
	"flag"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// filmSize is for soaks: go test ./cmd/floed/e2e -run TestFilm -film 1024
var filmSize = flag.Int("film", 48, "how many MiB the film has that TestFilm plays")

const (
	framesPerSecond       = 25
	filmWidth, filmHeight = 640, 360
)

// ebml is an element of WebM (RFC 8794): its ID, its length in 8 bytes, its body.
func ebml(id uint32, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	b := wire.BigEndian.AppendUint32(nil, id)
	for b[0] == 0 {
		b = b[1:]
	}
	b = wire.BigEndian.AppendUint64(b, 1<<56|uint64(n))
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

func ebmlNumber(id uint32, n uint64) []byte {
	return ebml(id, wire.BigEndian.AppendUint64(nil, n))
}

// film is a WebM of about that size, every frame of which is the same picture, a
// key frame of VP8. As in most films what to seek by stands at the end.
func film(size int, frame []byte) []byte {
	var clusters, cues []byte
	head := ebml(0x1A45DFA3,
		ebmlNumber(0x4286, 1), ebmlNumber(0x42F7, 1), ebmlNumber(0x42F2, 4), ebmlNumber(0x42F3, 8),
		ebml(0x4282, []byte("webm")), ebmlNumber(0x4287, 4), ebmlNumber(0x4285, 2))
	seconds := max(size/(len(frame)*framesPerSecond), 1)
	info := ebml(0x1549A966, ebmlNumber(0x2AD7B1, 1_000_000),
		ebml(0x4489, wire.BigEndian.AppendUint64(nil, math.Float64bits(float64(1000*seconds)))),
		ebml(0x4D80, []byte("floe")), ebml(0x5741, []byte("floe")))
	tracks := ebml(0x1654AE6B, ebml(0xAE, ebmlNumber(0xD7, 1), ebmlNumber(0x73C5, 1), ebmlNumber(0x83, 1),
		ebml(0x86, []byte("V_VP8")), ebml(0xE0, ebmlNumber(0xB0, filmWidth), ebmlNumber(0xBA, filmHeight))))
	seek := func(cuesAt int) []byte {
		return ebml(0x114D9B74, ebml(0x4DBB, ebml(0x53AB, []byte{0x1C, 0x53, 0xBB, 0x6B}), ebmlNumber(0x53AC, uint64(cuesAt))))
	}
	before := len(seek(0)) + len(info) + len(tracks)
	for s := range seconds {
		cues = append(cues, ebml(0xBB, ebmlNumber(0xB3, uint64(1000*s)),
			ebml(0xB7, ebmlNumber(0xF7, 1), ebmlNumber(0xF1, uint64(before+len(clusters)))))...)
		parts := [][]byte{ebmlNumber(0xE7, uint64(1000*s))}
		for f := range framesPerSecond {
			at := wire.BigEndian.AppendUint16([]byte{0x81}, uint16(f*1000/framesPerSecond))
			parts = append(parts, ebml(0xA3, append(at, 0x80), frame))
		}
		clusters = append(clusters, ebml(0x1F43B675, parts...)...)
	}
	return append(head, ebml(0x18538067, seek(before+len(clusters)), info, tracks, clusters, ebml(0x1C53BB6B, cues))...)
}

// picture has the browser draw one, and returns it as a key frame of VP8.
func (p *profile) picture() []byte {
	p.t.Helper()
	url := eval[string](p, fmt.Sprintf(`(() => { const width = %d, height = %d;
		const canvas = Object.assign(document.createElement("canvas"), { width, height });
		const context = canvas.getContext("2d"), image = context.createImageData(width, height);
		for (let i = 0; i < image.data.length; i += 4) { image.data.set([(i / 4 %% width) / 3, i / 7000, Math.random() * 120, 255], i); }
		context.putImageData(image, 0, 0);
		return canvas.toDataURL("image/webp", 0.9) })()`, filmWidth, filmHeight))
	webp, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(url, "data:image/webp;base64,"))
	if err != nil || len(webp) < 20 {
		p.t.Fatalf("the browser draws %.60q (%v)", url, err)
	}
	for rest := webp[12:]; len(rest) > 8; { // RIFF: name, length, body, even
		n := int(wire.LittleEndian.Uint32(rest[4:]))
		if string(rest[:4]) == "VP8 " {
			return rest[8 : 8+n]
		}
		rest = rest[8+n+n&1:]
	}
	p.t.Fatal("the browser's picture has no frame of VP8")
	return nil
}

// TestFilm: a film plays before it is there, and anywhere in its middle at once,
// from little more than what is shown of it.
func TestFilm(t *testing.T) {
	t.Parallel()
	d := startDaemon(t)
	through := startProxy(t, d)
	p := startBrowser(t)
	p.run("seeing a page", 30*time.Second, chromedp.Navigate(d.base+"/safe"))
	frame := p.picture()
	files := tree{"harbour.webm": film(*filmSize<<20, frame)}
	link := newPerson(t, d.base).send(files)
	p.open(through.base, link, "harbour.webm")
	p.run("touching the page", 10*time.Second, chromedp.Click(chromedp.CSS("#title"))) // browsers play nothing before that
	n := through.counted()
	const media = `document.querySelector(".framed iframe")?.contentDocument?.querySelector("video")`
	begun := time.Now()
	p.click("harbour.webm", "[data-open]")
	p.waitTrue(media+`?.readyState >= 2 && `+media+`.currentTime > 0`, time.Minute)
	t.Logf("a film of %d bytes plays after %v", len(files["harbour.webm"]), time.Since(begun).Round(time.Millisecond))
	p.seek(media, n, float64(framesPerSecond*len(frame)), 4*metadata)
	if size := eval[string](p, `(() => { const { videoWidth, videoHeight } = `+media+`; return videoWidth + "×" + videoHeight })()`); size != fmt.Sprintf("%d×%d", filmWidth, filmHeight) {
		t.Errorf("the picture has %s points", size)
	}
	p.noProblems()
}
