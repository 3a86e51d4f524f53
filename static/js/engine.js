// The page's side of the worker: one object, `engine`, started on first use.
// Every failure is {code, message, …}; the codes are wasm/client's.

/**
 * @typedef {object} NodeProgress
 * @property {number} index
 * @property {string} name
 * @property {number} acked   bytes this node has acknowledged
 * @property {number} total
 * @property {"idle"|"sending"|"done"|"down"} state
 *
 * @typedef {object} SendProgress
 * @property {"sealing"|"confirming"|"sending"|"certifying"|"ready"} phase  confirming: by the wallet
 * @property {number} acked    bytes acknowledged by nodes
 * @property {number} total
 * @property {number} rate     bytes a second
 * @property {number|null} etaMs  null until it can be told
 * @property {NodeProgress[]} nodes
 * @property {string|null} message
 *
 * @typedef {object} OpenProgress
 * @property {"opening"|"reading"|"waiting"} phase  waiting: too few nodes answer, it goes on by itself
 * @property {number} acked    bytes opened and checked
 * @property {number} total
 * @property {number} rate
 * @property {number|null} etaMs
 * @property {number} have     while waiting: pieces at hand …
 * @property {number} need     … of the pieces needed
 * @property {NodeProgress[]} nodes  acked: bytes this node gave
 * @property {string|null} message
 *
 * @typedef {object} Sent
 * @property {string} link
 * @property {string} parcelId
 * @property {number} endsAt         Unix milliseconds
 * @property {boolean} passphrase
 * @property {number} nodesHolding
 * @property {number} nodesTotal
 * @property {number} nodesNeeded
 * @property {{name: string, text: string}} recoveryNote
 * @property {object} others         what others can see of the parcel
 * @property {{name: string, address: string}} [wallet]  that owns it
 *
 * @typedef {object} Opened
 * @property {string} parcelId
 * @property {{index: number, name: string, path: string, size: number, type: string, modified: number}[]} files
 * @property {{words: string, short: string, known: boolean}} sender
 * @property {number} endsAt
 * @property {number} total
 *
 * @typedef {(transaction: Uint8Array) => Promise<{bytes: Uint8Array, signature: Uint8Array}>} Sign
 * @typedef {{code: string, message: string, paid?: boolean, rescue?: string, short?: {coin: string, lack: string}[], have?: number, need?: number, node?: number, end?: number, max?: number, retry?: boolean, retryAfterMs?: number}} Failure
 */

import { breath } from "./dom.js";
import { outdated } from "./net.js";

// Trusted Types: the page may make script URLs through this policy alone, and
// it knows two.
const WORKER = new URL("./worker.js", import.meta.url).href;
const SCRIPTS = [WORKER, "/sw.js"];
const policy = globalThis.trustedTypes
  ? trustedTypes.createPolicy("floe", {
      createScriptURL(url) {
        if (SCRIPTS.includes(url)) return url;
        throw new TypeError("not a script of ours: " + url);
      },
    })
  : { createScriptURL: (url) => url };

/** The URL of one of our scripts, as this browser demands it. */
export function scriptURL(url) {
  return policy.createScriptURL(url);
}

// IDs of a network that isn't compiled in come with the page, the same for all.
const NETWORK = document.querySelector('meta[name="floe-network"]')?.content ?? "";

const BATCH = 500; // files handed over at a time, and their handles

class Engine extends EventTarget {
  #worker = null;
  #calls = new Map();
  #last = 0;

  /** Starts the worker early, for instance when a pointer nears the drop area. */
  warm() {
    this.#start();
  }

  /**
   * @param {{files: {file: File, path: string}[], epochs?: number, passphrase?: string|null, recipients?: string[], light?: boolean, wallet?: {name: string, address: string}}} args
   * @param {(progress: SendProgress) => void} [onProgress]
   * @param {Sign} [sign]  where a wallet owns and pays: it is asked once
   * @returns {{promise: Promise<Sent>, cancel: () => void}}
   */
  send(args, onProgress, sign) {
    return this.#call("send", args, onProgress, sign);
  }

  /**
   * Goes on with what a wallet has paid for and what failed after: send was
   * rejected with {paid: true}.
   * @param {(progress: SendProgress) => void} [onProgress]
   * @returns {{promise: Promise<Sent>, cancel: () => void}}
   */
  finish(onProgress) {
    return this.#call("finish", {}, onProgress);
  }

  /**
   * What was being sent from here when its page was closed, the newest first.
   * @returns {Promise<{index: number, at: number, name: string, count: number, bytes: number, part: number}[]>}
   */
  interrupted() {
    return this.#call("interrupted").promise;
  }

