package client

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"floe/crypto"
	"floe/server/api"
)

func TestWithdraw(t *testing.T) {
	f, files := newFake(t), testFiles()
	sent := mustSend(t, f.client(), request(files))
	me := crypto.Seed{1, 2, 3}
	change := ChangeRequest{Link: link(sent), Seed: me}
	if err := f.client().Withdraw(context.Background(), ChangeRequest{Link: link(sent), Seed: crypto.Seed{5}}); CodeOf(err) != CodeUnsupported {
		t.Errorf("a stranger: got %v", err)
	}
	if err := f.client().Withdraw(context.Background(), change); err != nil {
		t.Fatal(err)
	}
	wantCode(t, f.client(), OpenRequest{Link: link(sent)}, CodeWithdrawn)
	if err := f.client().Withdraw(context.Background(), change); CodeOf(err) != CodeWithdrawn {
		t.Errorf("again: got %v", err)
	}
	// The sender herself still opens it, by her own grant.
	own := crypto.Link{Parcel: sent.Parcel}
	mustOpen(t, f.client(), OpenRequest{Link: own.URL("http://x"), Seed: &me}, files)
}

func TestWithdrawFromPeople(t *testing.T) {
	f, files := newFake(t), testFiles()
	bob := crypto.Seed{7}
	req := request(files)
	req.Recipients = []string{bob.Identity().Recipient().String()}
	sent := mustSend(t, f.client(), req)
	if err := f.client().Withdraw(context.Background(), ChangeRequest{Link: link(sent), Seed: req.Seed}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, f.client(), OpenRequest{Link: link(sent), Seed: &bob}, CodeWithdrawn)
	mustOpen(t, f.client(), OpenRequest{Link: link(sent), Seed: &req.Seed}, files)
}

func TestGrantLater(t *testing.T) {
	f, files := newFake(t), testFiles()
	req := request(files)
	req.Index = 5
	sent := mustSend(t, f.client(), req)
	stored := f.count(api.PathStore)
	bob := crypto.Seed{7}
	people := crypto.Link{Parcel: sent.Parcel}.URL("http://x")
	wantCode(t, f.client(), OpenRequest{Link: people, Seed: &bob}, CodeSecretMissing)
	if err := f.client().Grant(context.Background(), ChangeRequest{Link: people, Seed: req.Seed}, bob.Identity().Recipient().String()); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, f.client(), OpenRequest{Link: people, Seed: &bob}, files)
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
	if f.count(api.PathStore) != stored {
		t.Error("granting stored something anew")
	}
}

// TestWithdrawnIsProven: a link that was never this parcel's isn't called
// withdrawn, nor is one whose grant the server merely doesn't show.
func TestWithdrawnIsProven(t *testing.T) {
	f := newFake(t)
	sent := mustSend(t, f.client(), request(testFiles()))
	never := crypto.Link{Parcel: sent.Parcel, Secret: crypto.NewSecret(false)}
	wantCode(t, f.client(), OpenRequest{Link: never.Fragment()}, CodeKeyWrong)
	f.lieInAnswers(onParcel(t, func(p *api.Parcel) { p.Grants = nil }))
	wantCode(t, f.client(), OpenRequest{Link: link(sent)}, CodeNoGrant)
	me := crypto.Seed{1, 2, 3}
	wantCode(t, f.client(), OpenRequest{Link: crypto.Link{Parcel: sent.Parcel}.Fragment(), Seed: &me}, CodeNoGrant)
}

func TestLinks(t *testing.T) {
	f := newFake(t)
	sent := mustSend(t, f.client(), request(testFiles()))
	whole := link(sent)
	wrong := []byte(whole)
	at := len(wrong) - 10
	if wrong[at] == 'A' {
		wrong[at] = 'B'
	} else {
		wrong[at] = 'A'
	}
	wantCode(t, f.client(), OpenRequest{Link: whole[:len(whole)-5]}, CodeLinkCut)
	wantCode(t, f.client(), OpenRequest{Link: string(wrong)}, CodeLinkWrong)
	wantCode(t, f.client(), OpenRequest{Link: whole[:strings.LastIndex(whole, ".")]}, CodeSecretMissing)
	wantCode(t, f.client(), OpenRequest{Link: crypto.Link{Parcel: [32]byte{1}, Secret: sent.Link.Secret}.Fragment()}, CodeNotFound)
	f.net.Epoch += 100
	wantCode(t, f.client(), OpenRequest{Link: whole}, CodeExpired)
	var e *Error
	if _, err := f.client().Open(context.Background(), OpenRequest{Link: whole}); !errors.As(err, &e) || e.End.IsZero() || !e.End.Before(time.Now()) {
		t.Errorf("it doesn't say when it ended: %v", err)
	}
}
