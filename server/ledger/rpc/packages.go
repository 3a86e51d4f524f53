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

func (s *server) findModule(id, name *string) (*move.Module, *connect.Error) {
	p, failure := s.findPackage(id)
	if failure != nil {
		return nil, failure
	}
	if name == nil {
		return nil, missing("module_name")
	}
	m := p.Find(*name)
	if m == nil {
		return nil, notFound("Module %s::%s not found", p.ID, *name)
	}
	return m, nil
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
	m, failure := s.findModule(r.PackageId, r.ModuleName)
	if failure != nil {
		return nil, failure
	}
	if r.Name == nil {
		return nil, missing("name")
	}
	d := m.FindStruct(r.GetName())
	if d == nil {
		return nil, notFound("Datatype %s::%s::%s not found", m.Package, m.Name, r.GetName())
	}
	return &pb.GetDatatypeResponse{Datatype: datatype(d)}, nil
}

func (s *server) getFunction(_ context.Context, r *pb.GetFunctionRequest) (*pb.GetFunctionResponse, error) {
	m, failure := s.findModule(r.PackageId, r.ModuleName)
	if failure != nil {
		return nil, failure
	}
	if r.Name == nil {
		return nil, missing("name")
	}
	f := m.FindFunc(r.GetName())
	if f == nil {
		return nil, notFound("Function %s::%s::%s not found", m.Package, m.Name, r.GetName())
	}
	return &pb.GetFunctionResponse{Function: function(f)}, nil
}

func (s *server) listPackageVersions(_ context.Context, r *pb.ListPackageVersionsRequest) (*pb.ListPackageVersionsResponse, error) {
	p, failure := s.findPackage(r.PackageId)
	if failure != nil {
		return nil, failure
	}
	o, err := s.ledger.Object(p.ID, 0)
	if err != nil {
		return nil, s.failed(err, "Object %s", p.ID)
	}
	return &pb.ListPackageVersionsResponse{Versions: []*pb.PackageVersion{
		{PackageId: proto.String(p.ID.String()), Version: proto.Uint64(o.Version())}}}, nil
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
