//go:build !js

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/chromedp/chromedp"
)

// browser is a headless Chromium with one page.
type browser struct {
	ctx     context.Context
	profile string // its folder
	close   func()
}

func startBrowser(ctx context.Context, url string, options ...chromedp.ExecAllocatorOption) (*browser, error) {
	var chromium string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if at, err := exec.LookPath(name); err == nil {
			chromium = at
			break
		}
	}
	if chromium == "" {
		return nil, errors.New("there is no Chromium; hint: apt-get install chromium")
	}
	profile, err := os.MkdirTemp("", "floe-bench-*")
	if err != nil {
		return nil, err
	}
	alloc, stop := chromedp.NewExecAllocator(ctx, append([]chromedp.ExecAllocatorOption{
		chromedp.ExecPath(chromium), chromedp.UserDataDir(profile),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("disable-background-networking", true),
	}, options...)...)
	page, cancel := chromedp.NewContext(alloc)
	b := &browser{ctx: page, profile: profile, close: func() { cancel(); stop(); os.RemoveAll(profile) }}
	if err := chromedp.Do(page, chromedp.Navigate(url)); err != nil {
		b.close()
		return nil, fmt.Errorf("couldn't start Chromium: %w", err)
	}
	return b, nil
}

// measure runs one case in a worker of its own.
func (b *browser) measure(m *measure, rounds int) error {
	wanted, err := json.Marshal(map[string]any{"name": m.Name, "n_shards": m.NShards, "bytes": m.Bytes, "workers": m.Workers, "rounds": rounds})
	if err != nil {
		return err
	}
	r, err := chromedp.Run(b.ctx, chromedp.Evaluate[result](fmt.Sprintf("measure(%s)", wanted), chromedp.EvalAwaitPromise))
	if err != nil {
		return err
	}
	return m.take(r)
}
