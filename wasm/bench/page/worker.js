// One worker: ours and the peers, each called on the same bytes in turn.
import "/static/dist/wasm_exec.js";
import { Crew } from "/static/js/crew.js";
import { compileKernel, withKernel } from "/static/js/kernel.js";
import startWalrus, { BlobEncoder } from "/npm/@mysten/walrus-wasm/web/walrus_wasm.js";
import { Decrypter, Encrypter, generateHybridIdentity, identityToRecipient } from "/npm/age-encryption/dist/index.js";

/** The engine's memory. */
let memory;

/** Starts ours with so many workers, as the page does, and the peer. */
async function start(workers) {
  const go = new globalThis.Go();
  const engine = WebAssembly.compileStreaming(fetch("/engine.wasm"));
  const kernel = compileKernel(new URL("/static/dist/", location.href));
  const join = await withKernel(go, kernel);
  const instance = await WebAssembly.instantiate(await engine, go.importObject);
  join(instance);
  memory = instance.exports.mem;
  go.run(instance);
  const crew = new Crew({ engine, kernel }, workers);
  await crew.hire();
  globalThis.ours.crew(crew);
  await startWalrus();
  return crew;
}

function random(size) {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i += 65536) crypto.getRandomValues(bytes.subarray(i, Math.min(size, i + 65536)));
  return bytes;
}

function dimensions(n, size) {
  const f = Math.floor((n - 1) / 3);
  const rows = n - 2 * f, columns = n - f;
  const symbol = 2 * Math.ceil(Math.ceil(size / (rows * columns)) / 2);
  return { rows, columns, symbol };
}

/** Room for n slivers of so many symbols in BCS. */
function room(n, symbols, symbol) {
  const length = symbols * symbol;
  let prefix = 1;
  for (let rest = length; rest > 127; rest >>= 7) prefix++;
  return Array.from({ length: n }, () => new Uint8Array(prefix + length + 4));
}

const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);

/** Each returns {ours, peer, check}: what to time, and whether both agree. */
const cases = {
  encode({ n_shards: n, bytes }) {
    const blob = random(bytes), { rows, columns, symbol } = dimensions(n, bytes);
    const theirs = [room(n, columns, symbol), room(n, rows, symbol)];
    const mine = [room(n, columns, symbol), room(n, rows, symbol)];
    const encoder = new BlobEncoder(n);
    const put = (kind, pair, count, at) => {
      for (const sliver of mine[kind].slice(pair, pair + count)) {
        sliver.set(new Uint8Array(memory.buffer, at, sliver.length));
        at += sliver.length;
      }
    };
    return {
      ours: () => new Promise((done) => globalThis.ours.encode(n, blob, put, done)),
      peer: () => encoder.encode(blob, ...theirs),
      check: () => [0, 1].every((kind) => mine[kind].every((b, i) => same(b, theirs[kind][i]))),
    };
  },
  decode({ n_shards: n, bytes }) {
    const blob = random(bytes), mine = new Uint8Array(bytes), theirs = new Uint8Array(bytes);
    const slivers = globalThis.ours.slices(n, blob);
    const encoder = new BlobEncoder(n);
    const id = new Uint8Array(encoder.compute_metadata(blob)[0]);
    return {
      ours: () => globalThis.ours.decode(mine),
      peer: () => encoder.decode(id, BigInt(bytes), slivers, theirs),
      check: () => same(mine, blob) && same(theirs, blob),
    };
  },
  async seal({ bytes }) {
    const plain = random(bytes), encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(await generateHybridIdentity()));
    const mine = new Uint8Array(globalThis.ours.sealedSize(bytes)), again = new Uint8Array(bytes);
    let theirs;
    return {
      ours: () => globalThis.ours.seal(plain, mine),
      peer: async () => (theirs = await encrypter.encrypt(plain)),
      check: () => {
        globalThis.ours.open(mine, again);
        return same(again, plain) && theirs.length > bytes;
      },
    };
  },
  async open({ bytes }) {
    const plain = random(bytes), encrypter = new Encrypter(), decrypter = new Decrypter();
    const identity = await generateHybridIdentity();
    encrypter.addRecipient(await identityToRecipient(identity));
    decrypter.addIdentity(identity);
    const theirs = await encrypter.encrypt(plain), mine = new Uint8Array(globalThis.ours.sealedSize(bytes));
    globalThis.ours.seal(plain, mine);
    const mineOpen = new Uint8Array(bytes);
    let theirsOpen;
    return {
      ours: () => globalThis.ours.open(mine, mineOpen),
      peer: async () => (theirsOpen = await decrypter.decrypt(theirs)),
      check: () => same(mineOpen, plain) && same(theirsOpen, plain),
    };
  },
};

async function milliseconds(f) {
  const begin = performance.now();
  await f();
  return performance.now() - begin;
}

self.onmessage = async ({ data }) => {
  try {
    const crew = await start(data.workers);
    const { ours, peer, check } = await cases[data.name](data);
    const times = { ours: [], peer: [] };
    for (let round = 0; round < data.rounds; round++) {
      times.ours.push(await milliseconds(ours));
      times.peer.push(await milliseconds(peer));
    }
    const same = check();
    crew.dismiss();
    self.postMessage({ ...times, same });
  } catch (error) {
    self.postMessage({ error: String(error?.stack ?? error) });
  }
};
