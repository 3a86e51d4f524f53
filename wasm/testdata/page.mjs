// Runs floe.wasm in Node as worker.js runs it in a page, against a real server:
//
//   node page.mjs wasm_exec.js floe.wasm kernel.wasm http://127.0.0.1:…
//
// Prints one JSON line for each step; node_test.go judges them.

import { boot } from "./boot.mjs";

const [exec, module, kernel, base] = process.argv.slice(2);

const { floe } = await boot(exec, module, kernel, base);

const seed = new Uint8Array(32).fill(7);
const seen = new Map();
const memory = { seen: async (id) => seen.get(id) ?? null, saw: async (id, n) => void seen.set(id, n) };

function say(step, value) {
  console.log(JSON.stringify({ step, value }));
}

async function failure(promise) {
  try {
    await promise;
    return { code: "none" };
  } catch (error) {
    return error;
  }
}

async function sha256(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return Buffer.from(digest).toString("hex");
}

const noise = new Uint8Array(3_000_000);
for (let i = 0; i < noise.length; i += 65536) crypto.getRandomValues(noise.subarray(i, Math.min(i + 65536, noise.length)));

// A file whose slices are other than usual.
function sliced(name, change) {
  const file = new File([noise.subarray(1_000_000)], name);
  file.slice = (...range) => Object.assign(File.prototype.slice.call(file, ...range), change(...range));
  return file;
}

const files = [
  { file: sliced("streamless.bin", () => ({ stream: undefined })), path: "streamless.bin" }, // as browsers have it that can't stream into memory that is given to them
  { file: new File([noise], "noise.bin", { lastModified: 1.7e12 }), path: "noise.bin" },
  { file: new File(["привет"], "письмо.txt"), path: "папка/письмо.txt" },
  { file: new File([], "empty"), path: "empty" },
];
const hashes = {};
for (const { file, path } of files) hashes[path] = await sha256(file);
say("hashes", hashes);

say("network", await floe.network());
say("words", await floe.words());
say("qr", await floe.qr(base + "/open#" + "A".repeat(93)));
say("identity", await floe.identity({ seed }));

const phases = [];
const sent = await floe.send({
  files, passphrase: "correct horse", seed, index: 0, origin: base, memory,
  onProgress: (p) => { if (phases.at(-1) !== p.phase) phases.push(p.phase); },
});
say("sent", sent);
say("phases", phases);

const fragment = sent.link.split("#")[1];
const opening = { fragment, seed, memory };
say("no passphrase", await failure(floe.open(opening)));
say("wrong passphrase", await failure(floe.open({ ...opening, passphrase: "battery" })));
say("cut", await failure(floe.open({ ...opening, fragment: fragment.slice(0, -3) })));
say("no seed", await failure(floe.open({ fragment })));
say("not open", await failure(floe.stream({ parcelId: "0x1", index: 0, port: new MessageChannel().port2 })));
say("no argument", await failure(floe.send()));

const opened = await floe.open({ ...opening, passphrase: "correct horse" });
say("opened", opened);
// What comes through a MessagePort, pull by pull.
async function drain(args, stopAfter = Infinity) {
  const { port1, port2 } = new MessageChannel();
  const parts = [];
  let pieces = 0;
  const ended = new Promise((resolve) => {
    port1.onmessage = ({ data }) => {
      if (data.bytes) {
        parts.push(data.bytes);
        port1.postMessage(++pieces < stopAfter ? { pull: true } : { cancel: true });
      } else resolve(data);
    };
  });
  port1.postMessage({ pull: true });
  const call = failure(floe.stream({ parcelId: opened.parcelId, ...args, port: port2 }).then((value) => { throw { code: "none", value }; }));
  const [last, outcome] = [await ended, await call];
  port1.close();
  const bytes = Buffer.concat(parts);
  return { bytes, told: { hash: await sha256(new Blob([bytes])), size: bytes.length, pieces, last, outcome } };
}
const read = {};
for (const { index, path, type } of opened.files) {
  const { told } = await drain({ index, whole: true });
  read[path] = { hash: told.hash, type, done: told.last.done ?? false };
}
say("read", read);
const { bytes: zip, told: zipped } = await drain({ index: null, whole: true });
say("zip", { begins: zip.subarray(0, 4).toString("hex"), size: zip.length, zipSize: opened.zipSize });

const noisy = opened.files.find(({ name }) => name === "noise.bin").index;
const shelf = { load: () => { throw new Error("no shelf"); }, keep: () => Promise.reject(new Error("full")), drop: async () => {} };
say("streamed", {
  whole: (await drain({ index: noisy, whole: true, shelf })).told,
  part: { ...(await drain({ index: noisy, offset: 1_000_000, length: 1_500_000 })).told, want: await sha256(new Blob([noise.subarray(1_000_000, 2_500_000)])) },
  zip: { ...zipped, want: zipped.hash },
  tail: { ...(await drain({ index: null, offset: 2_000_000 })).told, want: await sha256(new Blob([zip.subarray(2_000_000)])) },
  stopped: (await drain({ index: noisy }, 2)).told,
  missing: (await drain({ index: 99 })).told,
});

const altered = sliced("altered.bin", (from) => from > 0 && { arrayBuffer: async () => { throw new Error("it has changed"); } });
say("altered", await failure(floe.send({ files: [{ file: altered, path: "altered.bin" }], seed, index: 3, origin: base, memory })));

const cancelled = new AbortController();
const aborting = floe.send({
  files, seed, index: 1, origin: base, memory, signal: cancelled.signal,
  onProgress: () => cancelled.abort(),
});
say("cancelled", await failure(aborting));

await floe.grant({ link: sent.link, recipient: (await floe.identity({ seed: new Uint8Array(32).fill(9) })).recipient, seed, index: 0, memory });
const bob = await floe.open({ fragment: fragment.split(".")[0], seed: new Uint8Array(32).fill(9), memory });
say("granted", bob.files.length);

await floe.withdraw({ link: sent.link, seed, index: 0, memory });
say("withdrawn", await failure(floe.open({ ...opening, passphrase: "correct horse" })));
say("seen", [...seen.entries()]);

// Left for floe open.
const plain = await floe.send({ files, seed, index: 2, origin: base, memory });
say("plain", plain.link);
process.exit(0);
