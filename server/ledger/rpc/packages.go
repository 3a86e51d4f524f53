package rpc

import (
	"context"

	"connectrpc.com/connect"
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
	"floe/server/ledger/move"
)

func (s *server) findPackage(id *string) (*move.Package, *connect.Error) {
	a, failure := address("package_id", id)
	if failure != nil {
		return nil, failure
	}
	p, err := s.ledger.Package(a)
	if err != nil {
		return nil, s.failed(err, "Object %s", a)
	}
	return p, nil
}

// findMember finds what a module declares under a name; find looks within the
// module, kind says in a full node's words what it is.
func findMember[T any](s *server, kind string, id, module, name *string, find func(*move.Module, string) *T) (*T, *connect.Error) {
	p, failure := s.findPackage(id)
	switch {
	case failure != nil:
		return nil, failure
	case module == nil:
		return nil, missing("module_name")
	case name == nil:
		return nil, missing("name")
	}
	m := p.Find(*module)
	if m == nil {
		return nil, notFound("Module %s::%s not found", p.ID, *module)
	}
	found := find(m, *name)
	if found == nil {
		return nil, notFound("%s %s::%s::%s not found", kind, m.Package, m.Name, *name)
	}
	return found, nil
}

func (s *server) getPackage(_ context.Context, r *pb.GetPackageRequest) (*pb.GetPackageResponse, error) {
	p, failure := s.findPackage(r.PackageId)
	if failure != nil {
		return nil, failure
	}
	o, err := s.ledger.Object(p.ID, 0)
	if err != nil {
		return nil, s.failed(err, "Object %s", p.ID)
	}
	return &pb.GetPackageResponse{Package: s.movePackage(p.ID, o)}, nil
}

func (s *server) getDatatype(_ context.Context, r *pb.GetDatatypeRequest) (*pb.GetDatatypeResponse, error) {
	d, failure := findMember(s, "Datatype", r.PackageId, r.ModuleName, r.Name, (*move.Module).FindStruct)
	if failure != nil {
		return nil, failure
	}
	return &pb.GetDatatypeResponse{Datatype: datatype(d)}, nil
}

func (s *server) getFunction(_ context.Context, r *pb.GetFunctionRequest) (*pb.GetFunctionResponse, error) {
	f, failure := findMember(s, "Function", r.PackageId, r.ModuleName, r.Name, (*move.Module).FindFunc)
	if failure != nil {
		return nil, failure
	}
	return &pb.GetFunctionResponse{Function: function(f)}, nil
}

// How many versions of a package a page has unless asked otherwise, and at most.
const (
	usualVersions = 1000
	mostVersions  = 10_000
)

func (s *server) listPackageVersions(_ context.Context, r *pb.ListPackageVersionsRequest) (*pb.ListPackageVersionsResponse, error) {
	p, failure := s.findPackage(r.PackageId)
	if failure != nil {
		return nil, failure
	}
	all, err := s.ledger.PackageVersions(p.ID)
	if err != nil {
		return nil, s.failed(err, "Object %s", p.ID)
	}
	size := usualVersions
	if r.PageSize != nil {
		size = max(1, min(int(*r.PageSize), mostVersions))
	}
	all, next, failure := pageOf(all, p.ID, r.PageToken, size)
	if failure != nil {
		return nil, failure
	}
	out := &pb.ListPackageVersionsResponse{NextPageToken: next}
	for _, v := range all {
		out.Versions = append(out.Versions, &pb.PackageVersion{PackageId: proto.String(v.ID.String()), Version: proto.Uint64(v.Version)})
	}
	return out, nil
}

// movePackage describes a package. Bytecode is only there as far as o holds any:
// the code that runs is the twin's.
func (s *server) movePackage(id suitx.Address, o *suitx.Object) *pb.Package {
	out := &pb.Package{
		StorageId:  proto.String(id.String()),
		OriginalId: proto.String(id.String()),
		Version:    proto.Uint64(o.Version()),
	}
	code := map[string][]byte{}
	if o.Package != nil {
		for _, m := range o.Package.Modules {
			code[m.Name] = m.Code
		}
		for _, t := range o.Package.TypeOrigins {
			out.TypeOrigins = append(out.TypeOrigins, &pb.TypeOrigin{ModuleName: proto.String(t.Module),
				DatatypeName: proto.String(t.Type), PackageId: proto.String(t.Package.String())})
		}
		for _, l := range o.Package.Linkage {
			out.Linkage = append(out.Linkage, &pb.Linkage{OriginalId: proto.String(l.Original.String()),
				UpgradedId: proto.String(l.Upgraded.String()), UpgradedVersion: proto.Uint64(l.Version)})
		}
	}
	p, err := s.ledger.Package(id)
	if err != nil {
		return out
	}
	out.OriginalId = proto.String(p.Original.String())
	for _, m := range p.Modules {
		one := &pb.Module{Name: proto.String(m.Name), Contents: code[m.Name]}
		for _, d := range m.Structs {
			one.Datatypes = append(one.Datatypes, datatype(d))
		}
		for _, f := range m.Functions {
			one.Functions = append(one.Functions, function(f))
		}
		out.Modules = append(out.Modules, one)
	}
	return out
}
