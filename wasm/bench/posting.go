//go:build !js

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// connections is how many a browser has with one server.
const connections = 6

// prepared is how many bytes of blobs are made ready at a time.
const prepared = 512 << 20

// sender posts slivers that were made before: what relay and nodes do alone.
type sender struct {
	base  string
	http  *http.Client
	net   api.Network
	owner suitx.Address
}

// load is one blob ready to be posted.
type load struct {
	id      codec.BlobID
	blob    api.RegisterBlob
	object  suitx.Address
	batches [][]byte // by node
}

func newSender(ctx context.Context, base string) (*sender, error) {
	s := &sender{base: base, http: &http.Client{Transport: &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections, DisableCompression: true}}}
	rand.Read(s.owner[:])
	return s, s.call(ctx, "GET", api.PathNetwork, nil, &s.net)
}

// call sends JSON and reads JSON.
func (s *sender) call(ctx context.Context, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	if in == nil {
		body = nil
	}
	b, err := s.post(ctx, method, path, "application/json", body)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, out)
}

func (s *sender) post(ctx context.Context, method, path, typ string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", typ)
	res, err := s.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", path, res.Status, b)
	}
	return b, err
}

// prepare encodes random blobs of a segment each and frames them for each node.
func (s *sender) prepare(bytes int64) ([]*load, error) {
	e, err := codec.NewEncoder(s.net.NShards)
	if err != nil {
		return nil, err
	}
	var loads []*load
	for ; bytes > 0; bytes -= s.net.SegmentSize {
		data := make([]byte, min(bytes, s.net.SegmentSize))
		rand.Read(data)
		x, err := e.Expand(data)
		if err != nil {
			return nil, err
		}
		root := x.Metadata().RootHash()
		l := &load{id: x.Metadata().BlobID(), batches: make([][]byte, len(s.net.Nodes))}
		l.blob = api.RegisterBlob{BlobID: l.id.String(), RootHash: root[:], Size: uint64(len(data))}
		for i, n := range s.net.Nodes {
			l.batches[i] = s.batch(x, l.id, n)
		}
		loads = append(loads, l)
	}
	return loads, nil
}

func (s *sender) batch(x *codec.Expansion, id codec.BlobID, n api.Node) []byte {
	body := api.AppendFrame(nil, api.Frame{Kind: api.FrameMetadata, BlobID: id, Body: x.Metadata().MarshalBCS()})
	for _, shard := range n.Shards {
		pair := codec.PairOf(id, shard, s.net.NShards)
		body = api.AppendFrame(body, api.Frame{Kind: api.FramePrimary, BlobID: id, Index: uint16(pair), Body: x.Sliver(codec.Primary, pair).MarshalBCS()})
		body = api.AppendFrame(body, api.Frame{Kind: api.FrameSecondary, BlobID: id, Index: uint16(pair), Body: x.Sliver(codec.Secondary, pair).MarshalBCS()})
	}
	return body
}

// register buys space for loads.
func (s *sender) register(ctx context.Context, loads []*load) error {
	for len(loads) > 0 {
		some := loads[:min(len(loads), api.MaxBlobsPerTx)]
		loads = loads[len(some):]
		req := api.RegisterRequest{Owner: s.owner.String(), Epochs: 1}
		for _, l := range some {
			req.Blobs = append(req.Blobs, l.blob)
		}
		var res api.RegisterResponse
		if err := s.call(ctx, "POST", api.PathRegister, req, &res); err != nil {
			return err
		}
		for i, l := range some {
			o, err := suitx.UnmarshalObject(res.Objects[i])
			if err != nil {
				return err
			}
			l.object = o.ID()
		}
	}
	return nil
}

// relay posts loads, one batch after the other on each connection, and has the
// nodes confirm them.
func (s *sender) relay(ctx context.Context, loads []*load) (time.Duration, error) {
	begun := time.Now()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(connections)
	for _, l := range loads {
		for node, batch := range l.batches {
			g.Go(func() error { return s.store(ctx, node, batch) })
		}
	}
	if err := g.Wait(); err != nil {
		return 0, err
	}
	for len(loads) > 0 {
		some := loads[:min(len(loads), api.MaxBlobsPerTx)]
		loads = loads[len(some):]
		var req api.CertificateRequest
		for _, l := range some {
			req.Blobs = append(req.Blobs, api.CertificateBlob{BlobID: l.id.String(), ObjectID: l.object.String()})
		}
		var res api.CertificateResponse
		if err := s.call(context.WithoutCancel(ctx), "POST", api.PathCertificate, req, &res); err != nil {
			return 0, err
		}
	}
	return time.Since(begun), nil
}

// store posts one batch; every frame must be acknowledged.
func (s *sender) store(ctx context.Context, node int, batch []byte) error {
	answer, err := s.post(ctx, "POST", fmt.Sprint(api.PathStore, node), "application/octet-stream", batch)
	if err != nil {
		return err
	}
	acked := 0
	for r := bytes.NewReader(answer); r.Len() > 0; acked++ {
		f, err := api.ReadFrame(r, api.MaxBatch)
		if err != nil {
			return err
		}
		if f.Status/100 != 2 {
			return fmt.Errorf("node %d answered %d: %s", node, f.Status, f.Body)
		}
	}
	if acked == 0 {
		return errors.New("nothing was acknowledged")
	}
	return nil
}

// readsAtOnce is how many blobs are read at a time: one, and one ahead.
const readsAtOnce = 2

// read has loads read back as a page does, every primary sliver that holds the blob itself.
func (s *sender) read(ctx context.Context, loads []*load) (time.Duration, error) {
	p, err := codec.NewParams(s.net.NShards)
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(readsAtOnce)
	for _, l := range loads {
		g.Go(func() error { return s.readOne(ctx, l.id, p.Primary) })
	}
	err = g.Wait()
	return time.Since(begun), err
}

func (s *sender) readOne(ctx context.Context, id codec.BlobID, rows int) error {
	ask := api.ReadRequest{BlobID: id.String(), Metadata: true}
	for i := range rows {
		ask.Primary = append(ask.Primary, i)
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, "POST", s.base+api.PathRead, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	room, whole := make([]byte, 0, 1<<20), 0
	for {
		f, err := api.ReadFrameInto(res.Body, api.MaxBatch, func(n int) []byte {
			room = slices.Grow(room[:0], n)[:n]
			return room
		})
		if err != nil {
			return err
		}
		if f.Kind == api.FrameEnd {
			break
		}
		if f.Status == http.StatusOK {
			whole++
		}
	}
	if whole != rows+1 {
		return fmt.Errorf("%d of %d slivers came", whole-1, rows)
	}
	return nil
}
