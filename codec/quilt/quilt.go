// Package quilt is Walrus' format for many small files in one blob, byte for
// byte: each file fills whole columns of the blob's matrix, and a column is what
// one secondary sliver carries, so that a file can be read without the others.
// It does no I/O.
//
// [Encode] makes the blob. To read, [ReadIndex] lists the files, [ReadHeader]
// says where in its columns a file's data is and [ReadFile] returns it whole;
// they ask for columns one by one, from secondary slivers or from [BlobColumn].
// A [PatchID] names one file of one quilt.
//
// # Format
//
// With k1 rows and k2 columns of symbols of S bytes (package codec), column c
// holds k1·S bytes from top to bottom. The index fills the first columns, ten at
// most; then come the files in the order of their identifiers:
//
//	index   01 ‖ length u32 ‖ BCS of [{ end u16 ‖ identifier string ‖ tags }]
//	file    01 ‖ length u32 ‖ mask u8 ‖ size u16 ‖ identifier ‖ [size u16 ‖ tags] ‖ data
//
// end is the column behind a file's last, which is where the next one begins.
// identifier and tags are BCS, string and map<string, string>; size counts the
// bytes of that BCS; bit 0 of mask says that tags follow; length counts all
// behind mask. S is the smallest even number with which everything fits.
//
//	patch ID   quilt's blob ID 32 ‖ 01 ‖ first column u16 ‖ end u16, in text base64url without padding
//
// Identifiers and tags stand in the quilt as they are: whoever has the blob ID
// reads them.
package quilt

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"floe/codec"
)

// Errors that callers branch on; test for them with errors.Is.
var (
	// ErrMalformed says that bytes aren't a quilt, or files can't be one.
	ErrMalformed = errors.New("malformed quilt")
	// ErrTooLarge says that the files don't fit into one quilt.
	ErrTooLarge = errors.New("files too large for one quilt")
)

// Bounds and wire values of the format. Do not reorder.
const (
	version        = 1
	hasTags        = 1 // bit of mask
	indexPrefix    = 5 // version and length
	headerSize     = 6 // version, length and mask
	sizeLength     = 2
	maxSize        = 1<<16 - 1
	maxIndexColumn = 10
	patchIDSize    = 32 + 5
)

// File is one file of a quilt.
type File struct {
	Identifier string
	Tags       map[string]string
	Data       []byte
}

// Patch is a file's entry in the index. Its columns are Start ≤ c < End.
type Patch struct {
	Identifier string
	Tags       map[string]string
	Start, End uint16
}

// PatchID names a file by its place in a quilt.
type PatchID struct {
	Quilt      codec.BlobID
	Start, End uint16
}

var idText = base64.RawURLEncoding.Strict()

// String is the patch ID as Walrus writes it.
func (id PatchID) String() string {
	b := append(id.Quilt[:len(id.Quilt):len(id.Quilt)], version)
	b = binary.LittleEndian.AppendUint16(b, id.Start)
	return idText.EncodeToString(binary.LittleEndian.AppendUint16(b, id.End))
}

// ParsePatchID reads what String writes, and nothing else.
func ParsePatchID(s string) (PatchID, error) {
	b, err := idText.DecodeString(s)
	if err != nil || len(b) != patchIDSize || idText.EncodeToString(b) != s {
		return PatchID{}, fmt.Errorf("%w: quilt patch ID %q, want 50 characters of base64url", ErrMalformed, s)
	}
	if b[32] != version {
		return PatchID{}, fmt.Errorf("%w: quilt patch ID of version %d", ErrMalformed, b[32])
	}
	id := PatchID{Quilt: codec.BlobID(b[:32]), Start: binary.LittleEndian.Uint16(b[33:]), End: binary.LittleEndian.Uint16(b[35:])}
	if id.Start >= id.End {
		return PatchID{}, fmt.Errorf("%w: quilt patch ID of columns %d to %d", ErrMalformed, id.Start, id.End)
	}
	return id, nil
}

// CheckIdentifier says what is wrong with an identifier, if anything: it has at
// least one character and less than 64 KiB, none of them a control character,
// and the last isn't a space.
func CheckIdentifier(s string) error {
	switch {
	case s == "":
		return fmt.Errorf("%w: an identifier is empty", ErrMalformed)
	case !utf8.ValidString(s):
		return fmt.Errorf("%w: identifier %q isn't UTF-8", ErrMalformed, s)
	case len(marshalString(s)) > maxSize:
		return fmt.Errorf("%w: an identifier has %d bytes", ErrMalformed, len(s))
	case strings.TrimRightFunc(s, unicode.IsSpace) != s:
		return fmt.Errorf("%w: identifier %q ends with a space", ErrMalformed, s)
	case strings.ContainsFunc(s, unicode.IsControl):
		return fmt.Errorf("%w: identifier %q has control characters", ErrMalformed, s)
	}
	return nil
}
