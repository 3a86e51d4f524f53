// A worker that makes shares of blobs for the one with the engine, by the same
// module (floe/wasm/crew says what the two say to each other). It is told no
// keys and asks the network for nothing.

import "../dist/wasm_exec.js";
import { withKernel } from "./kernel.js";

/** Memory to put shares into. @type {ArrayBuffer[]} */
let spare = [];
/** @type {any} */
const scope = globalThis;

/** @param {{engine: WebAssembly.Module, kernel: WebAssembly.Module|null}} modules */
async function start({ engine, kernel }) {
  const go = new scope.Go();
  go.argv.push("mate");
  const join = await withKernel(go, kernel && Promise.resolve(kernel));
  const instance = await WebAssembly.instantiate(engine, go.importObject);
  join(instance);
  go.run(instance).then(() => { throw new Error("the engine stopped"); });
}

/** @param {number} size */
function room(size) {
  const at = spare.findIndex((buffer) => buffer.byteLength >= size);
  return at < 0 ? new ArrayBuffer(size) : spare.splice(at, 1)[0];
}

/** @param {any} data */
async function take(data) {
  if (data.engine) {
    await start(data);
    self.postMessage({ ready: true });
    return;
  }
  if (data.load) {
    const { nShards, want, size, bytes } = data.load;
    scope.mate.load(nShards, want, new Uint8Array(bytes, 0, size));
    spare = [bytes];
    return;
  }
  const { id, first, end } = data;
  if (data.spare) spare.push(data.spare);
  try {
    const share = scope.mate.share(first, end, room);
    if (typeof share === "string") throw new Error(share);
    self.postMessage({ id, share: share.buffer, length: share.byteLength }, { transfer: [share.buffer] });
  } catch (cause) {
    self.postMessage({ id, error: String(cause) });
  }
}

self.onmessage = ({ data }) => take(data).catch((cause) => setTimeout(() => { throw cause; }));
