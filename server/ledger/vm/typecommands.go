package vm

import (
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

func u64Tag() suitx.TypeTag     { return suitx.TypeTag{Kind: suitx.TypeU64} }
func addressTag() suitx.TypeTag { return suitx.TypeTag{Kind: suitx.TypeAddress} }

func (t *typer) call(c *suitx.MoveCall) (*step, error) {
	f := t.env.Packages.Function(c.Package, c.Module, c.Function)
	if f == nil {
		return nil, fail(suitx.FunctionNotFound)
	}
	if len(c.TypeArgs) != len(f.TypeParams) {
		return nil, fail(suitx.TypeArityMismatch)
	}
	typeArgs := make([]suitx.TypeTag, len(c.TypeArgs))
	for i, arg := range c.TypeArgs {
		typeArgs[i] = t.env.Packages.Defining(arg)
		a, err := t.env.Packages.Abilities(arg)
		if err == nil && !a.Has(f.TypeParams[i]) {
			err = move.ErrConstraint
		}
		if err != nil {
			return nil, badType(i, err)
		}
	}
	params := f.Args()
	if len(c.Args) != len(params) {
		return nil, fail(suitx.ArityMismatch)
	}
	places, err := t.places(0, c.Args...)
	if err != nil {
		return nil, err
	}
	s := &step{command: c, function: f, typeArgs: typeArgs}
	for i, p := range places {
		u, err := t.as(i, p, params[i].Ref, params[i].Type.Tag(typeArgs))
		if err != nil {
			return nil, err
		}
		s.args = append(s.args, u)
	}
	for _, r := range f.Returns {
		s.results = append(s.results, r.Type.Tag(typeArgs))
	}
	return s, nil
}

func (t *typer) transfer(c *suitx.TransferObjects) (*step, error) {
	places, err := t.places(0, append(append([]suitx.Argument{}, c.Objects...), c.To)...)
	if err != nil {
		return nil, err
	}
	s := &step{command: c}
	last := len(places) - 1
	for i, p := range places[:last] {
		u, err := t.withAbilities(i, p, move.Key|move.Store, suitx.InvalidTransferObjectAsArg)
		if err != nil {
			return nil, err
		}
		s.args = append(s.args, u)
	}
	to, err := t.as(last, places[last], move.ByValue, addressTag())
	s.args = append(s.args, to)
	return s, err
}

func (t *typer) split(c *suitx.SplitCoins) (*step, error) {
	s, err := t.coins(c, c.Coin, c.Amounts, func(suitx.TypeTag) suitx.TypeTag { return u64Tag() })
	if err != nil {
		return nil, err
	}
	for range c.Amounts {
		s.results = append(s.results, s.args[0].typ)
	}
	return s, nil
}

func (t *typer) merge(c *suitx.MergeCoins) (*step, error) {
	return t.coins(c, c.Into, c.Sources, func(coin suitx.TypeTag) suitx.TypeTag { return coin })
}

// coins types a coin that changes and what it takes with it, whose type of may depend on the coin's.
func (t *typer) coins(c suitx.Command, coin suitx.Argument, rest []suitx.Argument, of func(suitx.TypeTag) suitx.TypeTag) (*step, error) {
	first, err := t.place(0, coin)
	if err != nil {
		return nil, err
	}
	places, err := t.places(1, rest...)
	if err != nil {
		return nil, err
	}
	u, err := t.coin(0, first)
	if err != nil {
		return nil, err
	}
	s := &step{command: c, args: []use{u}}
	for i, p := range places {
		v, err := t.as(i+1, p, move.ByValue, of(u.typ))
		if err != nil {
			return nil, err
		}
		s.args = append(s.args, v)
	}
	return s, nil
}

func (t *typer) makeVec(c *suitx.MakeMoveVec) (*step, error) {
	places, err := t.places(0, c.Elements...)
	if err != nil {
		return nil, err
	}
	s := &step{command: c}
	elem := c.Type
	if elem != nil {
		if _, err := t.env.Packages.Abilities(*elem); err != nil {
			return nil, badType(0, err)
		}
		defining := t.env.Packages.Defining(*elem)
		elem = &defining
	}
	for i, p := range places {
		var u use
		if elem == nil {
			u, err = t.withAbilities(i, p, move.Key, suitx.InvalidMakeMoveVecNonObjectArgument)
			elem = &u.typ
		} else {
			u, err = t.as(i, p, move.ByValue, *elem)
		}
		if err != nil {
			return nil, err
		}
		s.args = append(s.args, u)
	}
	s.results = []suitx.TypeTag{suitx.VectorOf(*elem)}
	return s, nil
}
