// @ts-check
// Gathers files from pickers, drops, folders and the clipboard into one form:
// a File and its path inside the parcel.

import { calmly } from "./dom.js";
import { isLeftover } from "./names.js";

/** @typedef {import("./types").PickedFile} PickedFile */
/** @typedef {{files: PickedFile[], leftovers: number, emptyFolders: string[], unreadable: string[]}} Picked */

const AT_ONCE = 64; // files asked for at a time
const ORDER = new Intl.Collator("en", { numeric: true });

/** @returns {Picked} */
function nothing() {
  return { files: [], leftovers: 0, emptyFolders: [], unreadable: [] };
}

/** @param {Picked} into @param {File} file @param {string} path @param {FileSystemHandle|null} [root] what it was found in, by that path */
function add(into, file, path, root) {
  if (isLeftover(path)) into.leftovers++;
  else into.files.push(root ? { file, path, root, inside: path } : { file, path });
}

/** From <input type=file>, also with webkitdirectory. @param {HTMLInputElement} input @returns {Promise<Picked>} */
export async function fromInput(input) {
  const picked = nothing();
  await calmly(input.files ?? [], (file) => add(picked, file, file.webkitRelativePath || file.name));
  input.value = "";
  return picked;
}

/**
 * From a picker, in its order. Each file is found again by a handle of its own.
 * @param {FileSystemFileHandle[]} handles
 * @returns {Promise<Picked>}
 */
export async function fromHandles(handles) {
  const picked = nothing();
  for (let i = 0; i < handles.length; i += AT_ONCE) {
    await addAll(handles.slice(i, i + AT_ONCE), picked, (handle) => handle.getFile(), (handle) => handle.name, (handle) => handle);
  }
  return picked;
}

/**
 * From a drop; folders are walked. The entries must be taken before the event
 * ends, which is why nothing is awaited before that. Where a browser gives
 * handles besides, a page can come back to the files after it was closed.
 * @param {DataTransfer} data
 * @returns {Promise<Picked>}
 */
export async function fromDrop(data) {
  const picked = nothing();
  const waiting = [...data.items].filter((item) => item.kind === "file").map((item) => {
    const entry = item.webkitGetAsEntry?.();
    const file = entry?.isDirectory ? null : item.getAsFile();
    return { entry, file, handle: handleOf(item) };
  });
  if (!waiting.length) return fromText(data.getData("text/plain"));
  for (const { entry, file, handle } of waiting) {
    const root = await handle;
    if (file) add(picked, file, file.name, root);
    else if (entry) await walk(entry, picked, root);
  }
  return picked;
}

/** @param {any} item @returns {Promise<FileSystemHandle|null>} */
async function handleOf(item) {
  try {
    return await item.getAsFileSystemHandle?.() ?? null;
  } catch {
    return null; // then it can be picked again
  }
}

/** @param {FileSystemEntry} entry @param {Picked} picked @param {FileSystemHandle|null} root */
async function walk(entry, picked, root) {
  const path = pathOf(entry);
  try {
    if (entry.isFile) {
      add(picked, await fileOf(entry), path, root);
      return;
    }
    const inside = await entriesOf(/** @type {FileSystemDirectoryEntry} */ (entry));
    if (!inside.length) picked.emptyFolders.push(path);
    await walkAll(inside, picked, root);
  } catch {
    picked.unreadable.push(path);
  }
}

/** Files side by side, folders one after the other. @param {FileSystemEntry[]} inside @param {Picked} picked @param {FileSystemHandle|null} root */
async function walkAll(inside, picked, root) {
  for (let i = 0; i < inside.length;) {
    if (inside[i].isDirectory) {
      await walk(inside[i++], picked, root);
      continue;
    }
    /** @type {FileSystemEntry[]} */
    const some = [];
    while (i < inside.length && inside[i].isFile && some.length < AT_ONCE) some.push(inside[i++]);
    await addAll(some, picked, fileOf, pathOf, () => root);
  }
}

