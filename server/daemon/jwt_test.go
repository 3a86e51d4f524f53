package daemon

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const testSecret = "a secret of more than sixteen bytes"

var jwtTime = time.Unix(1_800_000_000, 0)

// token signs claims; jti counts up where none is given.
var jtiCount int

func token(t *testing.T, claims jwt.MapClaims) string {
	t.Helper()
	all := jwt.MapClaims{"exp": jwtTime.Add(time.Minute).Unix(), "jti": fmt.Sprint("id ", jtiCount)}
	jtiCount++
	for k, v := range claims {
		if all[k] = v; v == nil {
			delete(all, k)
		}
	}
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, all).SignedString([]byte(testSecret))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func newPublisher(t *testing.T, lifetime time.Duration) *Daemon {
	t.Helper()
	j, err := NewJWT("HS256", []byte(testSecret+"\n"), lifetime)
	if err != nil {
		t.Fatal(err)
	}
	n := newNetwork()
	// What is permitted comes as far as this answer.
	n.status = Status{Permanent: true, EndEpoch: 1000}
	return newDaemon(t, n, fixedClock(jwtTime), func(c *Config) {
		c.Publisher, c.Payer, c.JWT, c.Token = Local, payer{}, j, testToken
	})
}

func TestJWT(t *testing.T) {
	const me, other = "0x0000000000000000000000000000000000000000000000000000000000000007", "0x0000000000000000000000000000000000000000000000000000000000000008"
	d := newPublisher(t, 0)
	for _, c := range []struct {
		name   string
		claims jwt.MapClaims
		query  string
		want   string
	}{
		{"plain", nil, "", "200"},
		{"not yet over", jwt.MapClaims{"exp": jwtTime.Unix() + 1}, "", "200"},
		{"expired", jwt.MapClaims{"exp": jwtTime.Unix() - 5}, "", "504 EXPIRED_SIGNATURE"},
		{"no exp", jwt.MapClaims{"exp": nil}, "", "400 INVALID_TOKEN"},
		{"exp of another kind", jwt.MapClaims{"exp": "soon"}, "", "400 INVALID_TOKEN"},
		{"endless", jwt.MapClaims{"exp": int64(1) << 62}, "", "400 INVALID_TIMESTAMP"},
		{"no jti", jwt.MapClaims{"jti": nil}, "", "400 INVALID_TOKEN"},
		{"long jti", jwt.MapClaims{"jti": strings.Repeat("x", 300)}, "", "400 INVALID_TOKEN"},
		{"not yet valid", jwt.MapClaims{"nbf": jwtTime.Unix() + 60}, "", "401 INVALID_SIGNATURE"},
		{"epochs", jwt.MapClaims{"epochs": 3}, "epochs=3", "200"},
		{"other epochs", jwt.MapClaims{"epochs": 3}, "epochs=2", "400 INVALID_EPOCHS"},
		{"max epochs", jwt.MapClaims{"max_epochs": 3}, "epochs=3", "200"},
		{"more epochs", jwt.MapClaims{"max_epochs": 3}, "epochs=4", "400 EPOCHS_ABOVE_MAX"},
		{"both epochs", jwt.MapClaims{"max_epochs": 3, "epochs": 3}, "epochs=3", "400 INVALID_EPOCHS"},
		{"size", jwt.MapClaims{"size": 4}, "", "200"},
		{"other size", jwt.MapClaims{"size": 5}, "", "400 SIZE_INCORRECT"},
		{"max size", jwt.MapClaims{"max_size": 4}, "", "200"},
		{"larger", jwt.MapClaims{"max_size": 3}, "", "400 MAX_SIZE_EXCEEDED"},
		{"both sizes", jwt.MapClaims{"max_size": 4, "size": 4}, "", "400 INVALID_SIZES"},
		{"owner", jwt.MapClaims{"send_object_to": me}, "send_object_to=" + me, "200"},
		{"other owner", jwt.MapClaims{"send_object_to": me}, "send_object_to=" + other, "400 INVALID_SEND_OBJECT_TO"},
		{"no owner", jwt.MapClaims{"send_object_to": me}, "", "400 MISSING_SEND_OBJECT_TO"},
		{"bad query", nil, "epochs=0", "400 MALFORMED_REQUEST"},
	} {
		header := map[string]string{"Authorization": "Bearer " + token(t, c.claims), "From": "203.0.113.7:1", "Host": "walrus.example", "Origin": "https://good.example"}
		w := ask(d, "PUT", "/v1/blobs?"+c.query, header, []byte("blob"))
		got := fmt.Sprint(w.Code)
		if w.Code != 200 {
			got += " " + reason(t, w)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestWhoNeedsAJWT(t *testing.T) {
	d := newPublisher(t, 0)
	put := func(authorization string) string {
		w := ask(d, "PUT", "/v1/blobs", map[string]string{"Authorization": authorization}, []byte("blob"))
		if w.Code == 200 {
			return "200"
		}
		return fmt.Sprintf("%d %s", w.Code, reason(t, w))
	}
	if got := put(""); got != "401 MISSING_TOKEN" {
		t.Errorf("a program here without one: %s", got)
	}
	if got := put("Bearer " + testToken); got != "200" {
		t.Errorf("the owner: %s", got)
	}
	once := token(t, nil)
	if got := put("Bearer " + once); got != "200" {
		t.Errorf("once: %s", got)
	}
	if got := put("Bearer " + once); got != "429 TOKEN_ALREADY_USED" {
		t.Errorf("twice: %s", got)
	}
	part := strings.Split(token(t, nil), ".")
	forged := part[0] + "." + part[1] + "." + base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + part[1] + "."
	other, err := jwt.NewWithClaims(jwt.SigningMethodHS512, jwt.MapClaims{"exp": jwtTime.Unix() + 60, "jti": "x"}).SignedString([]byte(testSecret))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"forged": forged, "unsigned": none, "another algorithm": other, "nonsense": "a.b.c", "empty": ""} {
		if got := put("Bearer " + text); strings.HasPrefix(got, "200") || strings.HasPrefix(got, "5") {
			t.Errorf("%s: %s", name, got)
		}
	}
	// A token that permits something else isn't used up by asking for too much.
	small := token(t, jwt.MapClaims{"max_epochs": 1})
	if w := ask(d, "PUT", "/v1/blobs?epochs=2", map[string]string{"Authorization": "Bearer " + small}, []byte("blob")); w.Code != 400 {
		t.Errorf("status %d", w.Code)
	}
	if got := put("Bearer " + small); got != "200" {
		t.Errorf("after that: %s", got)
	}
}

func TestLifetimeOfJWTs(t *testing.T) {
	d := newPublisher(t, 100*time.Second)
	for _, c := range []struct {
		claims jwt.MapClaims
		want   int
	}{
		{jwt.MapClaims{"iat": jwtTime.Unix() - 50, "exp": jwtTime.Unix() + 50}, 200},
		{jwt.MapClaims{"iat": jwtTime.Unix() - 51, "exp": jwtTime.Unix() + 50}, 400},
		{nil, 400},
	} {
		if w := ask(d, "PUT", "/v1/blobs", map[string]string{"Authorization": "Bearer " + token(t, c.claims)}, []byte("blob")); w.Code != c.want {
			t.Errorf("%v: %d %s", c.claims, w.Code, w.Body)
		}
	}
}

func TestKeysOfJWTs(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text := func(key any) []byte {
		b, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: b})
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	j, err := NewJWT("EdDSA", text(public), 0)
	if err != nil {
		t.Fatal(err)
	}
	good, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{"exp": jwtTime.Unix() + 60, "jti": "x"}).SignedString(private)
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return jwtTime }
	if c, err := j.parse(good, now); err != nil || c.ID != "x" {
		t.Errorf("%v, %v", c, err)
	}
	// A public key is no secret: who knows it must not sign with it.
	confused, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"exp": jwtTime.Unix() + 60, "jti": "x"}).SignedString(text(public))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.parse(confused, now); err == nil {
		t.Error("a token signed with the public key as secret was accepted")
	}
	if _, err := NewJWT("ES256", text(&ec.PublicKey), 0); err != nil {
		t.Error(err)
	}
	for name, bad := range map[string]struct {
		algorithm string
		key       []byte
	}{"none": {"none", text(public)}, "unknown": {"XX", text(public)}, "short": {"HS256", []byte("short")}, "bad hex": {"HS256", []byte("0xzz112233445566778899")}, "no PEM": {"EdDSA", []byte(testSecret)}, "a public key as secret": {"HS256", text(public)}, "another kind of key": {"EdDSA", text(&ec.PublicKey)}} {
		if _, err := NewJWT(bad.algorithm, bad.key, 0); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	if j, err := NewJWT("HS256", []byte("0x"+strings.Repeat("ab", 16)+"\n"), 0); err != nil || len(j.key.([]byte)) != 16 {
		t.Errorf("a secret in hex: %v", err)
	}
}
