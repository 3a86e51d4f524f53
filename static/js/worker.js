// The worker that holds the keys: it runs floe.wasm, and the vault beside it.
// The page talks to it through engine.js in messages
//
//   page → worker   {id, op, args}   start;   {id, cancel: true}   stop
//   page → worker   {id, files: […], roots: […]}   before that, as often as there are many of
//                   args.files; roots are the handles that these are the first to need
//   worker → page   {id, progress}   any number of times, then
//                   {id, files: […], roots?: […]}   any number of times, where a result has many, and then
//                   {id, result}  or  {id, error: {code, message, …}}
//
// A wallet lives in the page. Where one has to sign, the worker asks
//
//   worker → page   {id, sign: Uint8Array}
//   page → worker   {id, signed: {bytes, signature}}  or  {id, refused: {code, message}}
//
// The worker's name is what the page carries of its network, "" where that is
// compiled in. Ops are the methods of `ops` below. Seeds and identities stay here.

import "../dist/wasm_exec.js";
import { Crew } from "./crew.js";
import { compileKernel, withKernel } from "./kernel.js";
import { reading } from "./reading.js";
import { Journal, discard, interrupted, resumable, takenUp } from "./unsent.js";
import { openVault } from "./vault.js";

const MODULE = new URL("../dist/floe.wasm", import.meta.url);

/** Workers that help. @type {Crew} */
let crew;

/** @type {WebAssembly.Memory} */
let memoryOf;

/** Starts both modules at once; floe.wasm sets globalThis.floe before run() returns. */
async function start() {
  const go = new globalThis.Go();
  if (self.name) go.argv.push(self.name);
  const module = WebAssembly.compileStreaming(fetch(MODULE));
  const kernel = compileKernel(new URL("../dist/", import.meta.url));
  crew = new Crew({ engine: module, kernel });
  const join = await withKernel(go, kernel);
  const instance = await WebAssembly.instantiate(await module, go.importObject);
  join(instance);
  memoryOf = instance.exports.mem;
  const ended = go.run(instance);
  ended.then(() => stopAll({ code: "internal", message: "The page's engine stopped. Load the page again; nothing that was shown as done is lost.", retry: true }));
  await globalThis.floe.crew?.(crew);
  return globalThis.floe;
}

const BATCH = 1000; // files handed over at a time