/**
 * Adds files side by side, in their order.
 * @template T
 * @param {T[]} some @param {Picked} picked
 * @param {(one: T) => Promise<File>} fileOf @param {(one: T) => string} pathOf @param {(one: T) => FileSystemHandle|null} rootOf
 */
async function addAll(some, picked, fileOf, pathOf, rootOf) {
  const files = await Promise.all(some.map((one) => fileOf(one).catch(() => null)));
  files.forEach((file, at) => {
    if (file) add(picked, file, pathOf(some[at]), rootOf(some[at]));
    else picked.unreadable.push(pathOf(some[at]));
  });
}

/** @param {FileSystemEntry} entry */
function pathOf(entry) {
  return entry.fullPath.replace(/^\//, "");
}

/** @param {FileSystemEntry} entry @returns {Promise<File>} */
function fileOf(entry) {
  return new Promise((resolve, reject) => /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject));
}

/** Browsers hand out a folder in parts of about a hundred. @param {FileSystemDirectoryEntry} folder */
async function entriesOf(folder) {
  const reader = folder.createReader();
  /** @type {FileSystemEntry[]} */
  const all = [];
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return inOrder(all);
    all.push(...some);
  }
}

/** As people sort them; merged bit by bit, since comparing so is slow. @param {FileSystemEntry[]} entries */
async function inOrder(entries) {
  /** @param {FileSystemEntry} a @param {FileSystemEntry} b */
  const compare = (a, b) => ORDER.compare(a.name, b.name);
  /** @type {FileSystemEntry[][]} */
  let runs = [];
  for (let i = 0; i < entries.length; i += 256) runs.push(entries.slice(i, i + 256));
  await calmly(runs, (run) => { run.sort(compare); });
  while (runs.length > 1) {
    const merged = [];
    for (let i = 0; i < runs.length; i += 2) merged.push(i + 1 < runs.length ? await merge(runs[i], runs[i + 1], compare) : runs[i]);
    runs = merged;
  }
  return runs[0] ?? [];
}

/**
 * @template T
 * @param {T[]} a @param {T[]} b @param {(a: T, b: T) => number} compare
 */
async function merge(a, b, compare) {
  /** @type {T[]} */
  const all = [];
  let i = 0, j = 0;
  await calmly({ *[Symbol.iterator]() { while (i < a.length || j < b.length) yield; } }, () => {
    all.push(j >= b.length || (i < a.length && compare(a[i], b[j]) <= 0) ? a[i++] : b[j++]);
  });
  return all;
}

/** From a paste: files, a picture, or else text. @param {DataTransfer} data @returns {Picked} */
export function fromPaste(data) {
  const picked = nothing();
  for (const file of data.files) picked.files.push({ file, path: pastedName(file), made: true });
  return picked.files.length ? picked : fromText(data.getData("text/plain"));
}

/** Browsers call every pasted picture image.png. @param {File} file */
function pastedName(file) {
  const ending = /^image\.(\w+)$/.exec(file.name);
  return ending ? `picture ${stamp()}.${ending[1]}` : file.name || `file ${stamp()}`;
}

/** @param {string} text @param {string} [name] @returns {Picked} */
export function fromText(text, name = `text ${stamp()}.txt`) {
  const picked = nothing();
  if (text.trim()) picked.files.push({ file: new File([text], name, { type: "text/plain" }), path: name, made: true });
  return picked;
}

/** "2026-11-22 14.03.09", fit for a file's name everywhere. */
function stamp() {
  const now = new Date();
  /** @param {number} n */
  const two = (n) => String(n).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())} ` +
    `${two(now.getHours())}.${two(now.getMinutes())}.${two(now.getSeconds())}`;
}

/**
 * The first file that can't be read any more, if any: moved, changed or locked
 * since it was picked.
 * @param {PickedFile[]} files
 * @returns {Promise<PickedFile|null>}
 */
export async function firstGone(files) {
  for (const picked of files.slice(0, 500)) {
    try {
      await picked.file.slice(0, 1).arrayBuffer();
    } catch {
      return picked;
    }
  }
  return null;
}
