// @ts-check
// The list of files before they are sent.

import { announce, byId, cloned, within } from "./dom.js";
import { list, many, size } from "./format.js";
import { base, folded, hides, kind, shown, unique } from "./names.js";

/** @typedef {import("./types").PickedFile} PickedFile */
/** @typedef {import("./files.js").Picked} Picked */

const ROWS = 25; // shown before "show all": a folder may hold thousands

export class Staged {
  /** @type {PickedFile[]} */
  files = [];
  #all = false;
  #list = byId("files", HTMLElement);
  #more = byId("more-files", HTMLElement);
  #leftOut = byId("left-out", HTMLElement);
  #changed;

  /** @param {() => void} changed called after files came or went */
  constructor(changed) {
    this.#changed = changed;
    within(this.#more, "button", HTMLButtonElement).addEventListener("click", () => {
      this.#all = true;
      this.#draw();
      within(this.#list, `li:nth-child(${ROWS + 1}) button`, HTMLButtonElement).focus();
    });
  }

  get total() {
    return this.files.reduce((sum, { file }) => sum + file.size, 0);
  }

  /** @param {Picked} picked */
  add(picked) {
    const taken = new Set(this.files.map(({ path }) => folded(path)));
    for (const { file, path } of picked.files) this.files.push({ file, path: unique(path, taken) });
    this.#tellLeftOut(picked);
    if (picked.files.length) {
      announce(`${many(picked.files.length, "file")} added. ${this.words()} in the list.`);
    }
    this.#draw();
    this.#changed();
  }

  clear() {
    this.files = [];
    this.#all = false;
    this.#leftOut.hidden = true;
    this.#draw();
    this.#changed();
  }

  /** "3 files, 664 MB" */
  words() {
    return `${many(this.files.length, "file")}, ${size(this.total)}`;
  }

  /** @param {PickedFile} picked @param {Element} row */
  #remove(picked, row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    const at = next ? [...this.#list.children].indexOf(next) - (row.nextElementSibling ? 1 : 0) : -1;
    this.files = this.files.filter((other) => other !== picked);
    announce(`${shown(picked.path)} removed. ${this.words()} left.`);
    this.#draw();
    this.#changed();
    const button = this.#list.children[at]?.querySelector("button");
    (button ?? byId("title", HTMLElement)).focus();
  }

  #draw() {
    const visible = this.#all ? this.files : this.files.slice(0, ROWS);
    this.#list.replaceChildren(...visible.map((picked) => this.#row(picked)));
    this.#more.hidden = visible.length === this.files.length;
    within(this.#more, "button", HTMLButtonElement).textContent = `Show all ${this.files.length.toLocaleString("en")}`;
    byId("total", HTMLElement).textContent = this.words();
  }

  /** @param {PickedFile} picked */
  #row(picked) {
    const row = cloned("file-row");
    const { file, path } = picked;
    const name = shown(path);
    const about = kind(base(path));
    within(row, "use", SVGUseElement).setAttribute("href", `#kind-${about.icon}`);
    within(row, ".name", HTMLElement).textContent = name;
    const meta = within(row, ".meta", HTMLElement);
    meta.textContent = `${size(file.size)} · ${about.words}`;
    if (hides(path)) meta.append(" · its name has hidden characters");
    const remove = within(row, "[data-remove]", HTMLButtonElement);
    remove.setAttribute("aria-label", `Remove ${name}`);
    remove.addEventListener("click", () => this.#remove(picked, row));
    return row;
  }

  /** @param {Picked} picked */
  #tellLeftOut({ leftovers, emptyFolders, unreadable }) {
    const words = [];
    if (leftovers) words.push(`Left out: ${many(leftovers, "file")} that a system keeps in folders, such as .DS_Store.`);
    if (emptyFolders.length) words.push(`Left out, being empty: ${some(emptyFolders)}.`);
    if (unreadable.length) words.push(`Couldn’t be read: ${some(unreadable)}.`);
    if (!words.length) return;
    this.#leftOut.textContent = words.join(" ");
    this.#leftOut.hidden = false;
    announce(words.join(" "));
  }
}

/** The first few, and how many more. @param {string[]} paths */
function some(paths) {
  const names = paths.slice(0, 3).map(shown);
  const rest = paths.length - names.length;
  return list(rest ? [...names, `${rest} more`] : names);
}
