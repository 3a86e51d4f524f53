package rpc

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// jsonCodec is protobuf's JSON with the fields that sui-go-sdk's messages lack.
// It stands in for connect's own of the same name.
type jsonCodec struct {
	schema *schema
	name   string
}

func (c jsonCodec) Name() string { return c.name }

func (c jsonCodec) Marshal(message any) ([]byte, error) {
	m, ok := message.(proto.Message)
	if !ok {
		return nil, fmt.Errorf("%T isn't a message", message)
	}
	today, err := c.schema.today(m)
	if err != nil {
		return nil, err
	}
	return protojson.Marshal(today)
}

// Unmarshal leaves out fields that nobody knows, as connect does.
func (c jsonCodec) Unmarshal(b []byte, message any) error {
	m, ok := message.(proto.Message)
	if !ok {
		return fmt.Errorf("%T isn't a message", message)
	}
	if len(b) == 0 {
		return errors.New("no JSON where a message should be")
	}
	today := c.schema.make(m.ProtoReflect().Descriptor().Name())
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(b, today); err != nil {
		return fmt.Errorf("couldn't read JSON: %w", err)
	}
	wire, err := proto.Marshal(today)
	if err != nil {
		return fmt.Errorf("couldn't write %T: %w", m, err)
	}
	return proto.Unmarshal(wire, m)
}
