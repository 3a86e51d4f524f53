package daemon

import (
	"net/url"
	"slices"
	"strconv"

	"floe/codec"
	"floe/codec/suitx"
)

// query is a URL's query of which every key is known and stands there once.
type query map[string]string

func parseQuery(raw string, known ...string) (query, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, malformed("the query can't be read").because(err)
	}
	q := make(query, len(values))
	for k, v := range values {
		if !slices.Contains(known, k) {
			return nil, malformed("unknown query parameter %.40q, expected one of %v", k, known)
		}
		if len(v) != 1 {
			return nil, malformed("query parameter %s is given twice", k)
		}
		q[k] = v[0]
	}
	return q, nil
}

// flag reads true or false; a key that isn't there is false.
func (q query) flag(key string) (bool, error) {
	switch v, given := q[key]; {
	case !given, v == "false":
		return false, nil
	case v == "true":
		return true, nil
	}
	return false, malformed("%s must be true or false", key)
}

// number reads a decimal number of at most so many bits.
func (q query) number(key string, or uint64, bits int) (uint64, error) {
	v, given := q[key]
	if !given {
		return or, nil
	}
	n, err := strconv.ParseUint(v, 10, bits)
	if err != nil {
		return 0, malformed("%s must be a number of at most %d bits", key, bits)
	}
	return n, nil
}

// encoding makes sure that no other encoding than ours is asked for.
func (q query) encoding() error {
	if v, given := q["encoding_type"]; given && v != "RS2" {
		return malformed("encoding_type must be RS2")
	}
	return nil
}

// blobIDOf reads a blob ID out of a path or a query.
func blobIDOf(text string) (codec.BlobID, error) {
	plain, err := url.PathUnescape(text)
	if err != nil {
		return codec.BlobID{}, malformed("a blob ID has 43 characters of base64url").because(err)
	}
	id, err := codec.ParseBlobID(plain)
	if err != nil {
		return id, malformed("a blob ID has 43 characters of base64url").because(err)
	}
	return id, nil
}

func objectIDOf(text string) (suitx.Address, error) {
	id, err := suitx.ParseAddress(text)
	if err != nil {
		return id, malformed("an object ID or address is 0x and hex digits").because(err)
	}
	return id, nil
}
