package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startGroup starts a program and ends it, and all that it started, with t.
func startGroup(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
	})
}

// remote is a browser with an empty profile that is driven by WebDriver's
// commands, in whatever way they get there.
type remote struct {
	t         *testing.T
	name      string
	downloads string
	// call does a command by its name in Marionette, which is that of the
	// standard without spaces.
	call func(command string, params any) (json.RawMessage, error)
	// complaints are what the browser's console has seen of errors.
	complaints func() []string
}

func (r *remote) do(command string, params any) json.RawMessage {
	r.t.Helper()
	value, err := r.call(command, params)
	if err != nil {
		r.t.Fatalf("%s: %s: %v\nThe page says:\n%s\nComplaints: %q", r.name, command, err, r.says(), r.complaints())
	}
	return value
}

func (r *remote) navigate(url string) { r.do("Navigate", map[string]string{"url": url}) }

// script runs a function's body in the page and decodes what its promise gives.
func (r *remote) script(body string, into any) error {
	value, err := r.call("ExecuteAsyncScript", map[string]any{
		"script": `const done = arguments[arguments.length - 1];
			(async () => {` + body + `})().then((value) => done({ value }), (e) => done({ error: String(e?.message ?? e) }))`,
		"args": []any{},
	})
	if err != nil {
		return err
	}
	var answer struct {
		Value json.RawMessage
		Error string
	}
	if err := json.Unmarshal(value, &answer); err != nil {
		return err
	}
	if answer.Error != "" {
		return fmt.Errorf("%s: %s", body, answer.Error)
	}
	if into == nil || answer.Value == nil {
		return nil
	}
	return json.Unmarshal(answer.Value, into)
}

func (r *remote) eval(body string, into any) {
	r.t.Helper()
	if err := r.script(body, into); err != nil {
		r.t.Fatalf("%s: %v\nComplaints: %q", r.name, err, r.complaints())
	}
}

// says is what a person reads on the page.
func (r *remote) says() string {
	var text string
	if err := r.script(`return document.body.innerText`, &text); err != nil {
		return "(couldn't read: " + err.Error() + ")"
	}
	return text
}

// waitTrue waits until a JavaScript expression is true.
func (r *remote) waitTrue(js string, within time.Duration) {
	r.t.Helper()
	for deadline := time.Now().Add(within); ; time.Sleep(100 * time.Millisecond) {
		var is bool
		if err := r.script("return Boolean("+js+")", &is); err == nil && is {
			return
		} else if time.Now().After(deadline) {
			r.t.Fatalf("%s: %s isn't true within %v (%v)\nThe page says:\n%s\nComplaints: %q", r.name, js, within, err, r.says(), r.complaints())
		}
	}
}

func testid(name string) string {
	return fmt.Sprintf(`document.querySelector('[data-testid="%s"]')`, name)
}

func shown(name string) string { return testid(name) + "?.checkVisibility()" }

// choose puts files into the file input, as a person does by the picker.
func (r *remote) choose(paths ...string) {
	r.t.Helper()
	var element struct{ Value map[string]string }
	found := r.do("FindElement", map[string]string{"using": "css selector", "value": `[data-testid="file-input"]`})
	if err := json.Unmarshal(found, &element); err != nil || len(element.Value) != 1 {
		if err := json.Unmarshal(found, &element.Value); err != nil {
			r.t.Fatalf("%s: %s: %v", r.name, found, err)
		}
	}
	for _, id := range element.Value {
		r.do("ElementSendKeys", map[string]string{"id": id, "text": strings.Join(paths, "\n")})
	}
}

// send sends files from the home page and returns the link.
func (r *remote) send(base string, files tree) (link string) {
	r.t.Helper()
	dir := files.write(r.t)
	var paths []string
	for name := range files {
		paths = append(paths, filepath.Join(dir, name))
	}
	r.navigate(base + "/")
	r.waitTrue(shown("drop"), 20*time.Second)
	r.choose(paths...)
	r.waitTrue(shown("send"), 20*time.Second)
	r.eval(testid("send")+".click()", nil)
	said := fmt.Sprintf(`(%s?.value || %[1]s?.innerText || "")`, testid("link"))
	r.waitTrue(said+`.includes("/open#")`, time.Minute)
	r.eval("return "+said, &link)
	return strings.TrimSpace(link)
}

// open opens a link and waits for a file in its list.
func (r *remote) open(base, link, file string) {
	r.t.Helper()
	_, rest, _ := strings.Cut(link, "/open")
	r.navigate("about:blank")
	r.navigate(base + "/open" + rest)
	r.waitTrue(fmt.Sprintf(`%s?.innerText.includes(%q)`, testid("open-list"), file), time.Minute)
}

// save presses the button in the row of a file and waits until the page says
// that it is saved.
func (r *remote) save(file string, within time.Duration) {
	r.t.Helper()
	row := fmt.Sprintf(`[...document.querySelectorAll('[data-testid="open-file"]')].find((row) => row.innerText.includes(%q))`, file)
	r.eval(row+`.querySelector("[data-save]").click()`, nil)
	r.waitTrue(row+`.innerText.includes("Saved and checked")`, within)
}

func (r *remote) noProblems() {
	r.t.Helper()
	for _, problem := range r.complaints() {
		r.t.Errorf("%s complained: %s", r.name, problem)
	}
}

// waitSaved waits until files of these names and lengths were saved, and demands
// that they are what they were.
func (r *remote) waitSaved(want tree, within time.Duration) {
	r.t.Helper()
	var got tree
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		got = readTree(r.t, r.downloads)
		if maps.EqualFunc(got, want, func(a, b []byte) bool { return len(a) == len(b) }) {
			break
		}
	}
	sameFiles(r.t, got.hashes(), want.hashes())
}

// clear makes room for the next files that are saved.
func (r *remote) clear() {
	r.t.Helper()
	for name := range readTree(r.t, r.downloads) {
		if err := os.Remove(filepath.Join(r.downloads, name)); err != nil {
			r.t.Fatal(err)
		}
	}
}
