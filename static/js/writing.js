// @ts-check
// Writing what comes from a stream into files that the user chose: a file is
// there whole or not at all, and a folder's files are cut from one stream, the
// ZIP they came in. In the worker alone.

/**
 * @typedef {object} Entry
 * @property {string} path
 * @property {string} save  the path as it may stand on any disk
 * @property {number} at    where in the ZIP its bytes begin
 * @property {number} size
 */

/** One stream, handed out in spans that follow each other. */
export class Cut {
  #stream;
  #at = 0;
  /** @type {Uint8Array<ArrayBuffer>} */
  #rest = new Uint8Array();

  /** @param {AsyncGenerator<Uint8Array<ArrayBuffer>>} stream */
  constructor(stream) {
    this.#stream = stream;
  }

  /** The bytes from offset on; what stands before them is passed over. @param {number} offset @param {number} size */
  async *span(offset, size) {
    if (offset < this.#at) throw new Error("files stand in another order than they were listed");
    for (let left = offset - this.#at; left > 0;) left -= (await this.#take(left)).length;
    for (let left = size; left > 0;) {
      const bytes = await this.#take(left);
      left -= bytes.length;
      yield bytes;
    }
  }

  /** Reads to the end: only that says that all was as it was sent. */
  async end() {
    while (!(await this.#stream.next()).done);
  }

  async stop() {
    await this.#stream.return(undefined);
  }

  /** @param {number} most */
  async #take(most) {
    if (!this.#rest.length) {
      const { value, done } = await this.#stream.next();
      if (done) throw cutShort(this.#at, this.#at + most);
      this.#rest = value;
    }
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    this.#at += taken.length;
    return taken;
  }
}

/**
 * Writes files one after another. The stream is their ZIP, in whose order they
 * are listed.
 * @param {FileSystemDirectoryHandle} root @param {Entry[]} files @param {Cut} bytes
 * @returns {Promise<number>} how many got another name, as this system refuses theirs
 */
export async function writeAll(root, files, bytes) {
  /** @type {Map<string, Promise<FileSystemDirectoryHandle>>} */
  const folders = new Map([["", Promise.resolve(root)]]);
  let renamed = 0;
  /** @param {string} path @returns {Promise<FileSystemDirectoryHandle>} */
  const folderOf = (path) => {
    const known = folders.get(path);
    if (known) return known;
    const cut = path.lastIndexOf("/");
    const made = folderOf(path.slice(0, Math.max(0, cut))).then((parent) =>
      allowed(path.slice(cut + 1), (name) => parent.getDirectoryHandle(name, { create: true })));
    folders.set(path, made);
    return made;
  };
  /** @param {Entry} file @param {AsyncIterable<Uint8Array<ArrayBuffer>>|Uint8Array<ArrayBuffer>[]} data */
  const put = async ({ save, size }, data) => {
    const cut = save.lastIndexOf("/");
    const folder = await folderOf(save.slice(0, Math.max(0, cut)));
    const name = save.slice(cut + 1);
    const handle = await allowed(name, (as) => folder.getFileHandle(as, { create: true }));
    if (handle.name !== name) renamed++;
    await write(handle, size, data);
  };
  const small = new Some(SMALL_AT_ONCE);
  try {
    for (const file of files) {
      const data = bytes.span(file.at, file.size);
      if (file.size > SMALL) await put(file, data);
      else await small.add(put(file, await all(data)));
    }
  } finally {
    await small.end();
  }
  return renamed;
}

const SMALL = 2 ** 18;
const SMALL_AT_ONCE = 16; // a browser takes milliseconds for each, mostly waiting

/** @param {AsyncIterable<Uint8Array<ArrayBuffer>>} stream */
async function all(stream) {
  const parts = [];
  for await (const bytes of stream) parts.push(bytes.slice());
  return parts;
}

/** So many promises at a time; the first that fails is told to whoever adds another, or ends. */
class Some {
  /** @type {Set<Promise<void>>} */
  #open = new Set();
  #most;
  /** @type {{cause: unknown}|null} */
  #failed = null;

  /** @param {number} most */
  constructor(most) {
    this.#most = most;
  }

  /** @param {Promise<void>} promise */
  async add(promise) {
    const watched = promise.catch((cause) => { this.#failed ??= { cause }; }).then(() => { this.#open.delete(watched); });
    this.#open.add(watched);
    if (this.#open.size >= this.#most) await Promise.race(this.#open);
    if (this.#failed) throw this.#failed.cause;
  }

  /** Waits for all. */
  async end() {
    await Promise.all(this.#open);
    if (this.#failed) throw this.#failed.cause;
  }
}

/**
 * Browsers refuse names that this system could run or mistake for a device.
 * @template T @param {string} name @param {(name: string) => Promise<T>} make
 */
async function allowed(name, make) {
  try {
    return await make(name);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    return make(`${name}_`);
  }
}

/** A folder that wasn't there: "floe", "floe (2)" …. @param {FileSystemDirectoryHandle} parent @param {string} name */
export async function newFolder(parent, name) {
  for (let i = 1; ; i++) {
    const numbered = i === 1 ? name : `${name} (${i})`;
    try {
      await parent.getDirectoryHandle(numbered);
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === "TypeMismatchError") continue; // a file is called so
      if (!(cause instanceof DOMException && cause.name === "NotFoundError")) throw notWritten(cause);
      return parent.getDirectoryHandle(numbered, { create: true }).catch((failed) => { throw notWritten(failed); });
    }
  }
}

/** The folder that was made before, or one in its place. @param {FileSystemDirectoryHandle} parent @param {string} name */
export function sameFolder(parent, name) {
  return parent.getDirectoryHandle(name, { create: true }).catch((failed) => { throw notWritten(failed); });
}

/**
 * Writes a file that is there whole or not at all: browsers put it in its place
 * when it is closed.
 * @param {FileSystemFileHandle} handle @param {number} size @param {AsyncIterable<Uint8Array<ArrayBuffer>>|Uint8Array<ArrayBuffer>[]} stream
 */
export async function write(handle, size, stream) {
  try {
    const out = await handle.createWritable();
    try {
      let written = 0;
      for await (const bytes of stream) {
        await out.write(bytes);
        written += bytes.length;
      }
      if (written !== size) throw cutShort(written, size);
    } catch (cause) {
      await out.abort().catch(() => {});
      throw cause;
    }
    await out.close();
    const { size: there } = await handle.getFile();
    if (there !== size) throw cutShort(there, size);
  } catch (cause) {
    await discard(handle);
    throw notWritten(cause);
  }
}

/** The picker makes an empty file; one that had something in it keeps that. @param {any} handle */
async function discard(handle) {
  try {
    if ((await handle.getFile()).size === 0) await handle.remove?.();
  } catch {
    // already gone, or not ours to remove
  }
}

/** @param {number} got @param {number} wanted */
export function cutShort(got, wanted) {
  return { code: "not_written", message: `${got} of ${wanted} bytes were written.` };
}

/** What the disk or the browser says, as trouble of the page. @param {any} cause */
export function notWritten(cause) {
  if (!(cause instanceof DOMException || cause instanceof TypeError)) return cause;
  const full = cause.name === "QuotaExceededError";
  return { code: full ? "no_room" : "not_written", message: `${cause.name}: ${cause.message}` };
}
