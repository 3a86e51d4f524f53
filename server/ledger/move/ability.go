package move

import "strings"

// Abilities say what may be done with values of a type.
type Abilities uint8

const (
	Copy  Abilities = 1 << iota // it may be copied
	Drop                        // it may be dropped
	Store                       // it may stand inside objects, and anyone may transfer it
	Key                         // it is an object: its first field is its ID
)

// Has says whether a holds all of b.
func (a Abilities) Has(b Abilities) bool { return a&b == b }

// String returns the abilities as Move writes them after "has".
func (a Abilities) String() string {
	var words []string
	for i, name := range []string{"copy", "drop", "store", "key"} {
		if a.Has(1 << i) {
			words = append(words, name)
		}
	}
	return strings.Join(words, ", ")
}

// primitive types may be copied, dropped and stored.
const primitive = Copy | Drop | Store
