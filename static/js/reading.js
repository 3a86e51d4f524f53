// The worker's side of reading: takes the bytes of an opened parcel from the
// module as they are verified (wasm/open_js.go says how they come) and puts
// them where a saving goes. Nothing that failed or was cancelled stays.

import { forget, recall, remember } from "./begun.js";
import { Shelf, staged, sweep } from "./shelf.js";
import { Cut, cutShort, newFolder, notWritten, sameFolder, write, writeAll } from "./writing.js";

/**
 * @typedef {{index: number|null, offset?: number, length?: number|null}} Span  index null: all files as one ZIP
 * @typedef {(progress: import("./types").Progress) => void} OnProgress
 * @typedef {{parcelId: string, keep?: boolean} & Span} Request
 */

const PIECE = 4 * 2 ** 20; // of a Blob: the browser may keep each out of memory

/** The worker's ops for reading. @param {Promise<any>} engine */
export function reading(engine) {
  /** The files of the parcels opened here, by parcel. @type {Map<string, import("./writing.js").Entry[]>} */
  const opened = new Map();

  /** @param {Request} request @param {AbortSignal} signal @param {OnProgress} onProgress */
  function start({ parcelId, index, offset = 0, length = null, keep }, whole, port, signal, onProgress) {
    const shelf = keep ? new Shelf(parcelId).asked() : null;
    return engine.then((floe) => floe.stream({ parcelId, index, offset, length, whole, shelf, port, signal, onProgress }));
  }

  /** @param {Request} request @param {AbortSignal} signal @param {OnProgress} onProgress */
  function bytesOf(request, signal, onProgress) {
    return pulled((port) => start(request, true, port, signal, onProgress));
  }

  return {
    /** Keeps what saving into folders needs to know. */
    opened({ parcelId, files }) {
      opened.clear();
      opened.set(parcelId, files);
      sweep();
    },

    /** Streams to whoever has the port: a player, or a download. */
    async stream({ port, whole, ...request }, signal, onProgress) {
      await start(request, whole, port, signal, onProgress);
    },

    /** All of it as a Blob. */
    async read(request, signal, onProgress) {
      const blob = new Pieces();
      for await (const bytes of bytesOf(request, signal, onProgress)) blob.add(bytes);
      return blob.whole();
    },

    /** Writes it where the user said. */
    async save({ handle, size, ...request }, signal, onProgress) {
      await write(handle, size, bytesOf(request, signal, onProgress));
    },

    /**
     * Writes all files with their folders into a new folder; again: into the
     * one that was made before the page was closed.
     */
    async saveInto({ parcelId, folder, name, again, keep }, signal, onProgress) {
      const files = opened.get(parcelId);
      if (!files) throw { code: "internal", message: "These files aren’t open any more. Load the page again." };
      const made = await (again ? sameFolder(folder, name) : newFolder(folder, name));
      if (keep) await remember({ parcelId, index: null, handle: folder, made: made.name });
      const bytes = new Cut(bytesOf({ parcelId, index: null, keep }, signal, onProgress));
      try {
        const renamed = await writeAll(made, files, bytes);
        await bytes.end();
        return { name: made.name, renamed };
      } catch (cause) {
        await bytes.stop();
        if (!again) await folder.removeEntry(made.name, { recursive: true }).catch(() => {});
        throw notWritten(cause);
      }
    },

    /** Writes it into a file of this origin's own, or gives null where that can't be. */
    async stage({ size, ...request }, signal, onProgress) {
      const stage = await staged(size);
      if (!stage) return null;
      try {
        const out = await stage.handle.createSyncAccessHandle();
        try {
          let at = 0;
          for await (const bytes of bytesOf(request, signal, onProgress)) {
            for (let n = 0; n < bytes.length;) n += out.write(bytes.subarray(n), { at: at + n });
            at += bytes.length;
          }
          if (at !== size) throw cutShort(at, size);
          out.flush();
        } finally {
          out.close();
        }
        return await stage.handle.getFile();
      } catch (cause) {
        await stage.remove();
        throw notWritten(cause);
      }
    },

    /** A large saving begins: what it takes to go on after the page was closed. */
    began: remember,

    /** A saving that was begun and isn’t over, if any, and how much of its parcel is on the shelf. */
    async halted({ parcelId }) {
      const begun = await recall(parcelId);
      return begun && { ...begun, kept: await new Shelf(parcelId).size() };
    },

    /** It is over, or given up: nothing of it stays. */
    async over({ parcelId }) {
      await Promise.all([forget(parcelId), new Shelf(parcelId).clear()]);
    },
  };
}

/**
 * The bytes that a stream gives, one ahead of what is worked on.
 * @param {(port: MessagePort) => Promise<unknown>} begin
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>>}
 */
async function* pulled(begin) {
  const { port1: port, port2 } = new MessageChannel();
  const failed = begin(port2).then(() => new Promise(() => {})); // the end itself comes through the port
  failed.catch(() => {});
  /** @type {((message: any) => void)[]} */
  const waiting = [];
  port.onmessage = ({ data }) => waiting.shift()?.(data);
  const pull = () => {
    port.postMessage({ pull: true });
    return Promise.race([new Promise((resolve) => { waiting.push(resolve); }), failed]);
  };
  try {
    for (let coming = pull(); ;) {
      const { bytes, error } = await coming;
      if (error) throw error;
      if (!bytes) return;
      coming = pull();
      coming.catch(() => {});
      yield bytes;
    }
  } finally {
    port.postMessage({ cancel: true });
    port.close();
  }
}

/** Bytes on their way into a Blob. */
class Pieces {
  /** @type {Blob[]} */
  #done = [];
  /** @type {Uint8Array<ArrayBuffer>[]} */
  #open = [];
  #size = 0;

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  add(bytes) {
    this.#open.push(bytes);
    this.#size += bytes.length;
    if (this.#size >= PIECE) this.#close();
  }

  #close() {
    this.#done.push(new Blob(this.#open));
    this.#open = [];
    this.#size = 0;
  }

  whole() {
    this.#close();
    return new Blob(this.#done);
  }
}
