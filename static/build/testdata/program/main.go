// Program does what the runtime needs its tables for, and prints what came of
// it: the same whether they were stripped or not. With the argument p256 it
// or regexp it calls what was severed.
package main

import (
	"crypto/ecdh"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"unicode"
)

// digits is made at start, as age makes one.
var digits = regexp.MustCompile(`^\p{Nd}+$`)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "p256" {
		k, err := ecdh.P256().GenerateKey(rand.Reader)
		fmt.Println(k, err)
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "regexp" {
		fmt.Println(digits.MatchString("12"))
		return
	}
	for _, step := range []struct {
		name string
		run  func() any
	}{
		{"panics", panics}, {"wrappers", wrappers}, {"nested", nested}, {"loops", loops}, {"goexit", goexit},
		{"callers", callers}, {"stacks", stacks}, {"reflection", reflection}, {"goroutines", goroutines}, {"letters", letters},
	} {
		fmt.Printf("%s: %v\n", step.name, step.run())
	}
}

// caught returns what f panicked with, and of what kind it was.
func caught(f func()) (what string) {
	defer func() {
		v := recover()
		_, isRuntime := v.(runtime.Error)
		what = fmt.Sprint(v, isRuntime)
	}()
	f()
	return "nothing"
}

type point struct{ x, y *int }

func (p point) sum() int       { return *p.x + *p.y }
func (p point) String() string { return "point" }

type summer interface{ sum() int }

func panics() any {
	var list []int
	var names map[string]int
	var p *point
	var s summer = p
	var anything any = 1
	zero := len(list)
	return []string{
		caught(func() { panic(errors.New("an error")) }),
		caught(func() { list[zero+3]++ }),
		caught(func() { list = list[:zero+7] }),
		caught(func() { names["a"] = 1 }),
		caught(func() { _ = 1 / zero }),
		caught(func() { _ = *p }),
		caught(func() { _ = anything.(string) }),
		caught(func() { close((chan int)(nil)) }),
		strings.SplitAfter(caught(func() { s.sum() }), "called using nil")[0][:12], // its names may be stand-ins
	}
}

type saver struct{ got *any }

func (s saver) save()   { *s.got = recover() }
func (s *saver) saveP() { *s.got = recover() }

type saving interface{ save() }

// inlined may be inlined where it is called: into wrappers it must recover,
// below another deferred function it mustn't.
func inlined(got *any) { *got = recover() }

func wrappers() any {
	run := func(f func(got *any)) (got any) {
		defer func() { recover() }()
		f(&got)
		return got
	}
	results := []any{
		run(func(got *any) { defer saver{got}.save(); panic(1) }),
		run(func(got *any) { defer (&saver{got}).saveP(); panic(2) }),
		run(func(got *any) { var s saving = &saver{got}; defer s.save(); panic(3) }),
		run(func(got *any) { defer inlined(got); panic(4) }),
		run(func(got *any) { f := saver{got}.save; defer f(); panic(5) }),
		run(func(got *any) { defer func() { inlined(got) }(); panic(6) }),
		run(func(got *any) { defer func() { defer inlined(got) }(); panic(7) }),
	}
	var below any
	func() {
		defer func() { recover() }()
		defer func() { inlined(&below) }()
		panic(8)
	}()
	return append(results, below)
}

func nested() any {
	return caught(func() {
		defer func() {
			defer func() { panic(fmt.Sprint("again after ", recover())) }()
			panic("second")
		}()
		panic("first")
	})
}

func loops() any {
	total := 0
	caught(func() {
		for i := range 100 {
			defer func() { total += i }()
		}
		panic("in a loop")
	})
	return total
}

func goexit() any {
	done := make(chan string, 1)
	go func() {
		defer func() { done <- fmt.Sprint("left with ", recover()) }()
		runtime.Goexit()
	}()
	return <-done
}

// callers must not fail, whatever they can still tell.
func callers() any {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
	for more := true; more; {
		_, more = frames.Next()
	}
	_, _, _, ok := runtime.Caller(0)
	runtime.FuncForPC(pcs[0]).Name()
	runtime.FuncForPC(reflect.ValueOf(callers).Pointer()).FileLine(pcs[0])
	return ok && len(debug.Stack()) > 0
}

type node struct {
	next *node
	text string
}

// deep holds pointers in frames while the stack grows and is collected.
func deep(n int, list *node) int {
	local := &node{list, fmt.Sprint("frame ", n)}
	pad := make([]*node, 16) // a stack object: an array indexed so isn't one, and Go's compiler for wasm forgets it
	pad[n%16] = local
	if n == 0 {
		runtime.GC()
		return 0
	}
	sum := deep(n-1, local)
	if pad[n%16].text != fmt.Sprint("frame ", n) || local.next != list {
		panic("a frame was lost")
	}
	return sum + len(pad[n%16].text)
}

func stacks() any {
	defer debug.SetGCPercent(debug.SetGCPercent(5))
	sum := 0
	for n := range 40 {
		sum += deep(n*25, nil)
	}
	return sum
}

type adder struct{ by []string }

func (a *adder) Add(s string, n int) []string {
	runtime.GC()
	deep(60, nil)
	return append(a.by, fmt.Sprint(s, n))
}

func reflection() any {
	swap := func(args []reflect.Value) []reflect.Value {
		runtime.GC()
		deep(60, nil)
		return []reflect.Value{args[1], args[0]}
	}
	var f func(string, *node) (*node, string)
	reflect.ValueOf(&f).Elem().Set(reflect.MakeFunc(reflect.TypeOf(f), swap))
	n, s := f("text", &node{text: "node"})
	m := reflect.ValueOf(&adder{[]string{"a"}}).MethodByName("Add").Interface().(func(string, int) []string)
	return fmt.Sprint(n.text, s, m("b", 7))
}

func goroutines() any {
	defer debug.SetGCPercent(debug.SetGCPercent(5))
	var wait sync.WaitGroup
	sums := make(chan int, 64)
	for i := range 64 {
		wait.Go(func() {
			runtime.Gosched()
			sums <- deep(i, &node{text: "outer"})
		})
	}
	wait.Wait()
	close(sums)
	total := 0
	for s := range sums {
		total += s
	}
	runtime.GC()
	return fmt.Sprint(total, runtime.NumGoroutine())
}

// letters counts what unicode says of all characters.
func letters() any {
	counts := make([]int, 9)
	for r := rune(0); r <= unicode.MaxRune; r++ {
		for i, is := range []func(rune) bool{
			unicode.IsLetter, unicode.IsUpper, unicode.IsLower, unicode.IsDigit, unicode.IsSpace, unicode.IsPunct, unicode.IsPrint, unicode.IsControl,
			func(r rune) bool { return unicode.SimpleFold(r) != r },
		} {
			if is(r) {
				counts[i]++
			}
		}
	}
	return counts
}
