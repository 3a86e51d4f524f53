package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"floe/crypto"
)

// Open without us: a parcel is a ZIP, sealed by age, stored on Walrus, granted
// on Sui. So age, unzip, Walrus' routes and Sui's API are all it takes.

// written has two blobs, a folder, a name in another script and an empty file.
func written(seed uint64) tree {
	return tree{
		"harbour.bin":         noise(17<<20, seed),
		"отчёт за ноябрь.txt": []byte("Прибыль выросла.\n"),
		"empty.dat":           {},
		"photos/日の出/dawn.txt": []byte("a folder keeps its path\n"),
	}
}

// requireTools needs age and unzip; whoever requires anything requires them.
func requireTools(t *testing.T) {
	t.Helper()
	_, err := exec.LookPath("unzip")
	if err == nil {
		err = builtAge()
	}
	if err != nil && os.Getenv("FLOE_REQUIRE") != "" {
		t.Fatalf("unzip and age are needed: %v", err)
	}
	if err != nil {
		t.Skipf("SKIPPED, NOT TESTED: unzip and age are needed: %v", err)
	}
}

// TestAgeAndUnzipOpenAParcel: a recipient opens the grant with her identity and
// the parcel with what is in the grant. Nothing of ours takes part after floe
// identity: the grant comes from Sui's API, the blobs from the nodes' own routes.
func TestAgeAndUnzipOpenAParcel(t *testing.T) {
	t.Parallel()
	requireTools(t)
	d := commonDaemon(t)
	alice, bob := newPerson(t, d.base), newPerson(t, d.base)
	files := written(40)
	text := alice.send(files, "-to", bob.floe("identity"))
	link, err := crypto.ParseLink(text)
	if err != nil || link.Secret != nil {
		t.Fatalf("a link to a person has a secret: %v", err)
	}

	dir := t.TempDir()
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("me", []byte(bob.floe("identity", "age")+"\n"))
	blobs, grants := onLedger(t, d.base, link.Parcel)
	if len(blobs) != 2 || len(grants) != 2 {
		t.Fatalf("%d blobs and %d grants, want two of each: Bob's and the sender's own", len(blobs), len(grants))
	}
	var sealed []byte
	for _, id := range blobs {
		sealed = append(sealed, fromNodes(t, d.base, id)...)
	}
	write("parcel.age", sealed)

	// A slot doesn't tell for whom it is, so Bob tries.
	opened := 0
	for i, grant := range grants {
		write("grant", grant)
		out := filepath.Join(dir, strconv.Itoa(i))
		if err := os.Mkdir(out, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := bob.sh(dir, "age -d -i me grant > /dev/null"); err != nil {
			continue
		}
		opened++
		if err := bob.sh(dir, "age -d -i me grant | age -d -i - parcel.age > parcel.zip && unzip -q parcel.zip -d "+strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
		sameFiles(t, readTree(t, out).hashes(), files.hashes())
	}
	if opened != 1 {
		t.Errorf("Bob's identity opens %d of the grants, want his own alone", opened)
	}
}

// TestRecoveryNotes follows each note to the letter, as somebody who has nothing
// but the note.
func TestRecoveryNotes(t *testing.T) {
	t.Parallel()
	requireTools(t)
	d := commonDaemon(t)
	follow := func(t *testing.T, note string, want tree) {
		t.Helper()
		text, err := os.ReadFile(note)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(note)), text, 0o600); err != nil {
			t.Fatal(err)
		}
		said := commands(string(text))
		if len(said) != 3 {
			t.Fatalf("the note has %d commands, want fetch, age and unzip: %q", len(said), said)
		}
		stranger := newPerson(t, "http://127.0.0.1:1") // the note alone says where to ask
		for _, command := range said {
			if err := stranger.sh(dir, command); err != nil {
				t.Fatal(err)
			}
		}
		got := readTree(t, dir)
		for _, made := range []string{filepath.Base(note), "parcel.age", "parcel.zip"} {
			if got[made] == nil {
				t.Errorf("there is no %s", made)
			}
			delete(got, made)
		}
		sameFiles(t, got.hashes(), want.hashes())
	}

	t.Run("of floe", func(t *testing.T) {
		files := written(41)
		alice := newPerson(t, d.base)
		note := filepath.Join(t.TempDir(), "keep this.txt")
		alice.send(files, "-note", note)
		follow(t, note, files)
	})
	t.Run("of floe, to a person", func(t *testing.T) {
		files := tree{"letter.txt": []byte("Dear Bob,\n")}
		alice, bob := newPerson(t, d.base), newPerson(t, d.base)
		note := filepath.Join(t.TempDir(), "note.txt")
		alice.send(files, "-to", bob.floe("identity"), "-note", note)
		follow(t, note, files)
	})
	t.Run("of the page", func(t *testing.T) {
		files := written(42)
		p := startProfile(t)
		p.drop(d.base, files)
		p.send(2 * time.Minute)
		p.run("saving the note", 20*time.Second, chromedp.Click(chromedp.CSS("#recovery")))
		follow(t, p.waitSaved(".txt", 20*time.Second), files)
		p.noProblems()
	})
}

// commands returns what a note tells to type.
func commands(note string) (said []string) {
	for line := range strings.Lines(note) {
		line = strings.TrimLeft(line, "# 0123456789.")
		switch word, _, _ := strings.Cut(line, " "); word {
		case "floe", "walrus", "age", "unzip":
			said = append(said, strings.TrimSpace(line))
		}
	}
	return said
}
