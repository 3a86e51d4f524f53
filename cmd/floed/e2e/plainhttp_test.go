package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"floe/crypto"
)

// TestPlainHTTP: where browsers allow no encryption, the pages say so, and what
// helps, as soon as there is something to encrypt or to decrypt.
func TestPlainHTTP(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	local := d.startProxy(func(http.ResponseWriter, *http.Request) bool { return false })
	base := strings.Replace(local, "127.0.0.1", "files.test", 1)
	p := startBrowser(t, chromedp.Flag("host-resolver-rules", "MAP files.test 127.0.0.1"))
	p.drop(base, tree{"letter.txt": []byte("Dear reader,\n")})
	check := func(says string) {
		t.Helper()
		t.Logf("the page says: %s", says)
		for _, words := range []string{"over https alone", "https address", "floe command line"} {
			if !strings.Contains(says, words) {
				t.Errorf("it doesn't say %q: %s", words, says)
			}
		}
		if strings.Contains(says, "Firefox") {
			t.Errorf("another browser can't do it either: %s", says)
		}
	}
	check(p.waitText("#trouble", "can’t be encrypted here", time.Minute))
	link := crypto.Link{Parcel: [32]byte{1}, Secret: crypto.NewSecret(false)}
	p.visit(base, link.URL(base))
	check(p.waitText("#trouble", "can’t be decrypted here", time.Minute))
}