  /**
   * Which files one of those takes to go on, and handles to them where there are any.
   * @returns {Promise<{files: {path: string, size: number, modified: number, root: number, inside: string, file?: File}[], roots: FileSystemHandle[]}>}
   */
  wanted({ index }) {
    return this.#call("wanted", { index }).promise;
  }

  /**
   * Goes on with one of those. Nothing that nodes have acknowledged is sent again.
   * @param {{index: number, files: {file: File, path: string}[]}} args  by the paths and in the order of wanted
   * @param {(progress: SendProgress) => void} [onProgress]
   * @returns {{promise: Promise<Sent>, cancel: () => void}}
   */
  resume(args, onProgress) {
    return this.#call("resume", args, onProgress);
  }

  /** Throws one of those away. @returns {Promise<void>} */
  discard({ index }) {
    return this.#call("discard", { index }).promise;
  }

  /**
   * What wallets paid for in pages that were closed before it was finished.
   * @returns {Promise<{index: number, parcelId: string, at: number, wallet?: {name: string, address: string}}[]>}
   */
  left() {
    return this.#call("left").promise;
  }

  /** The key to one of those, as wallets for Sui import it. @returns {Promise<string>} */
  rescue({ index }) {
    return this.#call("rescue", { index }).promise;
  }

  /** Tells of one of those no more. @returns {Promise<void>} */
  forget({ index }) {
    return this.#call("forget", { index }).promise;
  }

  /**
   * What sending with a wallet would cost, and what that wallet lacks.
   * @param {{files: {file: File, path: string}[], epochs: number, recipients: number, address: string}} args
   * @returns {Promise<{wal: string, sui: string, hold: string, short: {coin: string, lack: string}[]}>}
   */
  cost(args) {
    return this.#call("cost", args).promise;
  }

  /**
   * @param {{fragment: string, passphrase?: string|null}} args
   * @param {(progress: OpenProgress) => void} [onProgress]
   * @returns {Promise<Opened> & {cancel: () => void}}
   */
  open(args, onProgress) {
    const { promise, cancel } = this.#call("open", args, onProgress);
    return Object.assign(promise, { cancel });
  }

  /**
   * A file of an opened parcel, or a part of it, or all files as one ZIP where
   * index is null; every byte checked.
   * @param {{parcelId: string, index: number|null, offset?: number, length?: number, keep?: boolean}} args  keep: on the shelf
   * @param {(progress: OpenProgress) => void} [onProgress]
   * @returns {{promise: Promise<Blob>, cancel: () => void}}
   */
  read(args, onProgress) {
    return this.#call("read", args, onProgress);
  }

  /**
   * The same through a port, as fast as its other end pulls; wasm/open_js.go
   * says what goes over it.
   * @param {{parcelId: string, index: number|null, offset: number, length: number, whole: boolean, keep?: boolean}} args
   * @param {MessagePort} port
   * @param {(progress: OpenProgress) => void} [onProgress]
   * @returns {{promise: Promise<void>, cancel: () => void}}
   */
  stream(args, port, onProgress) {
    return this.#call("stream", { ...args, port }, onProgress, undefined, [port]);
  }

  /** Writes it where the user said. @returns {{promise: Promise<void>, cancel: () => void}} */
  save(args, onProgress) {
    return this.#call("save", args, onProgress);
  }

  /** Writes all files into a new folder. @returns {{promise: Promise<{name: string, renamed: number}>, cancel: () => void}} */
  saveInto(args, onProgress) {
    return this.#call("saveInto", args, onProgress);
  }

  /** Writes it into this origin's own files; null where there is no room. @returns {{promise: Promise<File|null>, cancel: () => void}} */
  stage(args, onProgress) {
    return this.#call("stage", args, onProgress);
  }

  /** Notes that a large saving begins. @returns {Promise<void>} */
  began(args) {
    return this.#call("began", args).promise;
  }

  /** A saving that was begun and isn't over, if any. @returns {Promise<{index: number|null, handle: FileSystemFileHandle|null, kept: number}|null>} */
  halted({ parcelId }) {
    return this.#call("halted", { parcelId }).promise;
  }

  /** A saving is over: nothing of it stays. @returns {Promise<void>} */
  over({ parcelId }) {
    return this.#call("over", { parcelId }).promise;
  }

  /** The server's GET /api/v1/network, checked against what is compiled in. */
  network() {
    return this.#call("network").promise;
  }

  /** Six random words. @returns {Promise<string>} */
  words() {
    return this.#call("words").promise;
  }

