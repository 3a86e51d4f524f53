package web

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var clientCode = regexp.MustCompile(`Code\w+\s+Code\s+= "(\w+)"`)

// TestEveryTroubleHasWords: each code that the client can fail with has its own
// words where it can occur.
func TestEveryTroubleHasWords(t *testing.T) {
	source, err := os.ReadFile("../wasm/client/error.go")
	if err != nil {
		t.Fatal(err)
	}
	found := clientCode.FindAllStringSubmatch(string(source), -1)
	if len(found) < 15 {
		t.Fatalf("only %d codes found in wasm/client/error.go", len(found))
	}
	// passphrase_needed isn't trouble: the page asks for it.
	onlyOpening := []string{"link_cut", "link_wrong", "secret_missing", "passphrase_needed", "passphrase_wrong",
		"key_wrong", "withdrawn", "no_grant", "not_found", "pruned", "expired", "damaged"}
	onlySending := []string{"rejected", "poor", "wallet", "changed", "too_many", "file_gone"} // opening never touches a wallet, or files of one's own
	for _, m := range found {
		code := m[1]
		if code != "passphrase_needed" && !slices.Contains(onlySending, code) && !has(OpenTroubles(), code) {
			t.Errorf("the open page has no words for %q", code)
		}
		if !slices.Contains(onlyOpening, code) && !has(SendTroubles(), code) {
			t.Errorf("the home page has no words for %q", code)
		}
	}
}

func has(troubles []Trouble, code string) bool {
	return slices.ContainsFunc(troubles, func(t Trouble) bool { return t.Code == code })
}

func TestTroubleWords(t *testing.T) {
	facts := map[string]bool{}
	for _, name := range []string{"when", "kept", "max", "why", "name", "need", "have", "total", "lacks", "what", "way"} {
		facts["{"+name+"}"] = true
	}
	blank := regexp.MustCompile(`\{\w*\}`)
	for page, troubles := range map[string][]Trouble{"home": SendTroubles(), "open": OpenTroubles()} {
		codes, titles := map[string]bool{}, map[string]bool{}
		for _, trouble := range troubles {
			if codes[trouble.Code] || titles[trouble.Title] {
				t.Errorf("%s: %q isn't told from another", page, trouble.Code)
			}
			codes[trouble.Code], titles[trouble.Title] = true, true
			words := trouble.Title + " " + trouble.Text
			for _, b := range blank.FindAllString(words, -1) {
				if !facts[b] {
					t.Errorf("%s: %q leaves %s blank", page, trouble.Code, b)
				}
			}
			for _, bad := range []string{"!", "Oops", "oops", "Error", "error", "invalid", "lease", "'"} {
				if strings.Contains(words, bad) {
					t.Errorf("%s: %q says %q", page, trouble.Code, bad)
				}
			}
			if len(trouble.Text) > 260 {
				t.Errorf("%s: %q takes %d letters", page, trouble.Code, len(trouble.Text))
			}
		}
	}
}

// ofWallets is what stands in a page for those alone who have a wallet, or need
// one; it isn't shown to others.
var ofWallets = regexp.MustCompile(`(?s)<template (id="(payer|left-box)|data-trouble="(rejected|poor|wallet|paid|no_sponsor)").*?</template>`)

// TestPlainWords keeps the network's words off the way from files to files.
func TestPlainWords(t *testing.T) {
	jargon := regexp.MustCompile(`(?i)\b(blobs?|slivers?|shards?|epochs?|gas|committee|quorum|chunks?|private key|public key|wallet|merkle|stanza)\b`)
	for _, path := range []string{"/", "/open"} {
		for _, e := range elements(t, ofWallets.ReplaceAll(page(t, path), nil)) {
			if e.attrs["name"] == "floe-later" { // names of modules
				continue
			}
			for _, words := range []string{e.text, e.attrs["aria-label"], e.attrs["data-label"], e.attrs["content"]} {
				if found := jargon.FindString(words); found != "" {
					t.Errorf("page %q says %q: %s", path, found, strings.TrimSpace(words))
				}
			}
		}
	}
}

// TestMostFiles: the page says how many files one parcel takes, and counts by it.
func TestMostFiles(t *testing.T) {
	layout, err := os.ReadFile("../wasm/client/zip/plan.go")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../static/js/net.js")
	if err != nil {
		t.Fatal(err)
	}
	most := regexp.MustCompile(`MaxEntries = ([\d_]+)`).FindStringSubmatch(string(layout))
	if most == nil {
		t.Fatal("there is no zip.MaxEntries")
	}
	if !strings.Contains(string(page), "MOST_FILES = "+most[1]+";") {
		t.Errorf("net.js counts by another number than zip.MaxEntries, %s", most[1])
	}
	for _, trouble := range SendTroubles() {
		if trouble.Code == "too_many" && !strings.Contains(trouble.Text, strings.ReplaceAll(most[1], "_", ",")) {
			t.Errorf("the words say another number than %s: %s", most[1], trouble.Text)
		}
	}
}
