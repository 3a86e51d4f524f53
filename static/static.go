// Package static holds what the server hands out as it is, below /static/: the
// style sheets, the modules of the pages, their service worker, the icons, in
// frame/ what runs in the frames that show what was sent, in pdf/ Mozilla's
// pdf.js for these and, in dist/, the module floe.wasm that does everything with
// keys, with its inner loops in kernel.wasm or, where browsers can, in
// kernel-relaxed.wasm. Use [Assets].
//
// dist/ is built by "go generate ./static" (see build/) and isn't committed;
// before that, everything compiles and runs but the pages say that they
// couldn't start.
package static

import "embed"

//go:generate go run ./build

// Assets is the tree below /static/: "js/engine.js", "dist/floe.wasm", ….
// dist/floe.wasm.br is the brotli form of its neighbour; the kernels have theirs.
//
//go:embed css dist frame icons js/*.js pdf sw.js
var Assets embed.FS
