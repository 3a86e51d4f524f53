package daemon

import (
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"floe/codec/suitx"
)

// JWT says which tokens the publisher takes: those of one algorithm and key.
// Make it with [NewJWT]. A token counts once, and what it says of epochs, size
// and owner is held against every request (upstream: --jwt-verify-upload).
type JWT struct {
	method   string
	key      any
	lifetime time.Duration // every token's, exactly; 0: any
}

// NewJWT makes a JWT of what the algorithm needs: for HS256, HS384 and HS512 a
// secret, as text or 0x and hex digits, for RS…, PS…, ES… and EdDSA a public
// key as PEM. With a lifetime, tokens must carry iat, that long before exp.
func NewJWT(algorithm string, key []byte, lifetime time.Duration) (*JWT, error) {
	method := jwt.GetSigningMethod(algorithm)
	if method == nil || algorithm == jwt.SigningMethodNone.Alg() {
		return nil, fmt.Errorf("%q is no algorithm for JWTs; HS256 is one", algorithm)
	}
	j := &JWT{method: algorithm, lifetime: lifetime}
	if strings.HasPrefix(algorithm, "HS") {
		if block, _ := pem.Decode(key); block != nil {
			return nil, fmt.Errorf("the JWT key is PEM, which is no secret: %s needs one that nobody else knows; or is the algorithm RS256, ES256 or EdDSA?", algorithm)
		}
		secret := strings.TrimRight(string(key), "\r\n")
		if digits, ok := strings.CutPrefix(secret, "0x"); ok {
			b, err := hex.DecodeString(digits)
			if err != nil {
				return nil, fmt.Errorf("couldn't read the JWT secret: %w", err)
			}
			secret = string(b)
		}
		if len(secret) < 16 {
			return nil, errors.New("the JWT secret has less than 16 bytes: it can be guessed")
		}
		j.key = []byte(secret)
		return j, nil
	}
	block, _ := pem.Decode(key)
	if block == nil {
		return nil, errors.New("the JWT key is no PEM")
	}
	var err error
	if j.key, err = x509.ParsePKIXPublicKey(block.Bytes); err != nil {
		return nil, fmt.Errorf("couldn't read the JWT key: %w", err)
	}
	if _, err := jwt.NewParser(jwt.WithValidMethods([]string{algorithm})).Parse(probe(method), func(*jwt.Token) (any, error) { return j.key, nil }); errors.Is(err, jwt.ErrInvalidKeyType) {
		return nil, fmt.Errorf("the JWT key isn't one for %s", algorithm)
	}
	return j, nil
}

// probe is a token that nobody signed, to see whether a key fits its algorithm.
func probe(method jwt.SigningMethod) string {
	text, err := jwt.New(method).SigningString()
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return text + ".AAAA"
}

// claims are what a token permits, as upstream names them.
type claims struct {
	IssuedAt     *int64         `json:"iat"`
	Expires      *int64         `json:"exp"`
	ID           string         `json:"jti"`
	SendObjectTo *suitx.Address `json:"send_object_to"`
	Epochs       *uint32        `json:"epochs"`
	MaxEpochs    *uint32        `json:"max_epochs"`
	Size         *uint64        `json:"size"`
	MaxSize      *uint64        `json:"max_size"`
	NotBefore    *int64         `json:"nbf"`
}

func date(seconds *int64) (*jwt.NumericDate, error) {
	if seconds == nil {
		return nil, nil
	}
	return jwt.NewNumericDate(time.Unix(*seconds, 0)), nil
}

// These make claims what package jwt validates.
func (c *claims) GetExpirationTime() (*jwt.NumericDate, error) { return date(c.Expires) }
func (c *claims) GetIssuedAt() (*jwt.NumericDate, error)       { return date(c.IssuedAt) }
func (c *claims) GetNotBefore() (*jwt.NumericDate, error)      { return date(c.NotBefore) }
func (c *claims) GetIssuer() (string, error)                   { return "", nil }
func (c *claims) GetSubject() (string, error)                  { return "", nil }
func (c *claims) GetAudience() (jwt.ClaimStrings, error)       { return nil, nil }

func authFault(code int, status, reason, format string, args ...any) *fault {
	return &fault{http: code, status: status, reason: reason, domain: domainAuth, message: fmt.Sprintf(format, args...)}
}

func unmet(reason, format string, args ...any) *fault {
	return authFault(http.StatusBadRequest, "FAILED_PRECONDITION", reason, format, args...)
}

