package suitx

import (
	"fmt"

	"floe/codec/bcs"
)

// Common types have short forms on the wire. The values are Sui's: never reorder.
const (
	shortOther     = 0 // any other StructTag
	shortGasCoin   = 1 // 0x2::coin::Coin<0x2::sui::SUI>
	shortStakedSui = 2 // 0x3::staking_pool::StakedSui
	shortCoin      = 3 // 0x2::coin::Coin<T>
)

// SUI returns the type 0x2::sui::SUI.
func SUI() TypeTag {
	return StructTag{Address: FrameworkAddress(2), Module: "sui", Name: "SUI"}.Tag()
}

// CoinOf returns the type 0x2::coin::Coin<t>.
func CoinOf(t TypeTag) StructTag {
	return StructTag{Address: FrameworkAddress(2), Module: "coin", Name: "Coin", Params: []TypeTag{t}}
}

func stakedSui() StructTag {
	return StructTag{Address: FrameworkAddress(3), Module: "staking_pool", Name: "StakedSui"}
}

func shortForm(s StructTag) uint32 {
	switch {
	case s.Is(FrameworkAddress(2), "coin", "Coin") && len(s.Params) == 1:
		if s.Params[0].Equal(SUI()) {
			return shortGasCoin
		}
		return shortCoin
	case s.Equal(stakedSui()):
		return shortStakedSui
	}
	return shortOther
}

func writeObjectType(w *bcs.Writer, s StructTag) {
	form := shortForm(s)
	w.Uleb(form)
	switch form {
	case shortOther:
		writeStructTag(w, s)
	case shortCoin:
		writeTypeTag(w, s.Params[0])
	}
}

func readObjectType(r *bcs.Reader) StructTag {
	form := r.Uleb()
	var s StructTag
	switch form {
	case shortOther:
		s = readStructTag(r)
	case shortGasCoin:
		s = CoinOf(SUI())
	case shortStakedSui:
		s = stakedSui()
	case shortCoin:
		s = CoinOf(readTypeTag(r))
	default:
		r.FailWith(fmt.Errorf("object type of variant %d: %w", form, ErrUnsupported))
	}
	if r.Err() == nil && shortForm(s) != form {
		r.Fail("type %s isn't in its shortest form", s)
	}
	return s
}