const engine = start();
const vault = openVault();
const reader = reading(engine);

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

  async send(args, signal, onProgress, sign) {
    const [floe, own] = await Promise.all([engine, vault]);
    const { files, roots, until, ...rest } = args;
    const index = await own.takeIndex();
    const about = {
      index, wallet: args.wallet,
      name: files[0].path, count: files.length, bytes: files.reduce((sum, { file }) => sum + file.size, 0),
      people: args.recipients?.length ?? 0,
    };
    if (about.bytes > LONG) crew.hire();
    const common = { ...rest, files, seed: await own.seed(), index, memory: memory(own), origin: self.location.origin, signal };
    if (!args.wallet) {
      return journaled(own, about, new Journal(own, { ...about, until }, files, roots), onProgress, (keeping) => floe.send({ ...common, ...keeping }));
    }
    unfinished = null;
    const note = (parcelId) => noteDown(own, about, parcelId);
    const sent = await orForget(own, about, floe.send({ ...common, wallet: signing(args.wallet, sign), note, onProgress }));
    return keep(own, sent, about);
  },

  /** Goes on with what was interrupted: the same files, however they were found again. */
  async resume({ index, files }, signal, onProgress) {
    const [floe, own] = await Promise.all([engine, vault]);
    const seed = await own.seed();
    const { about, state, journal } = await takenUp(own, index, files);
    const { name, count, bytes, people } = about;
    if (bytes > LONG) crew.hire();
    const common = { files, resume: state, seed, index, memory: memory(own), origin: self.location.origin, signal };
    return journaled(own, { index, name, count, bytes, people }, journal, onProgress, (keeping) => floe.send({ ...common, ...keeping }));
  },

  /** What can be gone on with. */
  async interrupted() {
    return interrupted(await vault);
  },

  /** Which files that takes, and the handles to them. */
  async wanted({ index }) {
    const { about: { files, roots } } = await resumable(await vault, index);
    return { files, roots };
  },

  async discard({ index }) {
    await discard(await vault, index);
  },

  /** Goes on with what a wallet has paid for and what then failed. */
  async finish(_, signal, onProgress) {
    const [floe, own] = await Promise.all([engine, vault]);
    if (!unfinished) throw { code: "not_found", message: "Nothing is unfinished." };
    const about = unfinished;
    const sent = await orForget(own, about, floe.finish({ index: about.index, origin: self.location.origin, signal, onProgress }));
    unfinished = null;
    return keep(own, sent, about);
  },

  /** What wallets paid for in pages that were closed before it was finished. */
  async left() {
    const own = await vault;
    const [notes, sent, locks] = await Promise.all([own.notes(), own.allSent(), navigator.locks?.query()]);
    const busy = new Set(locks?.held?.map(({ name }) => name));
    const finished = new Set(sent.map(({ parcelId }) => parcelId));
    return notes.filter(({ parcelId }) => !busy.has(lockOf(parcelId)) && !finished.has(parcelId));
  },

  /** The key to what a wallet paid for, as wallets import it. */
  async rescue({ index }) {
    const [floe, own] = await Promise.all([engine, vault]);
    return floe.rescue({ seed: await own.seed(), index });
  },

  async forget({ index }) {
    await (await vault).forget(index);
  },

  async cost(args) {
    return (await engine).cost(args);
  },

  async open(args, signal, onProgress) {
    const [floe, own] = await Promise.all([engine, vault]);
    const opened = await floe.open({ ...args, seed: await own.seed(), memory: memory(own), signal, onProgress });
    reader.opened(opened);
    return opened;
  },

  ...reader,

  async sent() {
    const all = await (await vault).allSent();
    const open = all.filter(({ endsAt, withdrawn }) => endsAt > Date.now() && !withdrawn);
    return open.sort((a, b) => b.index - a.index).map(({ link, index, ...about }) => about);
  },

  async link({ parcelId }) {
    return (await sentFromHere(parcelId)).link;
  },

  async withdraw({ parcelId }, signal, _, sign) {
    const [floe, own] = await Promise.all([engine, vault]);
    const sent = await sentFromHere(parcelId);
    const { link, index, wallet } = sent;
    await floe.withdraw({ link, seed: await own.seed(), index, memory: memory(own), signal, wallet: signing(wallet, sign) });
    await own.keep({ ...sent, withdrawn: true });
  },

  async grant({ parcelId, recipient }, signal, _, sign) {
    const [floe, own] = await Promise.all([engine, vault]);
    const { link, index, wallet } = await sentFromHere(parcelId);
    return floe.grant({ link, recipient, seed: await own.seed(), index, memory: memory(own), signal, wallet: signing(wallet, sign) });
  },
};

const LONG = 4 << 20; // bytes that take long enough for others to help

/** Sends so that another page can go on where this one stops; what was cancelled on purpose is forgotten. */
async function journaled(own, about, journal, onProgress, send) {
  await journal.open();
  try {
    const sent = await send({
      journal: (state) => journal.write(state),
      onProgress(progress) {
        if (progress.total > 0) journal.part = progress.acked / progress.total;
        onProgress(progress);
      },
    });
    const kept = await keep(own, sent, about);
    await journal.forget();
    return kept;
  } catch (error) {
    crew.dismiss();
    if (error?.code === "cancelled" || (error?.code === "changed" && !journal.again)) await journal.forget();
    else if (journal.kept) throw { ...plain(error), going: about.index };
    throw error;
  } finally {
    journal.close();
  }
}

/** What a wallet has paid for and what isn't sent yet, as far as it will be kept. */
let unfinished = null;

/** Locks on what this worker may still finish, by index: how to let go of them. */
const locked = new Map();

function lockOf(parcelId) {
  return "floe paid " + parcelId;
}

