package main

import (
	"context"
	"syscall/js"

	"floe/wasm/client"
)

// open({fragment, passphrase, seed, memory}) → {parcelId, files, sender, endsAt, total, zipSize}
func (a *app) open(ctx context.Context, args js.Value) (any, error) {
	seed, err := seedOf(args)
	if err != nil {
		return nil, err
	}
	p, err := a.client(args).Open(ctx, client.OpenRequest{
		Link:       text(args, "fragment"),
		Passphrase: text(args, "passphrase"),
		Seed:       seed,
		Progress:   progressTo(args),
	})
	if err != nil {
		return nil, err
	}
	a.keep(p)
	return parcelValue(p)
}

func parcelValue(p *client.Parcel) (any, error) {
	files, err := filesValue(p.Files)
	if err != nil {
		return nil, err
	}
	fingerprint := p.From.Fingerprint()
	return map[string]any{
		"parcelId": p.ID.String(),
		"files":    files,
		"sender":   map[string]any{"words": fingerprint.Words(), "short": fingerprint.Short(), "known": p.Own},
		"endsAt":   p.EndsAt.UnixMilli(),
		"total":    p.Size(),
		"zipSize":  p.ZipSize(),
	}, nil
}

// fileValue is a file as the page gets it.
type fileValue struct {
	Index    int    `json:"index"`
	Name     string `json:"name"`
	Path     string `json:"path"`
	Save     string `json:"save"` // what to call it on a disk
	At       int64  `json:"at"`   // where in the ZIP its bytes begin
	Size     int64  `json:"size"`
	Type     string `json:"type"`
	Modified int64  `json:"modified"`
}

// filesAtOnce is how many files cross over in one text: each property by itself
// would take a call.
const filesAtOnce = 2000

func filesValue(files []client.FileInfo) (js.Value, error) {
	all := js.Global().Get("Array").New()
	for len(files) > 0 {
		part := make([]fileValue, min(len(files), filesAtOnce))
		for i, f := range files[:len(part)] {
			part[i] = fileValue{f.Index, f.Name, f.Path, f.SavePath, f.Begin, f.Size, f.Type, f.Modified.UnixMilli()}
		}
		v, err := parseJSON(part)
		if err != nil {
			return all, err
		}
		js.Global().Get("Array").Get("prototype").Get("push").Call("apply", all, v)
		files = files[len(part):]
	}
	return all, nil
}

// progressTo hands progress to args.onProgress.
func progressTo(args js.Value) func(client.Progress) {
	onProgress := args.Get("onProgress")
	if onProgress.Type() != js.TypeFunction {
		return nil
	}
	return func(p client.Progress) { onProgress.Invoke(progressValue(p)) }
}

func progressValue(p client.Progress) map[string]any {
	nodes := []any{}
	for _, n := range p.Nodes {
		nodes = append(nodes, map[string]any{"index": n.Index, "name": n.Name, "acked": n.Acked, "total": n.Total, "state": string(n.State)})
	}
	out := map[string]any{
		"phase":   string(p.Phase),
		"acked":   p.Acked,
		"total":   p.Total,
		"rate":    p.Rate,
		"etaMs":   nil,
		"have":    p.Have,
		"need":    p.Need,
		"nodes":   nodes,
		"message": nil,
	}
	if p.HasETA {
		out["etaMs"] = p.ETA.Milliseconds()
	}
	if p.Message != "" {
		out["message"] = p.Message
	}
	return out
}
