package ledger

import "floe/codec/bcs"

type bcsReader = bcs.Reader

func newReader(b []byte) *bcs.Reader { return bcs.NewReader(b) }
