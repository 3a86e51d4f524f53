// The worker that holds the keys: it runs floe.wasm, and the vault beside it.
// The page talks to it through engine.js in messages
//
//   page → worker   {id, op, args}   start;   {id, cancel: true}   stop
//   worker → page   {id, progress}   any number of times, then
//                   {id, result}  or  {id, error: {code, message, …}}
//
// The worker's name is what the page carries of its network, "" where that is
// compiled in. Ops are the methods of `ops` below. Seeds and identities stay here.

import "/static/dist/wasm_exec.js";
import { withKernel } from "./kernel.js";
import { openVault } from "./vault.js";

const MODULE = "/static/dist/floe.wasm";
const KERNEL = "/static/dist/kernel.wasm";

/** Starts both modules at once; floe.wasm sets globalThis.floe before run() returns. */
async function start() {
  const go = new globalThis.Go();
  if (self.name) go.argv.push(self.name);
  const module = WebAssembly.compileStreaming(fetch(MODULE));
  const join = await withKernel(go, WebAssembly.compileStreaming(fetch(KERNEL)));
  const instance = await WebAssembly.instantiate(await module, go.importObject);
  join(instance);
  const ended = go.run(instance);
  ended.then(() => stopAll({ code: "internal", message: "The page's engine stopped. Load the page again; nothing that was shown as done is lost.", retry: true }));
  return globalThis.floe;
}

const engine = start();
const vault = openVault();

const ops = {
  async network() {
    return (await engine).network();
  },

  async words() {
    return (await engine).words();
  },

  async qr({ text }) {
    return (await engine).qr(text);
  },

  async identity() {
    return (await engine).identity({ seed: await (await vault).seed() });
  },

  async send(args, signal, onProgress) {
    const [floe, own] = await Promise.all([engine, vault]);
    const index = await own.takeIndex();
    const sent = await floe.send({ ...args, seed: await own.seed(), index, memory: memory(own), origin: self.location.origin, signal, onProgress });
    await own.keep({
      parcelId: sent.parcelId, index, link: sent.link, endsAt: sent.endsAt,
      name: args.files[0].path, count: args.files.length, bytes: args.files.reduce((sum, { file }) => sum + file.size, 0),
      passphrase: sent.passphrase, people: args.recipients?.length ?? 0,
    });
    return sent;
  },

  async open(args, signal, onProgress) {
    const [floe, own] = await Promise.all([engine, vault]);
    return floe.open({ ...args, seed: await own.seed(), memory: memory(own), signal, onProgress });
  },

  async read(args, signal, onProgress) {
    return (await engine).read({ ...args, signal, onProgress });
  },

  async saveAll(args, signal, onProgress) {
    return (await engine).saveAll({ ...args, signal, onProgress });
  },

  async sent() {
    const all = await (await vault).allSent();
    const open = all.filter(({ endsAt, withdrawn }) => endsAt > Date.now() && !withdrawn);
    return open.sort((a, b) => b.index - a.index).map(({ link, index, ...about }) => about);
  },

  async link({ parcelId }) {
    return (await sentFromHere(parcelId)).link;
  },

  async withdraw({ parcelId }, signal) {
    const [floe, own] = await Promise.all([engine, vault]);
    const sent = await sentFromHere(parcelId);
    const { link, index } = sent;
    await floe.withdraw({ link, seed: await own.seed(), index, memory: memory(own), signal });
    await own.keep({ ...sent, withdrawn: true });
  },

  async grant({ parcelId, recipient }, signal) {
    const [floe, own] = await Promise.all([engine, vault]);
    const { link, index } = await sentFromHere(parcelId);
    return floe.grant({ link, recipient, seed: await own.seed(), index, memory: memory(own), signal });
  },
};

async function sentFromHere(parcelId) {
  const sent = await (await vault).sent(parcelId);
  if (!sent) throw { code: "not_found", message: "This device keeps no record of sending that. Use the one you sent it from." };
  return sent;
}

/** The rollback pins, as the module asks for them. */
function memory(own) {
  return { seen: (parcelId) => own.seen(parcelId), saw: (parcelId, sequence) => own.saw(parcelId, sequence) };
}

/** Calls under way: id → AbortController. */
const calls = new Map();

self.onmessage = ({ data }) => {
  const { id, op, args, cancel } = data;
  if (cancel) calls.get(id)?.abort();
  else run(id, op, args ?? {});
};

async function run(id, op, args) {
  const controller = new AbortController();
  calls.set(id, controller);
  try {
    const result = await ops[op](args, controller.signal, (progress) => self.postMessage({ id, progress }));
    if (calls.has(id)) self.postMessage({ id, result });
  } catch (error) {
    if (calls.has(id)) self.postMessage({ id, error: plain(error) });
  } finally {
    calls.delete(id);
  }
}

function stopAll(error) {
  for (const id of calls.keys()) self.postMessage({ id, error });
  calls.clear();
}

/** An error as data: what the module rejects with already is, others aren't. */
function plain(error) {
  if (typeof error?.code === "string" && !(error instanceof Error)) return { ...error };
  return { code: "internal", message: "Something went wrong in this page. Load it again; if it stays, your browser may lack a feature it needs.", cause: String(error) };
}
