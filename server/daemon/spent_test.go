package daemon

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"floe/codec/suitx"
)

// A token whose request was paid for and failed is used up, whoever's fault the
// failure is: else one token could spend again and again.
func TestTokenThatWasSpent(t *testing.T) {
	blob := random(1000)
	j, err := NewJWT("HS256", []byte(testSecret), 0)
	if err != nil {
		t.Fatal(err)
	}
	l := newLedger(t, blob)
	l.d.cfg.JWT, l.d.now = j, func() time.Time { return jwtTime }
	l.down = fmt.Errorf("denied: %w", ErrBlocked)
	header := map[string]string{"Authorization": "Bearer " + token(t, nil)}
	for i, want := range []string{"451 FORBIDDEN_BLOB", "429 TOKEN_ALREADY_USED"} {
		w := ask(l.d, "PUT", "/v1/blobs?force=true", header, blob)
		if got := fmt.Sprintf("%d %s", w.Code, reason(t, w)); got != want {
			t.Errorf("try %d: %s, want %s", i, got, want)
		}
	}
	if len(l.ran) != 1 {
		t.Errorf("one token paid for %d transactions", len(l.ran))
	}
}

// owner has one Blob object already.
type owner struct{ *ledger }

func (o owner) Owned(_ context.Context, _ suitx.Address, typ suitx.StructTag) ([]*suitx.Object, error) {
	if !typ.Equal(o.d.blobType()) {
		return nil, nil
	}
	return []*suitx.Object{blobObjectAs(o.d, o.object, o.blob, false)}, nil
}

// What another request may be certifying just now isn't taken by a second one.
func TestReuseByOneAtATime(t *testing.T) {
	blob := random(1000)
	const reused, scratch = "[system::certify_blob transfer]", "[system::reserve_space system::register_blob transfer]"
	for others, want := range []string{reused, scratch} {
		l := newLedger(t, blob)
		l.d.cfg.Ledger = owner{l}
		l.objects[l.object] = blobObjectAs(l.d, l.object, l.blob, false)
		for range others {
			defer l.d.underway.enter(l.blob)()
		}
		w := ask(l.d, "PUT", "/v1/blobs?reuse_resources=true&send_object_to=0x9", nil, blob)
		if w.Code != 200 || fmt.Sprint(calls(l.ran[0])) != want {
			t.Errorf("beside %d others: %d %s, it does %v", others, w.Code, w.Body, calls(l.ran[0]))
		}
		if others == 0 && len(l.d.underway.by) != 0 {
			t.Error("it counts as under way for ever")
		}
	}
}

// Bodies leave the disk to those who can't do without it, and are forgotten.
func TestBodiesOnAFullDisk(t *testing.T) {
	blob := random(3 * mib / 2)
	for left, want := range map[uint64]string{0: "507 DISK_FULL", mib + 1: "507 DISK_FULL", 3 * mib: "200"} {
		l := newLedger(t, blob)
		l.d.cfg.Free = func() (uint64, error) {
			files, err := os.ReadDir(l.d.cfg.Spool)
			if err != nil || len(files) != 1 {
				return 0, err
			}
			info, err := files[0].Info()
			if err != nil {
				return 0, err
			}
			return left - min(left, uint64(info.Size())), nil
		}
		w := ask(l.d, "PUT", "/v1/blobs", nil, blob)
		got := fmt.Sprint(w.Code)
		if w.Code != 200 {
			got += " " + reason(t, w)
		}
		if files, err := os.ReadDir(l.d.cfg.Spool); got != want || err != nil || len(files) != 0 {
			t.Errorf("%d bytes free: %s, want %s; %v, %v are left", left, got, want, files, err)
		}
	}
}
