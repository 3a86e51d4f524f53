package codec_test

import (
	"fmt"

	"floe/codec"
)

func Example() {
	encoder, err := codec.NewEncoder(10)
	if err != nil {
		panic(err)
	}
	expansion, err := encoder.Expand([]byte("walrus blob id v1 regression test"))
	if err != nil {
		panic(err)
	}
	metadata := expansion.Metadata()
	id := metadata.BlobID()
	fmt.Println(id)

	// Any four primary slivers of ten bring the blob back.
	decoder, err := codec.NewDecoder(id, metadata)
	if err != nil {
		panic(err)
	}
	for _, pair := range []int{9, 1, 5, 7} {
		if err := decoder.Add(expansion.Pair(pair).Primary); err != nil {
			panic(err)
		}
	}
	blob, err := decoder.Decode()
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s\n", blob)
	// Output:
	// RcU82Mwf-CFkv1LaI_2qcpANwpGUuG3TMwnVzZxD2kY
	// walrus blob id v1 regression test
}
