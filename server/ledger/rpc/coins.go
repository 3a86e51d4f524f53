package rpc

import (
	"context"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
	"floe/server/api"
)

// coinMetadata is what the public networks' CoinMetadata say of the coins that
// exist here too. The embedded ledger has no such objects, hence no IDs.
func coinMetadata(coin suitx.TypeTag) *pb.CoinMetadata {
	local, _ := api.Networks(api.Local)
	wal := suitx.StructTag{Address: local.WALPackage, Module: "wal", Name: "WAL"}.Tag()
	switch {
	case coin.Equal(suitx.SUI()):
		return &pb.CoinMetadata{Decimals: proto.Uint32(9), Name: proto.String("Sui"), Symbol: proto.String("SUI"),
			Description: proto.String("")}
	case coin.Equal(wal):
		return &pb.CoinMetadata{Decimals: proto.Uint32(9), Name: proto.String("WAL Token"), Symbol: proto.String("WAL"),
			Description: proto.String("The native token for the Walrus Protocol.")}
	}
	return nil
}

func (s *server) getCoinInfo(_ context.Context, r *pb.GetCoinInfoRequest) (*pb.GetCoinInfoResponse, error) {
	coin, failure := coinType(r.CoinType)
	if failure != nil {
		return nil, failure
	}
	metadata := coinMetadata(coin)
	if metadata == nil {
		return nil, notFound("Coin type %s not found", coin)
	}
	return &pb.GetCoinInfoResponse{CoinType: proto.String(coin.String()), Metadata: metadata,
		RegulatedMetadata: &pb.RegulatedCoinMetadata{CoinRegulatedState: pb.RegulatedCoinMetadata_COIN_REGULATED_STATE_UNKNOWN.Enum()}}, nil
}