// permit finds what a publisher's caller may do. It is nil for who needs no
// token. With a token its jti is used up; the caller calls undo if nothing was
// begun on its strength.
func (d *Daemon) permit(r *http.Request, v visitor, p publisherQuery) (c *claims, undo func(), err error) {
	if d.cfg.JWT == nil || v.owner {
		return nil, func() {}, nil
	}
	token, given := bearer(r)
	if !given {
		return nil, nil, authFault(http.StatusUnauthorized, "UNAUTHENTICATED", "MISSING_TOKEN", "a JWT is required here")
	}
	if c, err = d.cfg.JWT.parse(token, d.now); err != nil {
		return nil, nil, err
	}
	if undo, err = d.jtis.use(c.ID, time.Unix(*c.Expires, 0)); err != nil {
		return nil, nil, err
	}
	if err := c.check(p, d.cfg.JWT.lifetime); err != nil {
		undo()
		return nil, nil, err
	}
	return c, undo, nil
}

// parse verifies a token and what it says of time.
func (j *JWT) parse(token string, now func() time.Time) (*claims, error) {
	c := &claims{}
	_, err := jwt.ParseWithClaims(token, c, func(*jwt.Token) (any, error) { return j.key, nil },
		jwt.WithValidMethods([]string{j.method}), jwt.WithExpirationRequired(), jwt.WithTimeFunc(now), jwt.WithLeeway(time.Second))
	switch {
	case err == nil:
	case errors.Is(err, jwt.ErrTokenExpired):
		return nil, authFault(http.StatusGatewayTimeout, "DEADLINE_EXCEEDED", "EXPIRED_SIGNATURE", "the token has expired").because(err)
	case errors.Is(err, jwt.ErrTokenSignatureInvalid), errors.Is(err, jwt.ErrTokenNotValidYet), errors.Is(err, jwt.ErrTokenUnverifiable):
		return nil, authFault(http.StatusUnauthorized, "UNAUTHENTICATED", "INVALID_SIGNATURE", "the token isn't signed with the right key, or doesn't count yet").because(err)
	default:
		return nil, unmet("INVALID_TOKEN", "the token can't be read, or has no exp").because(err)
	}
	if c.ID == "" || len(c.ID) > maxJTI {
		return nil, unmet("INVALID_TOKEN", "the token has no jti, or one of more than %d bytes", maxJTI)
	}
	if *c.Expires < 0 || *c.Expires > math.MaxInt64/int64(time.Second) {
		return nil, unmet("INVALID_TIMESTAMP", "the token's exp is no time")
	}
	return c, nil
}

// check holds a request's query against the claims.
func (c *claims) check(p publisherQuery, lifetime time.Duration) error {
	switch {
	case lifetime > 0 && (c.IssuedAt == nil || *c.Expires-*c.IssuedAt != int64(lifetime/time.Second)):
		return unmet("INVALID_EXPIRATION", "the token lives for another time than it should")
	case c.Size != nil && c.MaxSize != nil:
		return unmet("INVALID_SIZES", "the token has both size and max_size")
	case c.Epochs != nil && c.MaxEpochs != nil, c.Epochs != nil && p.epochs != *c.Epochs:
		return unmet("INVALID_EPOCHS", "the token is for another number of epochs")
	case c.MaxEpochs != nil && p.epochs > *c.MaxEpochs:
		return unmet("EPOCHS_ABOVE_MAX", "the token is for fewer epochs")
	case c.SendObjectTo != nil && p.sendTo == nil:
		return unmet("MISSING_SEND_OBJECT_TO", "the token wants send_object_to")
	case c.SendObjectTo != nil && *p.sendTo != *c.SendObjectTo:
		return unmet("INVALID_SEND_OBJECT_TO", "the token is for another send_object_to")
	}
	return nil
}

// checkSize holds a size against the claims; nil permits all.
func (c *claims) checkSize(size uint64) error {
	switch {
	case c == nil:
		return nil
	case c.MaxSize != nil && size > *c.MaxSize:
		return unmet("MAX_SIZE_EXCEEDED", "the token is for fewer bytes")
	case c.Size != nil && size != *c.Size:
		return unmet("SIZE_INCORRECT", "the token is for another number of bytes")
	}
	return nil
}

const (
	maxJTI  = 256
	maxJTIs = 100_000 // remembered at a time
)

// jtis are the tokens that were used, until they have expired. A new process
// knows none: tokens should live for minutes.
type jtis struct {
	now func() time.Time

	mu   sync.Mutex
	used map[string]time.Time
}

func newJTIs(now func() time.Time) *jtis {
	return &jtis{now: now, used: make(map[string]time.Time)}
}

func (j *jtis) use(id string, until time.Time) (undo func(), err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, twice := j.used[id]; twice {
		return nil, authFault(http.StatusTooManyRequests, "RESOURCE_EXHAUSTED", "TOKEN_ALREADY_USED", "the token was used before")
	}
	if len(j.used) >= maxJTIs {
		for id, until := range j.used {
			if j.now().After(until.Add(time.Minute)) {
				delete(j.used, id)
			}
		}
		if len(j.used) >= maxJTIs {
			return nil, errBusy
		}
	}
	j.used[id] = until
	return func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		delete(j.used, id)
	}, nil
}