/**
 * Notes a parcel down that a wallet is about to pay for, so that another page
 * can tell of it. The lock goes with this worker: while it is held, that page
 * leaves the parcel alone.
 */
async function noteDown(own, about, parcelId) {
  if (navigator.locks) {
    await new Promise((resolve, reject) => {
      navigator.locks.request(lockOf(parcelId), () => new Promise((release) => {
        locked.set(about.index, release);
        resolve();
      })).catch(reject);
    });
  }
  await own.note({ index: about.index, parcelId, wallet: about.wallet, at: Date.now() });
}

/** Waits for the engine to send or finish; what it says was never paid needs no note. */
async function orForget(own, about, sending) {
  try {
    return await sending;
  } catch (error) {
    if (error?.paid) unfinished = about;
    else await settle(own, about);
    throw error;
  }
}

async function settle(own, { index, wallet }) {
  if (!wallet) return;
  await own.forget(index).catch(() => {}); // the outcome stands without
  locked.get(index)?.();
  locked.delete(index);
}

async function keep(own, sent, about) {
  try {
    await own.keep({ ...about, parcelId: sent.parcelId, link: sent.link, endsAt: sent.endsAt, passphrase: sent.passphrase });
  } finally {
    await settle(own, about);
  }
  return { ...sent, wallet: about.wallet };
}

/** A wallet as the module takes it. */
function signing(wallet, sign) {
  return wallet && { address: wallet.address, sign };
}

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

/** Files of calls to come and handles to them: id → what came so far. */
const lists = new Map();

/** Calls that were stopped before they came. */
const early = new Set();

/** Transactions that a wallet is asked to sign: id → {resolve, reject}. */
const prompts = new Map();

self.onmessage = ({ data }) => {
  const { id, op, args, files, cancel, signed, refused } = data;
  if (files) take(id, data);
  else if (cancel) stop(id);
  else if (signed) prompts.get(id)?.resolve(signed);
  else if (refused) prompts.get(id)?.reject(refused);
  else if (lists.has(id)) run(id, op, { ...args, ...lists.get(id) });
  else run(id, op, args ?? {});
};

function take(id, { files, roots }) {
  const all = lists.get(id) ?? { files: [], roots: [] };
  all.files.push(...files);
  all.roots.push(...roots);
  lists.set(id, all);
}

function stop(id) {
  if (!calls.has(id)) early.add(id);
  calls.get(id)?.abort();
}

/** Has the page's wallet sign for one call. */
function signer(id) {
  return (transaction) => new Promise((resolve, reject) => {
    prompts.set(id, { resolve, reject });
    self.postMessage({ id, sign: transaction });
  });
}

async function run(id, op, args) {
  const controller = new AbortController();
  calls.set(id, controller);
  lists.delete(id);
  if (early.delete(id)) controller.abort();
  try {
    const result = await ops[op](args, controller.signal, (progress) => self.postMessage({ id, progress }), signer(id));
    if (calls.has(id)) deliver(id, result);
  } catch (error) {
    if (calls.has(id)) self.postMessage({ id, error: plain(error) });
  } finally {
    calls.delete(id);
    prompts.delete(id);
    if (op === "send" || op === "resume") retire();
  }
}

const MUCH = 64 << 20;

/** WebAssembly's memory never shrinks: after much was sent, the page had better take another worker. */
function retire() {
  crew.dismiss();
  if (!calls.size && !unfinished && !locked.size && memoryOf.buffer.byteLength > MUCH) self.postMessage({ spent: true });
}

/** Hands a result over, files and handles in it a few at a time: a page takes no longer task than that. */
function deliver(id, result) {
  if (!(result?.files?.length > BATCH)) {
    self.postMessage({ id, result });
    return;
  }
  const { files, roots, ...rest } = result;
  for (let i = 0; i < files.length; i += BATCH) self.postMessage({ id, files: files.slice(i, i + BATCH), roots: roots?.slice(i, i + BATCH) });
  self.postMessage({ id, result: rest });
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
