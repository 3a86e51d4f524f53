package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"floe/crypto"
	"floe/server/api"
)

// TestRollback: a relay shows a withdrawn parcel as it was before. Every byte of
// that is signed by the sender, so only somebody who has seen what she signed
// later can tell: whoever has is not deceived. Whoever hasn't opens it: nobody
// can prove to a first visitor that what he is shown is the newest there is. The
// README says so, under "Freshness to a first visitor".
func TestRollback(t *testing.T) {
	t.Parallel()
	d := commonDaemon(t)
	wire := startProxy(t, d)
	files := tree{"letter.txt": []byte("Dear reader,\n"), "empty.dat": {}}
	sender, witness := startProfile(t), startProfile(t)
	sender.drop(wire.base, files)
	link := sender.send(time.Minute)
	whole, err := crypto.ParseLink(link)
	if err != nil {
		t.Fatal(err)
	}
	older := d.shownParcel(whole.Parcel)

	witness.visit(wire.base, link)
	sameFiles(t, witness.saveAll(time.Minute), files.hashes())
	carol, dave := newPerson(t, wire.base), newPerson(t, wire.base)
	sameFiles(t, carol.open(link), files.hashes())
	sameFiles(t, dave.open(link), files.hashes())

	sender.run("withdrawing", 20*time.Second,
		chromedp.Click(chromedp.CSS("#withdraw")),
		chromedp.WaitVisible(chromedp.CSS("#ask-withdraw")),
		chromedp.Click(chromedp.CSS(`#ask-withdraw button[value="yes"]`)))
	sender.waitText("main", "no longer opens anything", time.Minute)
	witness.visit(wire.base, link)
	witness.waitText("main", "The sender withdrew this.", time.Minute)
	carol.refused(t, link, "withdrawn this link")

	wire.tell(inParcel(func(p *api.Parcel) { *p = older }))
	t.Run("the page that saw it withdrawn", func(t *testing.T) {
		witness.in(t).visit(wire.base, link)
		witness.waitText("main", untrue, time.Minute)
		if shown := witness.text(id("open-list")); shown != "" {
			t.Errorf("it lists %q", shown)
		}
	})
	t.Run("the page that withdrew it", func(t *testing.T) {
		sender.in(t).visit(wire.base, link)
		sender.waitText("main", untrue, time.Minute)
	})
	t.Run("floe that saw it withdrawn", func(t *testing.T) { carol.caught(t, link) })
	t.Run("floe that saw it only before", func(t *testing.T) {
		sameFiles(t, dave.open(link), files.hashes())
	})
	t.Run("a page that never saw it", func(t *testing.T) {
		fresh := startProfile(t)
		fresh.visit(wire.base, link)
		sameFiles(t, fresh.saveAll(time.Minute), files.hashes())
		fresh.noProblems()
	})

	// The truth convinces them all, and from then on them too.
	wire.tell(nil)
	dave.refused(t, link, "withdrawn this link")
	witness.visit(wire.base, link)
	witness.waitText("main", "The sender withdrew this.", time.Minute)
	wire.tell(inParcel(func(p *api.Parcel) { *p = older }))
	dave.caught(t, link)
	witness.noProblems()
	sender.noProblems()
}
