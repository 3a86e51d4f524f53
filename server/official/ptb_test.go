package official_test

import (
	"fmt"
	"strings"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"

	"floe/codec/suitx"
)

// names are what the trace calls objects and addresses.
type names map[string]string

func (n names) of(id string) string {
	if name, ok := n[id]; ok {
		return name
	}
	if a, err := suitx.ParseAddress(id); err == nil {
		if a == suitx.FrameworkAddress(2) {
			return "0x2"
		}
		return "?"
	}
	return id
}

// typeOf is a type without the addresses of its packages.
func (n names) typeOf(t suitx.TypeTag) string {
	if t.Kind != suitx.TypeStruct {
		return t.String()
	}
	s := t.Struct.Module + "::" + t.Struct.Name
	if t.Struct.Address == suitx.FrameworkAddress(2) {
		s = "0x2::" + s
	}
	var params []string
	for _, p := range t.Struct.Params {
		params = append(params, n.typeOf(p))
	}
	if len(params) > 0 {
		s += "<" + strings.Join(params, ",") + ">"
	}
	return s
}

// executed writes a transaction that was resolved: a line of inputs, then one of
// each command.
func (n names) executed(tx *suitx.TransactionData) string {
	var inputs []string
	for i, in := range tx.Inputs {
		inputs = append(inputs, fmt.Sprintf("In%d=%s", i, n.input(in)))
	}
	lines := []string{"inputs: " + strings.Join(inputs, " ")}
	for i, c := range tx.Commands {
		lines = append(lines, fmt.Sprintf("%d %s", i, n.command(c)))
	}
	return strings.Join(lines, "\n")
}

func (n names) input(in suitx.Input) string {
	switch {
	case in.Kind == suitx.InputPure:
		return fmt.Sprintf("pure(%dB)", len(in.Pure))
	case in.Kind == suitx.InputObject && in.Object.Kind == suitx.Shared:
		return fmt.Sprintf("shared(%s,mutable=%t)", n.of(in.Object.Ref.ID.String()), in.Object.Mutable)
	case in.Kind == suitx.InputObject && in.Object.Kind == suitx.ImmOrOwned:
		return "owned"
	}
	return fmt.Sprintf("input of kind %d", in.Kind)
}

func (n names) command(c suitx.Command) string {
	switch c := c.(type) {
	case *suitx.MoveCall:
		var types []string
		for _, t := range c.TypeArgs {
			types = append(types, n.typeOf(t))
		}
		return fmt.Sprintf("MoveCall %s::%s::%s<%s>(%s)", n.of(c.Package.String()), c.Module, c.Function, strings.Join(types, ","), arguments(c.Args))
	case *suitx.SplitCoins:
		return fmt.Sprintf("SplitCoins(%s,[%s])", argument(c.Coin), arguments(c.Amounts))
	case *suitx.MergeCoins:
		return fmt.Sprintf("MergeCoins(%s,[%s])", argument(c.Into), arguments(c.Sources))
	case *suitx.TransferObjects:
		return fmt.Sprintf("TransferObjects([%s],%s)", arguments(c.Objects), argument(c.To))
	}
	return fmt.Sprintf("%T", c)
}

func argument(a suitx.Argument) string {
	switch a.Kind {
	case suitx.ArgGasCoin:
		return "Gas"
	case suitx.ArgInput:
		return fmt.Sprintf("In%d", a.Index)
	case suitx.ArgResult:
		return fmt.Sprintf("R%d", a.Index)
	}
	return fmt.Sprintf("R%d.%d", a.Index, a.Nested)
}

func arguments(list []suitx.Argument) string {
	var out []string
	for _, a := range list {
		out = append(out, argument(a))
	}
	return strings.Join(out, ",")
}

// unresolved says what kind of inputs a transaction to be resolved has, and
// returns its commands in the words of [names.executed].
func (n names) unresolved(p *pb.ProgrammableTransaction) (kind, commands string) {
	resolved := 0
	for _, in := range p.GetInputs() {
		if in.ObjectId != nil && in.Version != nil {
			resolved++
		}
	}
	kind = "PTB with unresolved inputs"
	if resolved > 0 {
		kind += fmt.Sprintf(" but %d", resolved)
	}
	var lines []string
	for i, c := range p.GetCommands() {
		lines = append(lines, fmt.Sprintf("%d %s", i, n.sketch(c)))
	}
	return kind, strings.Join(lines, "\n")
}

func (n names) sketch(c *pb.Command) string {
	switch c := c.GetCommand().(type) {
	case *pb.Command_MoveCall:
		var types []string
		for _, text := range c.MoveCall.GetTypeArguments() {
			t, err := suitx.ParseTypeTag(text)
			if err != nil {
				return err.Error()
			}
			types = append(types, n.typeOf(t))
		}
		return fmt.Sprintf("MoveCall %s::%s::%s<%s>(%s)", n.of(c.MoveCall.GetPackage()), c.MoveCall.GetModule(), c.MoveCall.GetFunction(), strings.Join(types, ","), sketches(c.MoveCall.GetArguments()))
	case *pb.Command_SplitCoins:
		return fmt.Sprintf("SplitCoins(%s,[%s])", sketchArgument(c.SplitCoins.GetCoin()), sketches(c.SplitCoins.GetAmounts()))
	case *pb.Command_MergeCoins:
		return fmt.Sprintf("MergeCoins(%s,[%s])", sketchArgument(c.MergeCoins.GetCoin()), sketches(c.MergeCoins.GetCoinsToMerge()))
	case *pb.Command_TransferObjects:
		return fmt.Sprintf("TransferObjects([%s],%s)", sketches(c.TransferObjects.GetObjects()), sketchArgument(c.TransferObjects.GetAddress()))
	}
	return fmt.Sprintf("%T", c.GetCommand())
}

func sketchArgument(a *pb.Argument) string {
	switch {
	case a.GetKind() == pb.Argument_GAS:
		return "Gas"
	case a.GetKind() == pb.Argument_INPUT:
		return fmt.Sprintf("In%d", a.GetInput())
	case a.Subresult != nil:
		return fmt.Sprintf("R%d.%d", a.GetResult(), a.GetSubresult())
	}
	return fmt.Sprintf("R%d", a.GetResult())
}

func sketches(list []*pb.Argument) string {
	var out []string
	for _, a := range list {
		out = append(out, sketchArgument(a))
	}
	return strings.Join(out, ",")
}
