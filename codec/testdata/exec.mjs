// Runs a Go program for js/wasm as the page does, with or without the kernel:
//
//   node exec.mjs wasm_exec.js kernel.wasm|- program.wasm [arguments]
//
// For "go test -exec".
import * as fs from "node:fs";
import * as path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { withKernel } from "../../static/js/kernel.js";

const [exec, kernel, program, ...args] = process.argv.slice(2);
Object.assign(globalThis, { require: createRequire(import.meta.url), fs, path });
await import(pathToFileURL(exec).href);
const go = new globalThis.Go();
go.argv = [program, ...args];
go.env = { TMPDIR: "/tmp" };
go.exit = process.exit;
const join = await withKernel(go, kernel === "-" ? null : WebAssembly.compile(fs.readFileSync(kernel)));
const { instance } = await WebAssembly.instantiate(fs.readFileSync(program), go.importObject);
join(instance);
process.on("exit", (code) => {
  if (code === 0 && !go.exited) {
    go._pendingEvent = { id: 0 }; // nothing will happen any more: Go prints where it waits
    go._resume();
  }
});
await go.run(instance);
