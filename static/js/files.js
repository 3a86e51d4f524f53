// @ts-check
// Gathers files from pickers, drops, folders and the clipboard into one form:
// a File and its path inside the parcel.

import { isLeftover } from "./names.js";

/** @typedef {import("./types").PickedFile} PickedFile */
/** @typedef {{files: PickedFile[], leftovers: number, emptyFolders: string[], unreadable: string[]}} Picked */

const ORDER = new Intl.Collator("en", { numeric: true });

/** @returns {Picked} */
function nothing() {
  return { files: [], leftovers: 0, emptyFolders: [], unreadable: [] };
}

/** @param {Picked} into @param {File} file @param {string} path */
function add(into, file, path) {
  if (isLeftover(path)) into.leftovers++;
  else into.files.push({ file, path });
}

/** From <input type=file>, also with webkitdirectory. @param {HTMLInputElement} input @returns {Picked} */
export function fromInput(input) {
  const picked = nothing();
  for (const file of input.files ?? []) add(picked, file, file.webkitRelativePath || file.name);
  input.value = "";
  return picked;
}

/**
 * From a drop; folders are walked. The entries must be taken before the event
 * ends, which is why nothing is awaited before that.
 * @param {DataTransfer} data
 * @returns {Promise<Picked>}
 */
export async function fromDrop(data) {
  const picked = nothing();
  const waiting = [...data.items].filter((item) => item.kind === "file").map((item) => {
    const entry = item.webkitGetAsEntry?.();
    const file = entry?.isDirectory ? null : item.getAsFile();
    return { entry, file };
  });
  if (!waiting.length) return fromText(data.getData("text/plain"));
  for (const { entry, file } of waiting) {
    if (file) add(picked, file, file.name);
    else if (entry) await walk(entry, picked);
  }
  return picked;
}

/** @param {FileSystemEntry} entry @param {Picked} picked */
async function walk(entry, picked) {
  const path = entry.fullPath.replace(/^\//, "");
  try {
    if (entry.isFile) {
      add(picked, await fileOf(/** @type {FileSystemFileEntry} */ (entry)), path);
      return;
    }
    const inside = await entriesOf(/** @type {FileSystemDirectoryEntry} */ (entry));
    if (!inside.length) picked.emptyFolders.push(path);
    inside.sort((a, b) => ORDER.compare(a.name, b.name));
    for (const child of inside) await walk(child, picked);
  } catch {
    picked.unreadable.push(path);
  }
}

/** @param {FileSystemFileEntry} entry @returns {Promise<File>} */
function fileOf(entry) {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** Browsers hand out a folder in parts of about a hundred. @param {FileSystemDirectoryEntry} folder */
async function entriesOf(folder) {
  const reader = folder.createReader();
  /** @type {FileSystemEntry[]} */
  const all = [];
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return all;
    all.push(...some);
  }
}

/** From a paste: files, a picture, or else text. @param {DataTransfer} data @returns {Picked} */
export function fromPaste(data) {
  const picked = nothing();
  for (const file of data.files) add(picked, file, pastedName(file));
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
  if (text.trim()) picked.files.push({ file: new File([text], name, { type: "text/plain" }), path: name });
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