  /** A QR code as SVG path data in a square of that many units, without the border of four. @returns {Promise<{size: number, path: string}>} */
  qr(text) {
    return this.#call("qr", { text }).promise;
  }

  /** @returns {Promise<{recipient: string, words: string, short: string}>} */
  identity() {
    return this.#call("identity").promise;
  }

  /**
   * The parcels sent from this device that still open, the newest first.
   * @returns {Promise<{parcelId: string, endsAt: number, name?: string, count?: number, bytes?: number, passphrase?: boolean, people?: number}[]>}
   */
  sent() {
    return this.#call("sent").promise;
  }

  /** The link of a parcel sent from this device. @returns {Promise<string>} */
  link({ parcelId }) {
    return this.#call("link", { parcelId }).promise;
  }

  /** Takes the link's grant out of a parcel sent from this device. */
  withdraw({ parcelId }, sign) {
    return this.#call("withdraw", { parcelId }, undefined, sign).promise;
  }

  /** Lets one more recipient open a parcel sent from this device. */
  grant({ parcelId, recipient }, sign) {
    return this.#call("grant", { parcelId, recipient }, undefined, sign).promise;
  }

  #call(op, args, onProgress, sign, transfer = []) {
    const id = ++this.#last;
    const promise = new Promise((resolve, reject) => this.#calls.set(id, { resolve, reject, onProgress, sign }));
    const worker = this.#start();
    if (args?.files) this.#bring(worker, id, op, args);
    else worker.postMessage({ id, op, args }, transfer);
    return { promise, cancel: () => this.#worker?.postMessage({ id, cancel: true }) };
  }

  /** Hands over files and handles a few at a time: copying a hundred thousand at once takes a second. */
  async #bring(worker, id, op, { files, ...args }) {
    const places = new Map();
    for (let i = 0; i < files.length; i += BATCH) {
      if (i) await breath();
      const roots = [];
      const some = files.slice(i, i + BATCH).map(({ root, ...file }) => {
        if (root && !places.has(root)) {
          places.set(root, places.size);
          roots.push(root);
        }
        return { ...file, root: places.get(root) };
      });
      try {
        worker.postMessage({ id, files: some, roots });
      } catch { // a handle that can't be handed over
        worker.postMessage({ id, files: some, roots: roots.map(() => null) });
      }
    }
    worker.postMessage({ id, op, args });
  }

  #start() {
    if (this.#worker) return this.#worker;
    const worker = new Worker(policy.createScriptURL(WORKER), { type: "module", name: NETWORK });
    worker.onmessage = ({ data }) => this.#answer(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#stopped(event.message);
    };
    this.#worker = worker;
    return worker;
  }

  #answer({ id, progress, files, roots, result, error, sign, spent }) {
    if (spent) return this.#retire();
    const call = this.#calls.get(id);
    if (!call) return;
    if (sign) {
      this.#sign(id, call, sign);
      return;
    }
    if (files) {
      const many = call.many ??= {};
      (many.files ??= []).push(...files);
      if (roots) (many.roots ??= []).push(...roots);
      return;
    }
    if (progress) {
      call.onProgress?.(progress);
      this.dispatchEvent(new CustomEvent("status", { detail: progress }));
      return;
    }
    this.#calls.delete(id);
    if (error) call.reject(error);
    else call.resolve(call.many ? { ...result, ...call.many } : result);
  }

  // The wallet lives in the page; what it answers is verified in the worker.
  async #sign(id, call, transaction) {
    try {
      if (!call.sign) throw { code: "wallet", message: "They belong to a wallet that isn’t connected." };
      this.#worker?.postMessage({ id, signed: await call.sign(transaction) });
    } catch (cause) { // whatever a wallet threw
      const { code = "wallet", message = "" } = cause ?? {};
      this.#worker?.postMessage({ id, refused: { code: `${code}`, message: `${message}` } });
    }
  }

  // The worker holds memory that it can't give back, and nothing else.
  #retire() {
    if (this.#calls.size) return;
    this.#worker?.terminate();
    this.#worker = null;
  }

  // The worker couldn't load or has died: whatever waits for it fails, and the
  // next call starts another.
  async #stopped(cause) {
    this.#worker?.terminate();
    this.#worker = null;
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    const failure = await outdated() ? { code: "updated", message: "The server was updated since this page was loaded. Load it again." } : { code: "unsupported", message: "The part of this page that encrypts couldn't start. Load the page again, or use a current browser.", cause };
    for (const { reject } of calls) reject(failure);
  }
}

export const engine = new Engine();
