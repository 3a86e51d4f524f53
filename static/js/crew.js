// @ts-check
// The crew: workers that make shares of a blob for the one that runs the engine.
// They are started when there is work for them, take the modules that are
// compiled already, and end when they are idle, which gives their memory back.
// Where none can start, or one dies, the engine does it all.

/**
 * @typedef {object} Job  columns first ≤ c < end of the blob that was loaded last
 * @property {number} first
 * @property {number} end
 *
 * @typedef {object} Blob  what a mate is to hold
 * @property {number} nShards
 * @property {number} want
 * @property {number} size     of what counts in bytes …
 * @property {ArrayBuffer} bytes  … which is given away
 *
 * @typedef {{engine: Promise<WebAssembly.Module>, kernel: Promise<WebAssembly.Module|null>}} Modules
 */

const WORKER = new URL("./mate.js", import.meta.url).href;
const MOST = 3; // workers in all: each more takes some 70 MiB while it helps, and a page may have 300
const IDLE_MS = 10_000;

/** @type {{createPolicy(name: string, rules: object): {createScriptURL(url: string): any}}|undefined} */
const trusted = /** @type {any} */ (globalThis).trustedTypes;
const rules = {
  /** @param {string} url */
  createScriptURL(url) {
    if (url === WORKER) return url;
    throw new TypeError("not a script of ours: " + url);
  },
};
const policy = trusted?.createPolicy("floe", rules) ?? rules;

/** One worker that helps. */
class Mate {
  /** Whether it has started and works. */
  able = false;
  gone = false;
  #worker;
  #ready;
  /** @type {(cause: Error) => void} */
  #fail = () => {};
  #last = 0;
  /** @type {Map<number, {resolve: (share: Uint8Array) => void, reject: (cause: Error) => void}>} */
  #jobs = new Map();
  /** Memory that came back, to be used again. @type {ArrayBuffer[]} */
  #spare = [];

  /** @param {Modules} modules */
  constructor({ engine, kernel }) {
    this.#worker = new Worker(policy.createScriptURL(WORKER), { type: "module", name: "mate" });
    this.#ready = /** @type {Promise<void>} */ (new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#worker.onmessage = ({ data }) => {
        if (!data.ready) return this.#answer(data);
        this.able = true;
        resolve(undefined);
      };
      this.#worker.onmessageerror = () => this.end("it can't be understood");
      this.#worker.onerror = (event) => {
        event.preventDefault();
        this.end("it stopped");
      };
    }));
    this.#ready.catch(() => {}); // also where nobody waits
    Promise.all([engine, kernel]).then(
      ([engine, kernel]) => this.#worker.postMessage({ engine, kernel }),
      () => this.end("there is no engine"),
    );
  }

  /** Fulfilled once it can work. */
  get ready() {
    return this.#ready;
  }

  /** Memory of so many bytes or more for load. @param {number} size @returns {ArrayBuffer} */
  room(size) {
    const at = this.#spare.findIndex((buffer) => buffer.byteLength >= size);
    return at < 0 ? new ArrayBuffer(size) : this.#spare.splice(at, 1)[0];
  }

  /** @param {Blob} blob */
  load(blob) {
    this.#worker.postMessage({ load: blob }, [blob.bytes]);
  }

  /** @param {Job} job @returns {Promise<Uint8Array>} the share; its memory goes back by giveBack */
  share({ first, end }) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      if (!this.able) return reject(new Error("the worker has ended"));
      this.#jobs.set(id, { resolve, reject });
      const spare = this.#spare.pop();
      this.#worker.postMessage({ id, first, end, spare }, spare ? [spare] : []);
    });
  }

  /** @param {Uint8Array} share */
  giveBack(share) {
    if (this.able && this.#spare.length < 3) this.#spare.push(/** @type {ArrayBuffer} */ (share.buffer));
  }

  /** @param {string} [why] */
  end(why = "it was ended") {
    const cause = new Error(why);
    this.able = false;
    this.gone = true;
    this.#worker.terminate();
    this.#spare = [];
    this.#fail(cause);
    for (const { reject } of this.#jobs.values()) reject(cause);
    this.#jobs.clear();
  }

  /** @param {{id: number, share?: ArrayBuffer, length: number, error?: string}} answer */
  #answer({ id, share, length, error }) {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    if (share) job?.resolve(new Uint8Array(share, 0, length));
    else job?.reject(new Error(error));
  }
}

/** The mates there are. */
export class Crew {
  #modules;
  #most;
  /** @type {Mate[]} */
  #all = [];
  #busy = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #idle;
  #tick = new MessageChannel();
  /** @type {(() => void)[]} */
  #waiting = [];

  /**
   * @param {Modules} modules
   * @param {number} [workers] how many there may be, with the one that calls
   */
  constructor(modules, workers = navigator.hardwareConcurrency || 1) {
    this.#modules = modules;
    this.#most = Math.min(workers, MOST) - 1;
    this.#tick.port1.onmessage = () => this.#waiting.shift()?.();
  }

  /** How many workers there may be, with the one that calls. */
  get size() {
    return this.#most + 1;
  }

  /** Starts the mates, unless they are there; fulfilled once all that can work do. @returns {Promise<unknown>} */
  hire() {
    return Promise.allSettled(this.#start().map(({ ready }) => ready));
  }

  #start() {
    if (!this.#all.length && typeof Worker === "function") { // some browsers start none from a worker
      this.#all = Array.from({ length: this.#most }, () => new Mate(this.#modules));
    }
    return this.#all;
  }

  /** The mates for one blob, whether they work by now or will; then rest(). */
  begin() {
    this.#busy++;
    clearTimeout(this.#idle);
    return this.#start().filter((mate) => !mate.gone);
  }

  /** The blob is done. Mates that get no other for a while end. */
  rest() {
    if (--this.#busy) return;
    this.#idle = setTimeout(() => this.dismiss(), IDLE_MS);
  }

  /** Ends all mates at once, whatever they do. */
  dismiss() {
    clearTimeout(this.#idle);
    for (const mate of this.#all) mate.end();
    this.#all = [];
  }

  /** Lets the worker take what came in meanwhile. @returns {Promise<void>} */
  breathe() {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#tick.port2.postMessage(0);
    });
  }
}
