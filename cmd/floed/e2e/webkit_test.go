package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// webkitCommands are where WebDriver has its commands.
var webkitCommands = map[string]string{
	"Navigate":           "url",
	"ExecuteAsyncScript": "execute/async",
	"FindElement":        "element",
	"SetTimeouts":        "timeouts",
}

// startWebKit starts WebKitGTK's own small browser, which WebKitWebDriver
// drives, on a screen that nobody sees.
func startWebKit(t *testing.T) *remote {
	t.Helper()
	driver, err := exec.LookPath("WebKitWebDriver")
	require(t, "webkit", err == nil, "apt-get install webkit2gtk-driver")
	screen, err := exec.LookPath("Xvfb")
	require(t, "webkit", err == nil, "apt-get install xvfb")
	browsers, _ := filepath.Glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser")
	require(t, "webkit", len(browsers) > 0, "apt-get install webkit2gtk-driver")

	home := t.TempDir()
	downloads := filepath.Join(home, "Downloads")
	if err := os.Mkdir(downloads, 0o700); err != nil {
		t.Fatal(err)
	}
	places := "XDG_DOWNLOAD_DIR=\"$HOME/Downloads\"\n"
	if err := os.WriteFile(filepath.Join(home, "user-dirs.dirs"), []byte(places), 0o600); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	cmd := exec.Command(driver, "--port="+port)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_DATA_HOME="+home, "XDG_CACHE_HOME="+home, "XDG_CONFIG_HOME="+home,
		"DISPLAY="+startScreen(t, screen), "GDK_BACKEND=x11", "NO_AT_BRIDGE=1", "GIO_USE_VFS=local",
		"WEBKIT_DISABLE_COMPOSITING_MODE=1", "LIBGL_ALWAYS_SOFTWARE=1")
	log := new(logBuffer)
	cmd.Stdout, cmd.Stderr = log, log
	startGroup(t, cmd)

	base := "http://127.0.0.1:" + port + "/session"
	r := &remote{t: t, name: "WebKit", downloads: downloads}
	var session struct{ SessionID string }
	r.call = func(command string, params any) (json.RawMessage, error) {
		if p, ok := params.(map[string]string); ok && command == "ElementSendKeys" {
			return webDriver(base+"/"+session.SessionID+"/element/"+p["id"]+"/value", params)
		}
		return webDriver(base+"/"+session.SessionID+"/"+webkitCommands[command], params)
	}
	wanted := map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"webkitgtk:browserOptions": map[string]any{"binary": browsers[0], "args": []string{"--automation"}},
	}}}
	var answer json.RawMessage
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if answer, err = webDriver(base, wanted); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("WebKit doesn't start: %v\n%s", err, log)
		}
	}
	if err := json.Unmarshal(answer, &session); err != nil || session.SessionID == "" {
		t.Fatalf("%s: %v", answer, err)
	}
	t.Cleanup(func() { webDriverDo(http.MethodDelete, base+"/"+session.SessionID, nil) })
	r.complaints = func() []string { return nil }
	r.do("SetTimeouts", map[string]int{"script": 60_000, "pageLoad": 60_000})
	r.listen()
	return r
}

func webDriver(url string, params any) (json.RawMessage, error) {
	return webDriverDo(http.MethodPost, url, params)
}

func webDriverDo(method, url string, params any) (json.RawMessage, error) {
	b, err := json.Marshal(params)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(method, url, bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	client := &http.Client{Timeout: 2 * time.Minute}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if b, err = io.ReadAll(res.Body); err != nil {
		return nil, err
	}
	var answer struct{ Value json.RawMessage }
	if err := json.Unmarshal(b, &answer); err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%.1000s", answer.Value)
	}
	return answer.Value, nil
}

// startScreen starts an X server that chooses its own number.
func startScreen(t *testing.T, bin string) (display string) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command(bin, "-displayfd", "3", "-screen", "0", "1100x900x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	startGroup(t, cmd)
	w.Close()
	var number int
	r.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := fmt.Fscan(r, &number); err != nil {
		t.Fatalf("no screen: %v", err)
	}
	return fmt.Sprintf(":%d", number)
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// listening makes a page gather what its console would show: WebKit's driver
// can't be asked for that. What was said before, while the page was loading, and
// what workers say escapes it.
const listening = `
	window.complaints = [];
	const note = (what) => (e) => window.complaints.push(what + ": " + (e.message ?? e.reason ?? e.violatedDirective ?? e));
	addEventListener("error", note("error"), true);
	addEventListener("unhandledrejection", note("rejection"));
	addEventListener("securitypolicyviolation", note("policy"));
	console.error = note("console");
`

// listen has r gather complaints from page to page.
func (r *remote) listen() {
	call := r.call
	var before []string
	here := func() (now []string) {
		if err := r.script("return window.complaints ?? []", &now); err != nil {
			now = append(now, "its complaints can't be read: "+err.Error())
		}
		return now
	}
	r.complaints = func() []string { return append(slices.Clip(before), here()...) }
	r.call = func(command string, params any) (json.RawMessage, error) {
		if command != "Navigate" {
			return call(command, params)
		}
		before = r.complaints()
		value, err := call(command, params)
		if err == nil {
			err = r.script(listening, nil)
		}
		return value, err
	}
}
