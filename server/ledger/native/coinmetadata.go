package native

import (
	"floe/codec/bcs"
	"floe/server/ledger/move"
)

// declareMetadata declares what a coin's metadata may be asked for.
func (x *coinModule) declareMetadata(f *framework) {
	self := move.Params(move.Imm(x.metadata.Of(move.T(0))))
	getter := func(name string, returns move.Type, write func(w *bcs.Writer, v *coinMetadata)) {
		x.Func(name, self, move.Returns(move.Val(returns)), func(c *move.Call) error {
			v := &coinMetadata{}
			c.Get(0, v)
			c.ReturnWith(func(w *bcs.Writer) { write(w, v) })
			return nil
		}).Generic(0)
	}
	getter("get_decimals", move.U8, func(w *bcs.Writer, v *coinMetadata) { w.U8(v.decimals) })
	getter("get_name", f.str.Of(), func(w *bcs.Writer, v *coinMetadata) { w.String(v.name) })
	getter("get_symbol", f.ascii.Of(), func(w *bcs.Writer, v *coinMetadata) { w.String(v.symbol) })
	getter("get_description", f.str.Of(), func(w *bcs.Writer, v *coinMetadata) { w.String(v.description) })
	getter("get_icon_url", f.option.Of(f.url.Of()), func(w *bcs.Writer, v *coinMetadata) {
		w.Option(v.icon != nil)
		if v.icon != nil {
			w.String(*v.icon)
		}
	})
}

// coinMetadata is 0x2::coin::CoinMetadata.
type coinMetadata struct {
	id                        [32]byte
	decimals                  uint8
	name, symbol, description string
	icon                      *string
}

func (v *coinMetadata) Read(r *bcs.Reader) {
	v.id, v.decimals = r.U256(), r.U8()
	v.name, v.symbol, v.description = r.String(), r.String(), r.String()
	if r.Option() {
		icon := r.String()
		v.icon = &icon
	}
}

func (v *coinMetadata) Write(w *bcs.Writer) {
	w.Fixed(v.id[:])
	w.U8(v.decimals)
	w.String(v.name)
	w.String(v.symbol)
	w.String(v.description)
	w.Option(v.icon != nil)
	if v.icon != nil {
		w.String(*v.icon)
	}
}
