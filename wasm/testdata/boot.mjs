// Starts floe.wasm in Node as worker.js starts it in a page, with its kernel and
// a server for an origin: Node has none.

import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { withKernel } from "../../static/js/kernel.js";

/**
 * @param {string} exec wasm_exec.js
 * @param {string} module floe.wasm
 * @param {string} kernel kernel.wasm
 * @param {string} base of the server
 */
export async function boot(exec, module, kernel, base) {
  const fetchAnywhere = globalThis.fetch;
  globalThis.fetch = (path, options) => fetchAnywhere(base + path, options);
  await import(pathToFileURL(exec).href);
  const go = new globalThis.Go();
  const join = await withKernel(go, WebAssembly.compile(await readFile(kernel)));
  const { instance } = await WebAssembly.instantiate(await readFile(module), go.importObject);
  join(instance);
  go.run(instance);
  return { floe: globalThis.floe, instance };
}
