// @ts-check
// Finds the files of an interrupted parcel again: by handles, where the browser
// gave some, or among those that are chosen anew.

import { base } from "./names.js";

/** @typedef {import("./types").PickedFile} PickedFile */
/** @typedef {import("./types").Wanted} Wanted */

const AT_ONCE = 64;

/** Files to be found again. */
export class Lost {
  /** @type {PickedFile[]} */
  files = [];
  #wanted;
  /** Places in the list, by all that tells a file. @type {Map<string, number[]>} */
  #places = new Map();
  /** Paths of what was found, but isn't the same. @type {Set<string>} */
  #changed = new Set();

  /** @param {Wanted} wanted */
  constructor(wanted) {
    this.#wanted = wanted;
    wanted.files.forEach(({ path, inside, size, file }, at) => {
      if (file) this.files[at] = { file, path };
      for (const key of new Set([path, inside || path, `${base(inside || path)}\0${size}`])) {
        this.#places.set(key, [...this.#places.get(key) ?? [], at]);
      }
    });
  }

  get count() {
    return this.#wanted.files.length;
  }

  get complete() {
    return this.#wanted.files.every((_, at) => this.files[at]);
  }

  /** Paths of what wasn't found. */
  get missing() {
    return this.#wanted.files.filter(({ path }, at) => !this.files[at] && !this.#changed.has(path)).map(({ path }) => path);
  }

  /** Paths of what was found and isn't the same any more. */
  get changed() {
    return this.#wanted.files.filter(({ path }, at) => !this.files[at] && this.#changed.has(path)).map(({ path }) => path);
  }

  /** Takes a file if it is one of those, wherever it lies now. @param {PickedFile} picked */
  offer({ file, path }) {
    for (const key of [path, `${base(path)}\0${file.size}`]) {
      for (const at of this.#places.get(key) ?? []) {
        if (!this.files[at] && this.#put(at, file)) return;
      }
    }
  }

  /** @param {number} at @param {File} file */
  #put(at, file) {
    const { path, size } = this.#wanted.files[at];
    if (file.size !== size) {
      this.#changed.add(path);
      return false;
    }
    this.files[at] = { file, path };
    return true;
  }

  /** Reads what the handles reach, which the browser may have to ask for first. */
  async fromHandles() {
    const roots = await this.#allowed();
    const folders = new Folders();
    const places = this.#wanted.files.flatMap(({ root }, at) => roots[root] && !this.files[at] ? [at] : []);
    for (let i = 0; i < places.length; i += AT_ONCE) {
      await Promise.all(places.slice(i, i + AT_ONCE).map(async (at) => {
        const { root, inside } = this.#wanted.files[at];
        try {
          this.#put(at, await folders.file(roots[root], inside));
        } catch {
          // it was moved, and counts as missing
        }
      }));
    }
  }

  /** The handles that may be used. Browsers ask for all at once; who refuses one isn't asked for the next. */
  async #allowed() {
    const { roots } = this.#wanted;
    /** @type {boolean[]} */
    const can = [];
    for (let i = 0; i < roots.length; i += AT_ONCE) {
      can.push(...await Promise.all(roots.slice(i, i + AT_ONCE).map((handle) => allowed(handle, "queryPermission"))));
    }
    let willing = true;
    for (let i = 0; i < roots.length && willing; i++) {
      if (!can[i]) can[i] = willing = await allowed(roots[i], "requestPermission");
    }
    return roots.map((handle, i) => can[i] ? handle : null);
  }
}

/** @param {any} handle @param {"queryPermission"|"requestPermission"} how */
async function allowed(handle, how) {
  try {
    return await handle[how]({ mode: "read" }) === "granted";
  } catch {
    return false; // nothing was pressed, or not lately enough
  }
}

/** Folders that were walked into. */
class Folders {
  /** @type {Map<any, Map<string, Promise<any>>>} */
  #known = new Map();

  /** @param {any} root @param {string} inside the root's name, then the way @returns {Promise<File>} */
  async file(root, inside) {
    if (root.kind === "file") return root.getFile();
    const way = inside.split("/").slice(1);
    const name = way.pop() ?? "";
    const folder = await this.#folder(root, way);
    return (await folder.getFileHandle(name)).getFile();
  }

  /** @param {any} root @param {string[]} way @returns {Promise<any>} */
  #folder(root, way) {
    if (!way.length) return Promise.resolve(root);
    const known = this.#known.get(root) ?? new Map();
    this.#known.set(root, known);
    const path = way.join("/");
    const folder = known.get(path) ?? this.#folder(root, way.slice(0, -1)).then((above) => above.getDirectoryHandle(way[way.length - 1]));
    known.set(path, folder);
    return folder;
  }
}
