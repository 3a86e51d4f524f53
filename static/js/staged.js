// @ts-check
// The list of files before they are sent.

import { announce, byId, calmly, cloned, headline, within } from "./dom.js";
import { list, many, size } from "./format.js";
import { base, folded, hides, kind, shown, unique } from "./names.js";

/** @typedef {import("./types").PickedFile} PickedFile */
/** @typedef {import("./files.js").Picked} Picked */

const ROWS = 25; // shown before "show all": a folder may hold thousands …
const MORE = 500; // … and is shown by so many
const SOON = 2000; // fewer files are there before anybody wonders

export class Staged {
  /** @type {PickedFile[]} */
  files = [];
  /** Bytes of all files. */
  total = 0;
  #rows = ROWS;
  #taken = new Set();
  #adding = Promise.resolve();
  #turn = 0;
  #list = byId("files", HTMLElement);
  #more = byId("more-files", HTMLElement);
  #leftOut = byId("left-out", HTMLElement);
  #changed;

  /** @param {() => void} changed called after files came or went */
  constructor(changed) {
    this.#changed = changed;
    within(this.#more, "button", HTMLButtonElement).addEventListener("click", () => {
      const before = this.#rows;
      this.#rows += MORE;
      this.#draw();
      within(this.#list, `li:nth-child(${before + 1}) button`, HTMLButtonElement).focus();
    });
  }

  /** @param {Picked} picked */
  add(picked) {
    this.#adding = this.#adding.then(() => this.#add(picked));
    return this.#adding;
  }

  /** @param {Picked} picked */
  async #add(picked) {
    const turn = this.#turn, taken = this.#taken;
    const words = many(picked.files.length, "file");
    if (picked.files.length >= SOON) headline(`Adding ${words} …`, false);
    /** @type {PickedFile[]} */
    const added = [];
    let bytes = 0;
    await calmly(picked.files, (file) => {
      added.push({ ...file, path: unique(file.path, taken) });
      bytes += file.file.size;
    });
    if (turn !== this.#turn) return; // the list was cleared
    this.files = this.files.concat(added);
    this.total += bytes;
    this.#tellLeftOut(picked);
    if (picked.files.length) announce(`${words} added. ${this.words()} in the list.`);
    this.#draw();
    this.#changed();
  }

  clear() {
    this.#turn++;
    this.files = [];
    this.total = 0;
    this.#taken = new Set();
    this.#rows = ROWS;
    this.#leftOut.hidden = true;
    this.#draw();
    this.#changed();
  }

  /** Whether these are the files. @param {PickedFile[]} files */
  same(files) {
    return files.length === this.files.length && files.every((picked, i) => picked === this.files[i]);
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
    this.total -= picked.file.size;
    this.#taken.delete(folded(picked.path));
    announce(`${shown(picked.path)} removed. ${this.words()} left.`);
    this.#draw();
    this.#changed();
    const button = this.#list.children[at]?.querySelector("button");
    (button ?? byId("title", HTMLElement)).focus();
  }

  #draw() {
    const visible = this.files.slice(0, this.#rows);
    this.#list.replaceChildren(...visible.map((picked) => this.#row(picked)));
    const all = this.files.length, left = all - visible.length;
    this.#more.hidden = !left;
    within(this.#more, "button", HTMLButtonElement).textContent = left <= MORE ? `Show all ${all.toLocaleString("en")}` : `Show ${MORE} more of ${all.toLocaleString("en")}`;
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
