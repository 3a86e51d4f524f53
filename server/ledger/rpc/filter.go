package rpc

import (
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/reflect/protoreflect"

	"floe/codec/suitx"
)

// maxLiterals is how many predicates a filter may have.
const maxLiterals = 10

// A filter is in disjunctive normal form: any term may match, and in a term
// every literal must. The nil filter lets everything through.
type filter[T any] [][]literal[T]

type literal[T any] struct {
	negated bool
	match   func(T) bool
}

func (f filter[T]) matches(v T) bool {
	for _, term := range f {
		ok := true
		for _, l := range term {
			ok = ok && l.match(v) != l.negated
		}
		if ok {
			return true
		}
	}
	return f == nil
}

// readFilter reads the request's filter; predicate reads one literal.
func readFilter[T any](r record, predicate func(record) (func(T) bool, *connect.Error)) (filter[T], *connect.Error) {
	if !r.has("filter") {
		return nil, nil
	}
	out, n := filter[T]{}, 0
	for _, t := range r.sub("filter").list("terms") {
		var term []literal[T]
		for _, l := range t.list("literals") {
			if n++; n > maxLiterals {
				return nil, invalid("filter", "filter has more than %d literals", maxLiterals)
			}
			match, failure := predicate(l)
			if failure != nil {
				return nil, failure
			}
			term = append(term, literal[T]{l.flag("negated"), match})
		}
		if len(term) == 0 {
			return nil, invalid("filter.terms.literals", "a term must have at least one literal")
		}
		out = append(out, term)
	}
	if len(out) == 0 {
		return nil, invalid("filter.terms", "a filter must have at least one term")
	}
	return out, nil
}

func transactionFilter(r record) (filter[*outcome], *connect.Error) {
	return readFilter(r, func(l record) (func(*outcome) bool, *connect.Error) {
		switch {
		case l.has("sender"):
			a, failure := address("sender.address", l.sub("sender").text("address"))
			return func(t *outcome) bool { return t.sender() == a }, failure
		case l.has("affected_address"):
			a, failure := address("affected_address.address", l.sub("affected_address").text("address"))
			return func(t *outcome) bool { return t.affects(a) }, failure
		case l.has("affected_object"):
			id, failure := address("affected_object.object_id", l.sub("affected_object").text("object_id"))
			return func(t *outcome) bool { return t.changes(id) }, failure
		case l.has("move_call"):
			return callFilter(l.sub("move_call"))
		case l.has("package_write"):
			return (*outcome).writesPackage, nil
		}
		one, failure := eventPredicate(l)
		return func(t *outcome) bool {
			for _, e := range t.Events {
				if one(&e) {
					return true
				}
			}
			return false
		}, failure
	})
}

// emitted is an event and the transaction that emitted it.
type emitted struct {
	by *outcome
	*suitx.Event
}

func eventFilter(r record) (filter[emitted], *connect.Error) {
	return readFilter(r, func(l record) (func(emitted) bool, *connect.Error) {
		if l.has("sender") {
			a, failure := address("sender.address", l.sub("sender").text("address"))
			return func(e emitted) bool { return e.by.sender() == a }, failure
		}
		one, failure := eventPredicate(l)
		return func(e emitted) bool { return one(e.Event) }, failure
	})
}

// eventPredicate reads a literal that is about one event.
func eventPredicate(l record) (func(*suitx.Event) bool, *connect.Error) {
	switch {
	case l.has("emit_module"):
		text, failure := required("emit_module.module", l.sub("emit_module").text("module"))
		pkg, names, ok := movePath(text, 2)
		if failure == nil && !ok {
			failure = invalid("emit_module.module", "invalid module: %q isn't package[::module]", text)
		}
		return func(e *suitx.Event) bool { return e.Package == pkg && (len(names) == 0 || e.Module == names[0]) }, failure
	case l.has("event_type"):
		return typeFilter(l.sub("event_type"))
	case l.has("event_stream_head"):
		return nil, unimplemented("event_stream_head isn't served by the embedded ledger")
	}
	return nil, missing("filter.terms.literals.predicate")
}

func typeFilter(r record) (func(*suitx.Event) bool, *connect.Error) {
	text, failure := required("event_type.event_type", r.text("event_type"))
	if failure != nil {
		return nil, failure
	}
	bare, _, generic := strings.Cut(text, "<")
	if !generic {
		pkg, names, ok := movePath(bare, 3)
		if !ok {
			return nil, invalid("event_type.event_type", "invalid event_type: %q isn't address[::module[::Name[<types>]]]", text)
		}
		return func(e *suitx.Event) bool {
			return startsWith(names, e.Type.Module, e.Type.Name) && e.Type.Address == pkg
		}, nil
	}
	t, err := suitx.ParseStructTag(text)
	if err != nil {
		return nil, invalid("event_type.event_type", "invalid event_type: %v", err)
	}
	return func(e *suitx.Event) bool { return e.Type.Equal(t) }, nil
}

func callFilter(r record) (func(*outcome) bool, *connect.Error) {
	text, failure := required("move_call.function", r.text("function"))
	pkg, names, ok := movePath(text, 3)
	if failure == nil && !ok {
		failure = invalid("move_call.function", "invalid function: %q isn't package[::module[::function]]", text)
	}
	return func(t *outcome) bool {
		if t.data == nil {
			return false
		}
		for _, c := range t.data.Commands {
			if call, ok := c.(*suitx.MoveCall); ok && call.Package == pkg && startsWith(names, call.Module, call.Function) {
				return true
			}
		}
		return false
	}, failure
}

// startsWith says whether path begins with the names asked for.
func startsWith(asked []string, path ...string) bool {
	for i, name := range asked {
		if path[i] != name {
			return false
		}
	}
	return true
}

func required(field protoreflect.Name, text *string) (string, *connect.Error) {
	if text == nil {
		return "", missing(string(field))
	}
	return *text, nil
}

// sender is 0x0 of a system transaction.
func (t *outcome) sender() (a suitx.Address) {
	if t.data != nil {
		a = t.data.Sender
	}
	return a
}

// affects says whether an object of a's was changed, or became a's.
func (t *outcome) affects(a suitx.Address) bool {
	owns := func(o suitx.Owner) bool {
		return (o.Kind == suitx.AddressOwner || o.Kind == suitx.ConsensusAddressOwner) && o.Address == a
	}
	for _, c := range t.Effects.ChangedObjects {
		if c.Input != nil && owns(c.Input.Owner) || c.Output.Kind == suitx.OutputObject && owns(c.Output.Owner) {
			return true
		}
	}
	return false
}

func (t *outcome) changes(id suitx.Address) bool {
	for _, c := range t.Effects.ChangedObjects {
		if c.ID == id {
			return true
		}
	}
	return false
}

func (t *outcome) writesPackage() bool {
	for _, c := range t.Effects.ChangedObjects {
		if c.Output.Kind == suitx.OutputPackage {
			return true
		}
	}
	return false
}
