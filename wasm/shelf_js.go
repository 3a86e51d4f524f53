package main

import (
	"context"
	"fmt"
	"syscall/js"

	"floe/codec"
	"floe/wasm/client"
)

// jsShelf is a client.Shelf over {load(id), keep(id, bytes), drop(ids)}, which
// may return promises.
type jsShelf struct{ v js.Value }

// shelfOf reads args.shelf; nil: there is none.
func shelfOf(args js.Value) client.Shelf {
	v := args.Get("shelf")
	if v.Type() != js.TypeObject {
		return nil
	}
	return jsShelf{v}
}

func (s jsShelf) Load(blob codec.BlobID) ([]byte, error) {
	kept, err := s.call("load", blob.String())
	if err != nil || kept.Type() != js.TypeObject {
		return nil, err
	}
	return goBytes(kept), nil
}

func (s jsShelf) Keep(blob codec.BlobID, kept client.Pieces) error {
	_, err := s.call("keep", blob.String(), jsPieces(kept))
	return err
}

func (s jsShelf) Drop(blobs []codec.BlobID) error {
	ids := make([]any, len(blobs))
	for i, id := range blobs {
		ids[i] = id.String()
	}
	_, err := s.call("drop", ids)
	return err
}

// call calls a method and waits for what it returns. What it throws is an error
// like any other.
func (s jsShelf) call(method string, args ...any) (v js.Value, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("couldn't %s on the shelf: %v", method, p)
		}
	}()
	return await(context.Background(), js.Global().Get("Promise").Call("resolve", s.v.Call(method, args...)))
}
