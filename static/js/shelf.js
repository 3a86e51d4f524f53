// @ts-check
// What was read of large parcels while they are being saved: ciphertext of
// whole blobs, one file each below floe-shelf/<parcel>/ in the origin's own
// files, so that a saving goes on after the page was closed without reading
// anything twice. It holds no key, no name and no plaintext; what comes from it
// is checked as what comes from nodes is. It may lose anything at any time, and
// where there is no room nothing is kept. In the worker alone.

const SHELVES = "floe-shelf";
const STAGE = "floe-stage";
const OLD_MS = 3 * 24 * 3600_000;
const STAGED_MS = 12 * 3600_000; // a browser may copy a large file for long

export class Shelf {
  #name;
  #full = false;

  /** @param {string} parcelId */
  constructor(parcelId) {
    this.#name = parcelId;
  }

  /** The shelf as wasm/open_js.go takes it. */
  asked() {
    return {
      load: (/** @type {string} */ blob) => this.load(blob),
      keep: (/** @type {string} */ blob, /** @type {Uint8Array<ArrayBuffer>} */ sealed) => this.keep(blob, sealed),
      drop: (/** @type {string[]} */ blobs) => this.drop(blobs),
    };
  }

  /** @param {string} blob @returns {Promise<Uint8Array|null>} */
  async load(blob) {
    try {
      const file = await (await (await this.#folder(false)).getFileHandle(blob)).getFile();
      return new Uint8Array(await file.arrayBuffer());
    } catch {
      return null;
    }
  }

  /** @param {string} blob @param {Uint8Array<ArrayBuffer>} sealed */
  async keep(blob, sealed) {
    if (this.#full) return;
    try {
      await write(await (await this.#folder(true)).getFileHandle(blob, { create: true }), sealed);
    } catch {
      this.#full = true;
      await this.drop([blob]);
    }
  }

  /** @param {string[]} blobs */
  async drop(blobs) {
    for (const blob of blobs) {
      await this.#folder(false).then((folder) => folder.removeEntry(blob)).catch(() => {});
    }
  }

  /** How many bytes are here. */
  async size() {
    let sum = 0;
    try {
      for await (const file of files(await this.#folder(false))) sum += file.size;
    } catch {
      return 0;
    }
    return sum;
  }

  /** Throws everything away. */
  async clear() {
    await removed(SHELVES, this.#name);
  }

  /** @param {boolean} create */
  async #folder(create) {
    const root = await navigator.storage.getDirectory();
    return (await root.getDirectoryHandle(SHELVES, { create })).getDirectoryHandle(this.#name, { create });
  }
}

/** @param {any} handle @param {Uint8Array<ArrayBuffer>} bytes */
async function write(handle, bytes) {
  const out = await handle.createSyncAccessHandle();
  try {
    out.truncate(0);
    for (let at = 0; at < bytes.length;) at += out.write(bytes.subarray(at), { at });
  } finally {
    out.close();
  }
}

/** @param {FileSystemDirectoryHandle} folder @returns {AsyncGenerator<File>} */
async function* files(folder) {
  for await (const handle of /** @type {any} */ (folder).values()) {
    if (handle.kind === "file") yield handle.getFile();
  }
}

/**
 * A file of the origin's own to write a saving to, or null where there are none
 * or not enough room.
 * @param {number} size
 * @returns {Promise<{handle: FileSystemFileHandle, remove: () => Promise<void>}|null>}
 */
export async function staged(size) {
  try {
    const { quota = 0, usage = 0 } = await navigator.storage.estimate();
    if (quota - usage < size * 1.05) return null;
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(STAGE, { create: true });
    const name = crypto.randomUUID();
    /** @type {any} */
    const handle = await folder.getFileHandle(name, { create: true });
    if (!handle.createSyncAccessHandle) return null;
    return { handle, remove: () => removed(STAGE, name) };
  } catch {
    return null;
  }
}

/** Throws away what nobody came back for. */
export async function sweep() {
  try {
    const root = await navigator.storage.getDirectory();
    const shelves = /** @type {any} */ (await root.getDirectoryHandle(SHELVES, { create: true }));
    for await (const [name, folder] of shelves.entries()) {
      let newest = 0;
      for await (const { lastModified } of files(folder)) newest = Math.max(newest, lastModified);
      if (Date.now() - newest > OLD_MS) await removed(SHELVES, name);
    }
    const stage = await root.getDirectoryHandle(STAGE, { create: true });
    for await (const [name, handle] of /** @type {any} */ (stage).entries()) {
      const { lastModified } = await handle.getFile();
      if (Date.now() - lastModified > STAGED_MS) await removed(STAGE, name);
    }
  } catch {
    // no files of our own here, or some in use by another page: another time
  }
}

/** @param {string} folder @param {string} name */
async function removed(folder, name) {
  try {
    const root = await navigator.storage.getDirectory();
    await (await root.getDirectoryHandle(folder)).removeEntry(name, { recursive: true });
  } catch {
    // not there, or in use
  }
}
