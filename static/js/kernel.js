// @ts-check
// Joins the module of vector instructions (floe/codec/kernel) to Go's: the one
// works on the other's memory, so that each must be there before the other.

/** What Go imports, with at most eight numbers each. */
const FUNCTIONS = ["load", "store", "gather", "scatter", "add", "multiplyAdd", "scale", "derive", "inverse", "forward", "leaves", "inner", "seal", "open"];

/** @typedef {(a: number, b: number, c: number, d?: number, e?: number, f?: number, g?: number, h?: number) => void} Work */

/**
 * Compiles the kernel while it loads: the one for browsers that have relaxed
 * vector instructions, or else the other.
 *
 * @param {URL} base  the folder that both are in
 * @returns {Promise<WebAssembly.Module|null>} null in a browser that can compile neither
 */
export function compileKernel(base) {
  /** @param {string} name */
  const compile = (name) => WebAssembly.compileStreaming(fetch(new URL(name, base)));
  return compile("kernel-relaxed.wasm").catch(() => compile("kernel.wasm")).catch(() => null);
}

/**
 * Gives a Go object what its module imports. Without a module, or in a browser
 * that can't compile it, Go is told that there is none and works without.
 *
 * @param {{importObject: Record<string, any>}} go
 * @param {Promise<WebAssembly.Module>|null} compiling
 * @returns {Promise<(instance: WebAssembly.Instance) => void>} to be called with
 *   Go's instance before it runs
 */
export async function withKernel(go, compiling) {
  /** @type {Record<string, Work>} */
  const kernel = {};
  const module = await Promise.resolve(compiling).catch(() => null);
  /** @type {Record<string, Function>} */
  const imports = { ready: () => Number(module !== null) };
  for (const name of FUNCTIONS) {
    /** @type {Work} */
    imports[name] = (a, b, c, d, e, f, g, h) => kernel[name](a, b, c, d, e, f, g, h);
  }
  go.importObject.floe_kernel = imports;
  return (instance) => {
    if (!module) return;
    const joined = new WebAssembly.Instance(module, { go: { mem: instance.exports.mem } });
    Object.assign(kernel, joined.exports);
  };
}
