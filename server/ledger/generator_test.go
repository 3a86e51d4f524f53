package ledger

import (
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// generator turns bytes into a program.
type generator struct {
	n         *network
	a         account
	in        []byte
	functions []*move.Function
	owned     []OwnedObject
	published suitx.Address // a package that the account may upgrade

	b       suitx.Builder
	results []typed // of commands so far
}

// typed is an argument that may be of that type.
type typed struct {
	arg suitx.Argument
	typ suitx.TypeTag
}

// next returns a number below n.
func (g *generator) next(n int) int {
	if len(g.in) == 0 {
		return 0
	}
	v := int(g.in[0])
	g.in = g.in[1:]
	if n > 256 && len(g.in) > 0 {
		v = v<<8 | int(g.in[0])
		g.in = g.in[1:]
	}
	return v % n
}

func (g *generator) program() *suitx.TransactionData {
	for range 12 {
		if len(g.in) == 0 {
			break
		}
		g.command()
	}
	// What is left over is given away, so that more programs run.
	for _, r := range g.results {
		if a, err := g.n.Packages().Abilities(r.typ); err == nil && a.Has(move.Key|move.Store) && g.next(8) != 1 {
			g.b.Transfer(g.a.Address, r.arg)
		}
	}
	return must(g.b.Build(g.a.Address))
}

func (g *generator) command() {
	packageType := func(name string) suitx.TypeTag {
		return suitx.StructTag{Address: framework(), Module: "package", Name: name}.Tag()
	}
	switch g.next(9) {
	case 0:
		c := g.b.Command(&suitx.SplitCoins{Coin: g.coin(), Amounts: []suitx.Argument{g.b.U64(uint64(g.next(1000)))}})
		g.results = append(g.results, typed{c.Result(0), suitx.CoinOf(suitx.SUI()).Tag()})
	case 1:
		g.b.Command(&suitx.MergeCoins{Into: g.coin(), Sources: []suitx.Argument{g.coin()}})
	case 2:
		g.results = append(g.results, typed{g.b.Command(g.n.floePackage()), packageType("UpgradeCap")})
	case 3:
		p := g.n.floePackage()
		receipt := g.b.Command(&suitx.Upgrade{Modules: p.Modules, Dependencies: p.Dependencies, Package: g.published,
			Ticket: g.fit(packageType("UpgradeTicket"))})
		g.results = append(g.results, typed{receipt, packageType("UpgradeReceipt")})
	default:
		g.call(g.functions[g.next(len(g.functions))])
	}
}

func (g *generator) coin() suitx.Argument {
	if g.next(3) == 0 {
		return suitx.GasCoin
	}
	return g.fit(suitx.CoinOf(suitx.SUI()).Tag())
}

func (g *generator) call(f *move.Function) {
	var types []suitx.TypeTag
	for _, want := range f.TypeParams {
		t := g.n.world.WAL()
		switch {
		case want.Has(move.Key):
			t = suitx.CoinOf(suitx.SUI()).Tag()
		case want.Has(move.Copy):
			t = suitx.TypeTag{Kind: suitx.TypeU8}
		case g.next(2) == 0:
			t = suitx.SUI()
		}
		types = append(types, t)
	}
	c := &suitx.MoveCall{Package: f.Module.Package, Module: f.Module.Name, Function: f.Name, TypeArgs: types}
	for _, p := range f.Args() {
		c.Args = append(c.Args, g.fit(p.Type.Tag(types)))
	}
	r := g.b.Command(c)
	for i, p := range f.Returns {
		g.results = append(g.results, typed{r.Result(uint16(i)), p.Type.Tag(types)})
	}
}

// fit returns an argument that is likely of a type.
func (g *generator) fit(t suitx.TypeTag) suitx.Argument {
	var fitting []suitx.Argument
	for _, r := range g.results {
		if r.typ.Equal(t) {
			fitting = append(fitting, r.arg)
		}
	}
	for _, o := range g.owned {
		if o.Type.Tag().Equal(t) {
			fitting = append(fitting, g.b.Object(o.Ref))
		}
	}
	if t.Kind == suitx.TypeStruct {
		for id, name := range map[suitx.Address]string{g.n.ids.System: "System", g.n.ids.Staking: "Staking",
			g.n.world.TreasuryID(): "ProtectedTreasury", suitx.FrameworkAddress(6): "Clock"} {
			if t.Struct.Name == name {
				fitting = append(fitting, g.b.Shared(id, 1, name != "Clock"))
			}
		}
	}
	if len(fitting) > 0 {
		return fitting[g.next(len(fitting))]
	}
	return g.pure(t)
}

func (g *generator) pure(t suitx.TypeTag) suitx.Argument {
	v := uint64(g.next(40))
	switch t.Kind {
	case suitx.TypeBool:
		return g.b.Bool(v%2 == 1)
	case suitx.TypeU8:
		return g.b.U8(uint8(v))
	case suitx.TypeU16:
		return g.b.Pure([]byte{byte(v), 0})
	case suitx.TypeU32:
		return g.b.U32(uint32(v))
	case suitx.TypeU64:
		return g.b.U64(v * v * v)
	case suitx.TypeVector:
		n := min(int(v), len(g.in))
		b := g.in[:n]
		g.in = g.in[n:]
		return g.b.Bytes(b)
	case suitx.TypeStruct:
		return g.b.Text(string(rune('a' + v%26)))
	}
	return g.b.U256([32]byte{byte(v)})
}
