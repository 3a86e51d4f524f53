package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"syscall/js"

	"floe/wasm/client"
)

// upload does a request whose caller wants to know how far its body has gone:
// fetch can't tell, XMLHttpRequest can. The answer comes whole.
func (f *fetchRelay) upload(ctx context.Context, r client.Request) (*client.Response, error) {
	xhr := js.Global().Get("XMLHttpRequest").New()
	ended := make(chan struct{})
	progress := js.FuncOf(func(_ js.Value, args []js.Value) any {
		r.Sent(int64(args[0].Get("loaded").Float()))
		return nil
	})
	defer progress.Release()
	end := js.FuncOf(func(js.Value, []js.Value) any {
		close(ended)
		return nil
	})
	defer end.Release()
	xhr.Get("upload").Call("addEventListener", "progress", progress)
	xhr.Call("addEventListener", "loadend", end) // fires once, however it ends
	xhr.Call("open", r.Method, r.Path)
	xhr.Call("setRequestHeader", "Content-Type", r.ContentType)
	xhr.Set("responseType", "arraybuffer")
	xhr.Call("send", f.body(r.Body))
	select {
	case <-ended:
	case <-ctx.Done():
		xhr.Call("abort") // which ends it, before it returns
		<-ended
		return nil, context.Cause(ctx)
	}
	status := xhr.Get("status").Int()
	if status == 0 {
		return nil, errors.New("the upload got no answer")
	}
	body := goBytes(js.Global().Get("Uint8Array").New(xhr.Get("response")))
	return &client.Response{Status: status, Body: io.NopCloser(bytes.NewReader(body))}, nil
}
