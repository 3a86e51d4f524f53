package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// firefoxPrefs make a profile that asks nobody and nothing but our server.
var firefoxPrefs = map[string]any{
	"marionette.port":                                       0,
	"browser.download.folderList":                           2,
	"browser.download.useDownloadDir":                       true,
	"browser.download.always_ask_before_handling_new_types": false,
	"browser.download.alwaysOpenPanel":                      false,
	"browser.shell.checkDefaultBrowser":                     false,
	"browser.startup.homepage":                              "about:blank",
	"browser.aboutwelcome.enabled":                          false,
	"datareporting.policy.dataSubmissionEnabled":            false,
	"toolkit.telemetry.reportingpolicy.firstRun":            false,
	"app.update.disabledForTesting":                         true,
	"network.captive-portal-service.enabled":                false,
	"network.connectivity-service.enabled":                  false,
	"services.settings.server":                              "data:,#remote-settings-dummy/v1",
	"devtools.console.stdout.content":                       true,
	"devtools.console.stdout.chrome":                        false,
	"browser.safebrowsing.downloads.enabled":                false,
	"browser.safebrowsing.malware.enabled":                  false,
	"browser.safebrowsing.phishing.enabled":                 false,
}

// startFirefox starts Firefox, which Marionette drives: WebDriver's commands in
// JSON on a socket, as geckodriver sends them.
func startFirefox(t *testing.T) *remote {
	t.Helper()
	bin, err := exec.LookPath("firefox-esr")
	if err != nil {
		bin, err = exec.LookPath("firefox")
	}
	require(t, "firefox", err == nil, "apt-get install firefox-esr")
	dir, downloads := t.TempDir(), t.TempDir()
	var prefs strings.Builder
	for name, value := range firefoxPrefs {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&prefs, "user_pref(%q, %s);\n", name, text)
	}
	fmt.Fprintf(&prefs, "user_pref(%q, %q);\n", "browser.download.dir", downloads)
	if err := os.WriteFile(filepath.Join(dir, "user.js"), []byte(prefs.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile", dir, "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "MOZ_CRASHREPORTER_DISABLE=1")
	log := new(logBuffer)
	cmd.Stdout, cmd.Stderr = log, log
	startGroup(t, cmd)
	m := &marionette{conn: dialMarionette(t, dir, log)}
	t.Cleanup(func() { m.conn.Close() })
	m.in = bufio.NewReader(m.conn)
	if _, err := m.read(); err != nil { // its greeting
		t.Fatal(err)
	}
	r := &remote{t: t, name: "Firefox", downloads: downloads, call: func(command string, params any) (json.RawMessage, error) {
		return m.call("WebDriver:"+command, params)
	}}
	r.complaints = func() []string { return append(firefoxComplaints(r, m), loggedErrors(log)...) }
	r.do("NewSession", map[string]any{"strictFileInteractability": false})
	r.do("SetTimeouts", map[string]int{"script": 60_000, "pageLoad": 60_000})
	return r
}

func dialMarionette(t *testing.T, profile string, log *logBuffer) net.Conn {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		port, err := os.ReadFile(filepath.Join(profile, "MarionetteActivePort"))
		if err == nil {
			conn, err := net.Dial("tcp", "127.0.0.1:"+strings.TrimSpace(string(port)))
			if err == nil {
				return conn
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("Firefox doesn't listen: %v\n%s", err, log)
		}
	}
}

// marionette speaks Mozilla's protocol: length, colon, JSON.
type marionette struct {
	conn net.Conn
	in   *bufio.Reader
	last int
}

func (m *marionette) read() ([]byte, error) {
	text, err := m.in.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(text, ":"))
	if err != nil {
		return nil, err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(m.in, b)
	return b, err
}

func (m *marionette) call(command string, params any) (json.RawMessage, error) {
	m.last++
	b, err := json.Marshal([]any{0, m.last, command, params})
	if err != nil {
		return nil, err
	}
	m.conn.SetDeadline(time.Now().Add(2 * time.Minute))
	if _, err := fmt.Fprintf(m.conn, "%d:%s", len(b), b); err != nil {
		return nil, err
	}
	if b, err = m.read(); err != nil {
		return nil, err
	}
	var answer [4]json.RawMessage
	if err := json.Unmarshal(b, &answer); err != nil {
		return nil, err
	}
	if problem := string(answer[2]); problem != "null" {
		return nil, fmt.Errorf("%.1000s", problem)
	}
	var value struct{ Value json.RawMessage }
	if err := json.Unmarshal(answer[3], &value); err == nil && value.Value != nil {
		return value.Value, nil
	}
	return answer[3], nil
}

// loggedErrors are what pages and workers told the console.
func loggedErrors(log *logBuffer) (all []string) {
	for line := range strings.Lines(log.String()) {
		if strings.HasPrefix(line, "console.error:") && !strings.HasPrefix(line, "console.error: RSLoader:") { // the browser's own
			all = append(all, strings.TrimSpace(line))
		}
	}
	return all
}

// firefoxComplaints asks the browser itself for errors of pages and workers,
// refusals by policies among them.
func firefoxComplaints(r *remote, m *marionette) (all []string) {
	context := func(name string) error {
		_, err := m.call("Marionette:SetContext", map[string]string{"value": name})
		return err
	}
	if err := context("chrome"); err != nil {
		return []string{"the console can't be read: " + err.Error()}
	}
	err := r.script(`
		const ours = (where) => /^(http:\/\/127\.0\.0\.1|blob:http)/.test(where ?? "");
		const errors = Services.console.getMessageArray()
			.filter((m) => m instanceof Ci.nsIScriptError && !(m.flags & Ci.nsIScriptError.warningFlag) && (ours(m.sourceName) || /Content Security/.test(m.category)))
			.map((m) => m.category + ": " + m.errorMessage + " " + m.sourceName + ":" + m.lineNumber);
		return errors;`, &all)
	if err == nil {
		err = context("content")
	}
	if err != nil {
		all = append(all, "the console can't be read: "+err.Error())
	}
	return all
}
