// What this device is sending, or was when its page was closed: enough to go on
// with it. For each parcel the vault hides
//
//   unsent INDEX about   JSON {index, at, until, name, …, files: [[path, size, modified, root, inside, made]…]},
//                        beside it the handles of what was chosen, where a browser gives them
//   unsent INDEX state   the engine's journal, with the parcel's secrets; beside it how far it is
//
// from before the first byte leaves the page until the parcel is sent, cancelled
// or thrown away, or has ended. A lock tells what is being sent from what isn't:
// it goes with the worker that holds it.

/**
 * @typedef {object} About
 * @property {number} index    of the parcel's own signing key below the seed
 * @property {string} name     of its first file
 * @property {number} count    of files
 * @property {number} bytes    of all files
 * @property {number} people   how many were named
 * @property {number} [until]  when what is stored ends, Unix milliseconds
 *
 * @typedef {{path: string, file: File, root?: number, inside?: string, made?: boolean}} Sending
 */

const PATIENCE_MS = 3000; // until another tab is taken to be sending
const LARGEST_MADE = 16 << 20; // of what exists in the page alone, and is kept to go on with

function aboutOf(index) {
  return `unsent ${index} about`;
}

function stateOf(index) {
  return `unsent ${index} state`;
}

function lockOf(index) {
  return `floe sending ${index}`;
}

/** Journal is what one parcel is gone on with from. */
export class Journal {
  #vault;
  #about;
  #files;
  #roots;
  #began = false;
  #over = false;
  /** @type {(() => void)|undefined} */
  #release;
  /** How far it is, from 0 to 1. */
  part = 0;
  /** Whether another page sent before. */
  again = false;

  /** @param {About} about @param {Sending[]} files @param {FileSystemHandle[]} roots */
  constructor(vault, about, files, roots) {
    this.#vault = vault;
    this.#about = about;
    this.#files = files;
    this.#roots = roots;
  }

  /** Nobody else sends it until close. */
  async open() {
    this.#release ??= await alone(this.#about.index);
  }

  /** Keeps what the engine will go on from, durably. @param {Uint8Array} state */
  async write(state) {
    if (this.#over) return;
    const { index } = this.#about;
    if (!this.#began) await this.#begin();
    await this.#vault.hide(stateOf(index), state, { part: this.part });
  }

  async #begin() {
    const { index } = this.#about;
    const files = [];
    for (const { path, file, root = -1, inside = "", made } of this.#files) {
      const entry = [path, file.size, file.lastModified, root, inside];
      if (made && file.size <= LARGEST_MADE) entry.push(base64(new Uint8Array(await file.arrayBuffer())));
      files.push(entry);
    }
    const about = new TextEncoder().encode(JSON.stringify({ ...this.#about, at: Date.now(), files }));
    try {
      await this.#vault.hide(aboutOf(index), about, { roots: this.#roots });
    } catch { // a handle that can't be kept
      await this.#vault.hide(aboutOf(index), about, { roots: [] });
    }
    this.#began = true;
  }

  /** It was kept before. @param {() => void} release */
  resumed(release) {
    this.#began = this.again = true;
    this.#release = release;
    return this;
  }

  /** Whether there is something to go on from. */
  get kept() {
    return this.#began && this.#vault.lasting;
  }

  /** Nobody sends it any more; what is kept stays. */
  close() {
    this.#release?.();
  }

  async forget() {
    this.#over = true;
    await forget(this.#vault, this.#about.index);
  }
}

/**
 * Holds the lock on a parcel until what it gives is called; without locks every
 * page thinks that it alone sends.
 * @param {number} index @returns {Promise<() => void>}
 */
async function alone(index) {
  if (!navigator.locks) return () => {};
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    navigator.locks.request(lockOf(index), { signal }, () => new Promise((release) => resolve(() => release(undefined))))
      .catch(() => reject({ code: "conflict", message: "Another tab is sending this already." }));
  });
}

/** What was interrupted and can be gone on with, the newest first; {index, sending: lock} of what is being sent. */
export async function interrupted(vault) {
  const names = await vault.hiddenNames("unsent "); // before the locks: what is begun meanwhile isn't among them
  const [sent, locks] = await Promise.all([vault.allSent(), navigator.locks?.query()]);
  const finished = new Set(sent.map(({ index }) => index));
  const busy = new Set(locks?.held?.map(({ name }) => name));
  const found = [];
  for (const index of new Set(names.map((name) => Number(name.split(" ")[1])))) {
    if (busy.has(lockOf(index))) {
      found.push({ index, at: 0, sending: lockOf(index) });
      continue;
    }
    const about = await read(vault, index);
    const state = about && await vault.hidden(stateOf(index));
    if (!state || finished.has(index) || (about.until && about.until < Date.now())) await forget(vault, index);
    else found.push({ ...about, part: state.beside.part, files: undefined, roots: undefined });
  }
  return found.sort((a, b) => b.at - a.at);
}

/** All of one of them, and what the engine goes on from. */
export async function resumable(vault, index) {
  const about = await read(vault, index);
  const state = about && await vault.hidden(stateOf(index));
  if (!state) throw { code: "not_found", message: "There is nothing to go on with." };
  return { about, state: state.bytes };
}

/**
 * Takes one of them up again. What the engine goes on from is read once nobody
 * else can change it: of two pages that went on from the same place each might
 * seal other bytes there, under one key and nonce.
 * @param {number} index @param {Sending[]} files
 */
export async function takenUp(vault, index, files) {
  const release = await alone(index);
  try {
    const { about, state } = await resumable(vault, index);
    return { about, state, journal: new Journal(vault, about, files, []).resumed(release) };
  } catch (cause) {
    release();
    throw cause;
  }
}

/** Throws one of them away, unless somebody sends it. @param {number} index */
export async function discard(vault, index) {
  const release = await alone(index);
  try {
    await forget(vault, index);
  } finally {
    release();
  }
}

async function read(vault, index) {
  const kept = await vault.hidden(aboutOf(index)).catch(() => null);
  if (!kept) return null;
  const about = JSON.parse(new TextDecoder().decode(kept.bytes));
  const files = about.files.map(([path, size, modified, root, inside, made]) => ({
    path, size, modified, root, inside,
    file: made === undefined ? undefined : new File([bytes(made)], path, { lastModified: modified }),
  }));
  return { ...about, files, roots: kept.beside.roots };
}

async function forget(vault, index) {
  await vault.unhide([stateOf(index), aboutOf(index)]);
}

function base64(b) {
  let text = "";
  for (let i = 0; i < b.length; i += 4096) text += String.fromCharCode(...b.subarray(i, i + 4096));
  return btoa(text);
}

function bytes(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
