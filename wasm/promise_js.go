package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"syscall/js"

	"floe/wasm/client"
	"floe/wasm/promise"
)

// async makes f a function of JavaScript that takes one argument and returns a
// promise of what f returns.
func async(f func(ctx context.Context, args js.Value) (any, error)) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		arg := js.Undefined()
		if len(args) > 0 {
			arg = args[0]
		}
		return promised(func() (any, error) {
			ctx, done := untilAborted(arg)
			defer done()
			return f(ctx, arg)
		})
	})
}

// promised runs f beside the event loop.
func promised(f func() (any, error)) js.Value {
	executor := js.FuncOf(func(_ js.Value, args []js.Value) any {
		resolve, reject := args[0], args[1]
		go func() {
			value, err := safely(f)
			if err != nil {
				reject.Invoke(failure(err))
				return
			}
			resolve.Invoke(value)
		}()
		return nil
	})
	defer executor.Release() // the constructor calls it at once
	return js.Global().Get("Promise").New(executor)
}

// safely makes a panic an error: one that left the goroutine would end the
// worker and all that it is doing.
func safely(f func() (any, error)) (value any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v", p)
		}
	}()
	return f()
}

// untilAborted returns a context that ends with the signal in args, if any.
func untilAborted(args js.Value) (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	if args.Type() != js.TypeObject || args.Get("signal").Type() != js.TypeObject {
		return ctx, cancel
	}
	signal := args.Get("signal")
	abort := js.FuncOf(func(js.Value, []js.Value) any {
		cancel()
		return nil
	})
	signal.Call("addEventListener", "abort", abort)
	if signal.Get("aborted").Bool() {
		cancel()
	}
	return ctx, func() {
		signal.Call("removeEventListener", "abort", abort)
		abort.Release()
		cancel()
	}
}

// await waits for a promise, or for ctx.
func await(ctx context.Context, p js.Value) (js.Value, error) { return promise.Await(ctx, p) }

// failure is an error as the page gets it.
func failure(err error) js.Value {
	out := map[string]any{"code": string(client.CodeOf(err)), "message": "Something went wrong in this page. Load it again; if it stays, your browser may lack a feature it needs."}
	var e *client.Error
	if !errors.As(err, &e) {
		out["cause"] = err.Error()
		return js.ValueOf(out)
	}
	out["message"], out["retry"] = e.Message, e.Retry
	if e.Err != nil {
		out["cause"] = e.Err.Error()
	}
	if e.Name != "" {
		out["name"] = e.Name
	}
	if e.Need > 0 {
		out["have"], out["need"] = e.Have, e.Need
	}
	if !e.End.IsZero() {
		out["end"] = e.End.UnixMilli()
	}
	if e.Paid {
		out["paid"], out["rescue"] = true, e.Rescue
	}
	if len(e.Short) > 0 {
		out["short"] = shortValue(e.Short)
	}
	if e.Max > 0 {
		out["max"] = e.Max
	}
	if e.RetryAfter > 0 {
		out["retryAfterMs"] = e.RetryAfter.Milliseconds()
	}
	if e.Node != nil {
		out["node"] = *e.Node
	}
	return js.ValueOf(out)
}

// parseJSON gives a value to JavaScript as its JSON says.
func parseJSON(v any) (js.Value, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return js.Undefined(), err
	}
	return js.Global().Get("JSON").Call("parse", string(b)), nil
}

// text reads a string property; null and undefined are "".
func text(v js.Value, name string) string {
	if s := v.Get(name); s.Type() == js.TypeString {
		return s.String()
	}
	return ""
}

// number reads a number property; null and undefined are 0.
func number(v js.Value, name string) int {
	if n := v.Get(name); n.Type() == js.TypeNumber {
		return n.Int()
	}
	return 0
}

func goBytes(v js.Value) []byte {
	b := make([]byte, v.Get("byteLength").Int())
	js.CopyBytesToGo(b, v)
	return b
}

func jsBytes(b []byte) js.Value {
	v := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(v, b)
	return v
}
