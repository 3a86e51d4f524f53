//go:build !js

package crypto

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
)

// requireNode returns the folder of the npm packages that tests use.
func requireNode(t *testing.T) (modules string) {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	modules = filepath.Join(dir, ".ci", "node_modules")
	_, err = exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(modules, "age-encryption"))
	}
	if err != nil {
		missing(t, "node", "node and the packages of .ci (cd .ci && npm ci): "+err.Error())
	}
	return modules
}

// missing skips loudly, or fails where FLOE_REQUIRE lists what is missing.
func missing(t *testing.T, what, needs string) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("FLOE_REQUIRE"), ","), what) {
		t.Fatalf("needs %s", needs)
	}
	t.Skipf("LOUD: needs %s; FLOE_REQUIRE=%s makes this a failure", needs, what)
}

// run runs a program on input and returns its output.
func run(t *testing.T, input []byte, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Stdin = bytes.NewReader(input)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(name), err, stderr.Bytes())
	}
	return out.Bytes()
}

// stockAge builds age's own command from the module that go.mod requires.
func stockAge(t *testing.T) string {
	t.Helper()
	version := strings.TrimSpace(string(run(t, nil, "go", "list", "-m", "-f", "{{.Version}}", "filippo.io/age")))
	dir := t.TempDir()
	cmd := exec.Command("go", "install", "filippo.io/age/cmd/age@"+version)
	cmd.Env = append(os.Environ(), "GOBIN="+dir, "GOTOOLCHAIN=local", "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		missing(t, "node", "age's command, whose modules can't be had: "+string(out))
	}
	return filepath.Join(dir, "age")
}

// Open without us: grant, then parcel, with nothing but age itself.
func TestStockAgeOpensGrantThenParcel(t *testing.T) {
	bin := stockAge(t)
	me := NewSeed().Identity()
	link, err := NewSecret(false).Identity("")
	if err != nil {
		t.Fatal(err)
	}
	classic, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	plain := random(3*ChunkSize + 5)
	g := testGrant(t)
	parcel := seal(t, g.Parcel.Recipient(), plain)
	for what, c := range map[string]struct {
		identity string
		to       Recipient
	}{
		"person":  {me.Hybrid.String(), me.Recipient()},
		"link":    {link.String(), link.Recipient()},
		"classic": {classic.String(), classic.Recipient()},
	} {
		t.Run(what, func(t *testing.T) {
			grant, err := SealGrant(g, NewSeed().Identity(), c.to)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for name, data := range map[string][]byte{"me": []byte(c.identity + "\n"), "grant": grant, "parcel.age": parcel} {
				if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got := run(t, nil, "sh", "-c", `cd "$1" && "$0" -d -i me grant | "$0" -d -i - parcel.age`, bin, dir)
			if !bytes.Equal(got, plain) {
				t.Errorf("%d bytes, want %d", len(got), len(plain))
			}
		})
	}
}

func TestOpensWhatStockAgeSeals(t *testing.T) {
	bin := stockAge(t)
	id := newParcelIdentity(t)
	for _, n := range []int{0, 1, ChunkSize, 2*ChunkSize + 1} {
		plain := random(n)
		sealed := run(t, plain, bin, "-r", id.Recipient().String())
		checkOpens(t, sealed, plain, id)
	}
}

// checkOpens opens sealed both ways, and holds its length against ours.
func checkOpens(t *testing.T, sealed, plain []byte, id age.Identity) {
	t.Helper()
	if int64(len(sealed)) != SealedSize(int64(len(plain))) {
		t.Errorf("%d bytes sealed to %d, ours to %d", len(plain), len(sealed), SealedSize(int64(len(plain))))
	}
	r, err := Open(bytes.NewReader(sealed), id)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("Open: %d of %d bytes, %v", len(got), len(plain), err)
	}
	at, size, err := OpenAt(bytes.NewReader(sealed), int64(len(sealed)), id)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(io.NewSectionReader(at, 0, size)); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("OpenAt: %d of %d bytes, %v", len(got), len(plain), err)
	}
}

func TestTypageOpensWhatWeSeal(t *testing.T) {
	modules := requireNode(t)
	id := newParcelIdentity(t)
	plain := random(2*ChunkSize + 1)
	sealed := seal(t, id.Recipient(), plain)
	if got := run(t, sealed, "node", "testdata/typage.mjs", modules, "open", id.String()); !bytes.Equal(got, plain) {
		t.Errorf("parcel: %d of %d bytes", len(got), len(plain))
	}
	g := testGrant(t)
	grant, err := SealGrant(g, NewSeed().Identity(), id.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	got := run(t, grant, "node", "testdata/typage.mjs", modules, "open", id.String())
	if !bytes.HasSuffix(got, []byte("\n"+g.Parcel.String()+"\n")) {
		t.Errorf("grant: %d bytes", len(got))
	}
}

func TestOpensWhatTypageSeals(t *testing.T) {
	modules := requireNode(t)
	id := newParcelIdentity(t)
	for _, n := range []int{0, 2*ChunkSize + 1} {
		plain := random(n)
		checkOpens(t, run(t, plain, "node", "testdata/typage.mjs", modules, "seal", id.Recipient().String()), plain, id)
	}
}

// The vectors in testdata are what their script writes today.
func TestDerivationsAreCurrent(t *testing.T) {
	modules := requireNode(t)
	want, err := os.ReadFile("testdata/derive.json")
	if err != nil {
		t.Fatal(err)
	}
	if got := run(t, nil, "node", "testdata/derive.mjs", modules); !bytes.Equal(got, want) {
		t.Error("testdata/derive.mjs writes something else than testdata/derive.json")
	}
}
