// Opens a large parcel in Node as a page does and takes its ZIP through a port,
// piece by piece, while it watches how large the module's memory and the process
// grow:
//
//   node soak.mjs wasm_exec.js floe.wasm kernel.wasm http://127.0.0.1:… fragment
//
// Prints one JSON line; soak_test.go judges it.

import { boot } from "./boot.mjs";

const [exec, module, kernel, base, fragment] = process.argv.slice(2);
const { floe, instance } = await boot(exec, module, kernel, base);
const memory = { seen: async () => null, saw: async () => {} };

const resident = () => process.memoryUsage().rss;
const linear = () => instance.exports.mem.buffer.byteLength;
await floe.words();
const before = { resident: resident(), linear: linear() };
const peak = { ...before };
function look() {
  peak.resident = Math.max(peak.resident, resident());
  peak.linear = Math.max(peak.linear, linear());
}

const opened = await floe.open({ fragment, seed: new Uint8Array(32), memory });
look();
const [begun, cpu] = [performance.now(), process.cpuUsage()];
const { port1, port2 } = new MessageChannel();
let bytes = 0;
const ended = new Promise((resolve) => {
  port1.onmessage = ({ data }) => {
    bytes += data.bytes?.length ?? 0;
    look();
    if (data.bytes) port1.postMessage({ pull: true });
    else resolve(data);
  };
});
port1.postMessage({ pull: true });
const streaming = floe.stream({ parcelId: opened.parcelId, index: null, whole: true, port: port2 });
const [{ done, error }] = await Promise.all([ended, streaming]);
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({
  bytes, files: opened.files.length, done: done ?? false, error: error?.code ?? "", seconds, busy: (user + system) / 1e6,
  linearMiB: (peak.linear - before.linear) / 2 ** 20, residentMiB: (peak.resident - before.resident) / 2 ** 20, startMiB: before.linear / 2 ** 20,
}));
process.exit(0);
