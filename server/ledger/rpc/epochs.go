package rpc

import (
	"context"
	"strconv"
	"time"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"floe/server/ledger"
)

const epochMask = "epoch,first_checkpoint,last_checkpoint,start,end,reference_gas_price,protocol_config.protocol_version"

// protocolVersion is Sui's whose rules the ledger follows.
const protocolVersion = 110

func (s *server) getServiceInfo(context.Context, *pb.GetServiceInfoRequest) (*pb.GetServiceInfoResponse, error) {
	last, err := s.ledger.LatestCheckpoint()
	if err != nil {
		return nil, s.failed(err, "Checkpoint")
	}
	return &pb.GetServiceInfoResponse{
		ChainId:                          proto.String(s.ledger.ChainID().String()),
		Chain:                            proto.String(s.chain),
		Epoch:                            proto.Uint64(last.Epoch),
		CheckpointHeight:                 proto.Uint64(last.Sequence),
		Timestamp:                        timestamppb.New(last.Time),
		LowestAvailableCheckpoint:        proto.Uint64(0),
		LowestAvailableCheckpointObjects: proto.Uint64(0),
		Server:                           proto.String(s.name),
	}, nil
}

func (s *server) getEpoch(_ context.Context, r *pb.GetEpochRequest) (*pb.GetEpochResponse, error) {
	m, err := s.schema.mask(r.ReadMask, epochMask, "Epoch")
	if err != nil {
		return nil, err
	}
	e, err := s.findEpoch(r.Epoch)
	if err != nil {
		return nil, err
	}
	out := &pb.Epoch{
		Epoch:             proto.Uint64(e.Epoch),
		SystemState:       s.systemState(e),
		FirstCheckpoint:   proto.Uint64(e.FirstCheckpoint),
		LastCheckpoint:    e.LastCheckpoint,
		Start:             timestamppb.New(e.Start),
		ReferenceGasPrice: proto.Uint64(e.ReferenceGasPrice),
		ProtocolConfig:    protocolConfig(),
	}
	if e.End != nil {
		out.End = timestamppb.New(*e.End)
	}
	s.schema.prune(m, out)
	return &pb.GetEpochResponse{Epoch: out}, nil
}

// protocolConfig tells those of Sui's constants that hold here.
func protocolConfig() *pb.ProtocolConfig {
	out := &pb.ProtocolConfig{ProtocolVersion: proto.Uint64(protocolVersion), Attributes: map[string]string{}}
	for name, n := range ledger.Limits() {
		out.Attributes[name] = strconv.FormatUint(n, 10)
	}
	return out
}

func (s *server) findEpoch(number *uint64) (*ledger.Epoch, error) {
	if number == nil {
		e, err := s.ledger.CurrentEpoch()
		if err != nil {
			return nil, s.failed(err, "Epoch")
		}
		return e, nil
	}
	e, err := s.ledger.Epoch(*number)
	if err != nil {
		return nil, s.failed(err, "Epoch %d", *number)
	}
	return e, nil
}

// systemState is what a client needs of Sui's system state. There are no
// validators, no storage fund and no subsidies here.
func (s *server) systemState(e *ledger.Epoch) *pb.SystemState {
	return &pb.SystemState{
		Version:               proto.Uint64(2),
		Epoch:                 proto.Uint64(e.Epoch),
		ProtocolVersion:       proto.Uint64(protocolVersion),
		ReferenceGasPrice:     proto.Uint64(e.ReferenceGasPrice),
		SafeMode:              proto.Bool(false),
		EpochStartTimestampMs: proto.Uint64(uint64(e.Start.UnixMilli())),
		Parameters: &pb.SystemParameters{
			EpochDurationMs: proto.Uint64(uint64(s.epoch / time.Millisecond)),
		},
	}
}
