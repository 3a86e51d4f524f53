package rpc

import (
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
)

// upgradeError: the kinds are those of the effects, counted from 1.
func upgradeError(f suitx.UpgradeFailure) *pb.PackageUpgradeError {
	out := &pb.PackageUpgradeError{Kind: pb.PackageUpgradeError_PackageUpgradeErrorKind(f.Problem + 1).Enum()}
	switch f.Problem {
	case suitx.UnableToFetchPackage, suitx.NotAPackage:
		out.PackageId = proto.String(f.Package.String())
	case suitx.DigestDoesNotMatch:
		if len(f.Digest) == 32 {
			out.Digest = proto.String(suitx.Digest(f.Digest).String())
		}
	case suitx.UnknownUpgradePolicy:
		out.Policy = proto.Uint32(uint32(f.Policy))
	case suitx.PackageIDDoesNotMatch:
		out.PackageId, out.TicketId = proto.String(f.Package.String()), proto.String(f.Ticket.String())
	}
	return out
}
