package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"floe/codec/suitx"
	"floe/server/api"
)

// TestLiesToASender: a page that is lied to while it sends says so, shows no
// link, and keeps the files in its list; before the last step it has signed
// nothing either. When the truth is told again, they go.
func TestLiesToASender(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	wire := startProxy(t, d)
	p := startProfile(t)
	files := tree{"letter.txt": []byte("Dear reader,\n"), "empty.dat": {}}
	p.drop(wire.base, files)

	sponsored := func(change func(*suitx.TransactionData)) lie {
		return inJSON(api.PathGas, func(r *api.GasResponse) {
			if tx, err := suitx.UnmarshalTransactionData(r.Transaction); err == nil {
				change(tx)
				r.Transaction = tx.Marshal()
			}
		})
	}
	for _, c := range []struct {
		name   string
		lie    lie
		signed bool // the lie comes after the signature
	}{
		{"another package", inJSON(api.PathNetwork, func(n *api.Network) { n.FloePackage = n.WalrusPackage }), false},
		{"another blob registered", inJSON(api.PathRegister, func(r *api.RegisterResponse) { r.Objects[0] = flipped(r.Objects[0]) }), false},
		{"another blob certified", inJSON(api.PathCertificate, func(r *api.CertificateResponse) {
			r.Certificates[0].Message = flipped(r.Certificates[0].Message)
		}), false},
		{"another statement to sign", sponsored(func(tx *suitx.TransactionData) {
			for i, in := range tx.Inputs {
				if len(in.Pure) > 80 {
					tx.Inputs[i].Pure = flipped(in.Pure)
				}
			}
		}), false},
		{"the sender to pay", sponsored(func(tx *suitx.TransactionData) { tx.Gas.Owner = tx.Sender }), false},
		{"a command more", sponsored(func(tx *suitx.TransactionData) { tx.Commands = append(tx.Commands, tx.Commands[0]) }), false},
		{"another parcel made", inParcel(func(p *api.Parcel) { p.Object = flipped(p.Object) }), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.in(t)
			wire.tell(c.lie)
			before := len(wire.seen())
			p.run("pressing Send", 20*time.Second, chromedp.Click(id("send")))
			p.waitText(id("error"), untrue, time.Minute)
			if link := p.text(id("link")); link != "" {
				t.Errorf("the page shows the link %q", link)
			}
			if n := wire.count(before, api.PathExecute); n > 0 != c.signed {
				t.Errorf("%d transactions were signed", n)
			}
			if listed := p.text("#files"); !strings.Contains(listed, "letter.txt") {
				t.Errorf("the files are gone from the list: %q", listed)
			}
			wire.tell(nil)
			// Another try begins without the last one's words.
			p.waitTrue(`document.querySelector("[data-testid=send]").checkVisibility()`, 20*time.Second)
			eval[bool](p, `document.querySelector("[data-testid=error]").replaceChildren() ?? true`)
		})
	}
	p.in(t)
	link := p.send(time.Minute)
	sameFiles(t, newPerson(t, d.base).open(link), files.hashes())
	p.noProblems()
}
