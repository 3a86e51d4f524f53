package official_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"floe/codec/suitx"
)

const servicePrefix = "/sui.rpc.v2."

// requests are the messages of the methods that the client calls.
var requests = map[string]func() proto.Message{
	"BatchGetObjects":     func() proto.Message { return &pb.BatchGetObjectsRequest{} },
	"GetTransaction":      func() proto.Message { return &pb.GetTransactionRequest{} },
	"GetFunction":         func() proto.Message { return &pb.GetFunctionRequest{} },
	"GetBalance":          func() proto.Message { return &pb.GetBalanceRequest{} },
	"ListOwnedObjects":    func() proto.Message { return &pb.ListOwnedObjectsRequest{} },
	"SimulateTransaction": func() proto.Message { return &pb.SimulateTransactionRequest{} },
	"ExecuteTransaction":  func() proto.Message { return &pb.ExecuteTransactionRequest{} },
}

// masks are the field masks that have a name in the trace.
var masks = map[string]string{
	"owner,object_type,digest,version,object_id,contents":                      "M1",
	"owner,object_type,digest,version,object_id,contents,previous_transaction": "M1 + previous_transaction",
}

// event is a call in the words of the golden lists. Node is the storage node's
// number; other calls have -1.
type event struct {
	text string
	node int
}

var (
	nodePath = regexp.MustCompile(`^/node/(\d+)(/v1/.*)$`)
	blobPart = regexp.MustCompile(`/blobs/[A-Za-z0-9_-]{43}`)
	pairPart = regexp.MustCompile(`/slivers/\d+/`)
	objPart  = regexp.MustCompile(`/deletable/0x[0-9a-f]{64}`)
)

// read puts recorded calls into words.
func (n names) read(calls []*call) ([]event, error) {
	var events []event
	planned := ""
	for _, c := range calls {
		if method, ok := strings.CutPrefix(c.Path, servicePrefix); ok {
			text, commands, err := n.request(method, c.Body)
			if err != nil {
				return nil, fmt.Errorf("couldn't read %s: %w", method, err)
			}
			switch {
			case strings.HasSuffix(method, "/SimulateTransaction"):
				planned = commands
			case strings.HasSuffix(method, "/ExecuteTransaction"):
				if commands != planned {
					return nil, fmt.Errorf("it executes\n%s\nand has simulated\n%s", commands, planned)
				}
			}
			events = append(events, event{text, -1})
			continue
		}
		e := event{node: -1}
		path := c.Path
		if m := nodePath.FindStringSubmatch(path); m != nil {
			fmt.Sscan(m[1], &e.node)
			path = m[2]
		}
		path = blobPart.ReplaceAllString(path, "/blobs/{id}")
		path = pairPart.ReplaceAllString(path, "/slivers/{pair}/")
		path = objPart.ReplaceAllString(path, "/deletable/{object}")
		e.text = c.Method + " " + path
		if c.Query != "" {
			e.text += "?" + queryKeys(c.Query)
		}
		// A node that hasn't seen the registration yet is asked again a second
		// later: how often that happens is chance, and no part of the trace.
		if c.Method == "PUT" && strings.HasSuffix(path, "/metadata") && c.Status == 400 {
			continue
		}
		events = append(events, e)
	}
	return events, nil
}

func queryKeys(query string) string {
	var keys []string
	for part := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(part, "=")
		if key == "encoding_type" {
			key += "=" + value
		}
		keys = append(keys, key)
	}
	return strings.Join(keys, "&")
}

// request puts a gRPC request into words, and its transaction's commands.
func (n names) request(method string, body []byte) (text, commands string, err error) {
	_, short, _ := strings.Cut(method, "/")
	make, ok := requests[short]
	if !ok {
		return "", "", fmt.Errorf("it isn't in the trace")
	}
	m := make()
	if err := proto.Unmarshal(body, m); err != nil {
		return "", "", err
	}
	text = method + " " + n.fields(m.ProtoReflect())
	switch m := m.(type) {
	case *pb.SimulateTransactionRequest:
		_, commands = n.unresolved(m.GetTransaction().GetKind().GetProgrammableTransaction())
	case *pb.ExecuteTransactionRequest:
		tx, err := suitx.UnmarshalTransactionData(m.GetTransaction().GetBcs().GetValue())
		if err != nil {
			return "", "", err
		}
		whole := n.executed(tx)
		_, commands, _ = strings.Cut(whole, "\n")
		text += "\n" + whole
	}
	return text, commands, nil
}

// fields lists what is set in a message, in the order of the field numbers.
func (n names) fields(m protoreflect.Message) string {
	var set []protoreflect.FieldDescriptor
	m.Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		set = append(set, f)
		return true
	})
	slices.SortFunc(set, func(a, b protoreflect.FieldDescriptor) int { return int(a.Number() - b.Number()) })
	var out []string
	for _, f := range set {
		out = append(out, n.field(f, m.Get(f)))
	}
	if len(m.GetUnknown()) > 0 {
		out = append(out, fmt.Sprintf("%d bytes of newer fields", len(m.GetUnknown())))
	}
	return strings.Join(out, " ")
}

func (n names) field(f protoreflect.FieldDescriptor, v protoreflect.Value) string {
	name := string(f.Name())
	if !f.IsList() {
		return n.value(name, f, v)
	}
	counts, order := map[string]int{}, []string{}
	for i := range v.List().Len() {
		item := n.value(name+"[]", f, v.List().Get(i))
		if counts[item]++; counts[item] == 1 {
			order = append(order, item)
		}
	}
	slices.Sort(order) // objects come by ID, which is chance
	for i, item := range order {
		if counts[item] > 1 {
			order[i] = fmt.Sprintf("%d × %s", counts[item], item)
		}
	}
	return strings.Join(order, " ")
}

func (n names) value(name string, f protoreflect.FieldDescriptor, v protoreflect.Value) string {
	switch f.Kind() {
	case protoreflect.MessageKind:
		switch m := v.Message().Interface().(type) {
		case *fieldmaskpb.FieldMask:
			list := strings.Join(m.GetPaths(), ",")
			if known, ok := masks[list]; ok {
				list = known
			}
			return "mask " + list
		case *pb.ProgrammableTransaction:
			kind, _ := n.unresolved(m)
			return kind
		}
		return name + "{" + n.fields(v.Message()) + "}"
	case protoreflect.StringKind:
		return name + "=" + n.text(v.String())
	case protoreflect.BytesKind:
		return name
	case protoreflect.EnumKind:
		return name + "=" + string(f.Enum().Values().ByNumber(v.Enum()).Name())
	}
	return name + "=" + fmt.Sprint(v.Interface())
}

// text names addresses, types and digests.
func (n names) text(s string) string {
	if t, err := suitx.ParseTypeTag(s); err == nil && strings.Contains(s, "::") {
		return n.typeOf(t)
	}
	if _, err := suitx.ParseDigest(s); err == nil {
		return "(digest)"
	}
	return n.of(s)
}
