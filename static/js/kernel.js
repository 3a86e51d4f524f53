// Joins the module of vector instructions (floe/codec/kernel) to Go's: the one
// works on the other's memory, so that each must be there before the other.

/** What Go imports, with at most seven numbers each. */
const FUNCTIONS = ["load", "store", "add", "multiplyAdd", "inverse", "forward", "leaves", "inner"];

/**
 * Gives a Go object what its module imports. Without a module, or in a browser
 * that can't compile it, Go is told that there is none and works without.
 *
 * @param {{importObject: object}} go
 * @param {Promise<WebAssembly.Module>|null} compiling
 * @returns {Promise<(instance: WebAssembly.Instance) => void>} to be called with
 *   Go's instance before it runs
 */
export async function withKernel(go, compiling) {
  /** @type {Record<string, Function>|null} */
  let kernel = null;
  const module = await Promise.resolve(compiling).catch(() => null);
  const imports = { ready: () => Number(kernel !== null) };
  for (const name of FUNCTIONS) imports[name] = unavailable;
  go.importObject.floe_kernel = imports;
  if (!module) return () => {};
  for (const name of FUNCTIONS) imports[name] = (a, b, c, d, e, f, g) => kernel[name](a, b, c, d, e, f, g);
  return (instance) => {
    kernel = new WebAssembly.Instance(module, { go: { mem: instance.exports.mem } }).exports;
  };
}

function unavailable() {
  throw new Error("internal error: there is no kernel");
}
