// @ts-check
// The list of an opened parcel's files. Of many, the first are drawn and the
// others when they are asked for, a few hundred at a time, or found by name.

import { announce, breath, byId, cloned, within } from "./dom.js";
import { many, size } from "./format.js";
import { base, hides, kind, shown } from "./names.js";
import { previewable } from "./preview.js";

/** @typedef {import("./types").OpenedFile} OpenedFile */
/** @typedef {(file: OpenedFile, row: HTMLElement) => void} Act */

const FIRST = 40; // rows
const STEP = 400;

export class FileList {
  /** @type {OpenedFile[]} */
  #files = [];
  /** Their paths as they are searched, made when first needed. @type {string[]|null} */
  #paths = null;
  /** @type {OpenedFile[]} */
  #found = [];
  /** @type {WeakMap<OpenedFile, HTMLElement>} */
  #rows = new WeakMap();
  #drawn = 0;
  #drawing = new AbortController();
  #list = byId("open-list", HTMLElement);
  #more = byId("more-files", HTMLElement);
  #find = byId("find", HTMLInputElement);
  #look;
  #save;

  /** @param {Act} look @param {Act} save */
  constructor(look, save) {
    this.#look = look;
    this.#save = save;
    this.#find.addEventListener("input", () => this.#filter());
    within(this.#more, "button", HTMLElement).addEventListener("click", () => {
      const from = this.#drawn;
      this.#drawMore();
      within(this.#list, `li:nth-child(${from + 1}) button:not([hidden])`, HTMLElement).focus();
    });
  }

  /** @param {OpenedFile[]} files */
  show(files) {
    this.#files = this.#found = files;
    this.#paths = null;
    this.#find.value = "";
    byId("finding", HTMLElement).hidden = files.length <= FIRST;
    this.#begin();
  }

  #filter() {
    const words = this.#find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const paths = this.#paths ??= this.#files.map(({ path, name }) => (path || name).toLowerCase());
    this.#found = this.#files.filter((_, i) => words.every((word) => paths[i].includes(word)));
    this.#begin();
    announce(`${many(this.#found.length, "file")} found.`);
  }

  #begin() {
    this.#drawing.abort();
    this.#list.replaceChildren();
    this.#drawn = 0;
    this.#draw(FIRST);
  }

  /** Draws more without keeping the page from answering. */
  async #drawMore() {
    const { signal } = this.#drawing = new AbortController();
    for (let left = STEP; left > 0 && !signal.aborted; left -= FIRST) {
      this.#draw(FIRST);
      await breath();
    }
  }

  /** The row of a file, which is drawn if it wasn't. @param {OpenedFile} file @returns {HTMLElement} */
  row(file) {
    const drawn = this.#rows.get(file);
    if (drawn?.isConnected) return drawn;
    const row = this.#row(file);
    this.#list.prepend(row);
    return row;
  }

  /** @param {number} rows */
  #draw(rows) {
    const some = this.#found.slice(this.#drawn, this.#drawn + rows);
    this.#list.append(...some.map((file) => this.#row(file)));
    this.#drawn += some.length;
    const left = this.#found.length - this.#drawn;
    this.#more.hidden = left === 0;
    within(this.#more, "button", HTMLElement).textContent = left > STEP
      ? `Show ${STEP} more of ${left.toLocaleString("en")}`
      : `Show all ${this.#found.length.toLocaleString("en")}`;
  }

  /** @param {OpenedFile} file */
  #row(file) {
    const row = cloned("file-row");
    const path = file.path || file.name;
    const name = shown(path);
    const about = kind(base(path));
    within(row, "use", SVGUseElement).setAttribute("href", `#kind-${about.icon}`);
    within(row, ".name", HTMLElement).textContent = name;
    within(row, ".meta", HTMLElement).textContent =
      `${size(file.size)} · ${about.words}${hides(path) ? " · its name has hidden characters" : ""}`;
    const look = within(row, "[data-open]", HTMLButtonElement);
    const save = within(row, "[data-save]", HTMLButtonElement);
    look.textContent = about.icon === "video" || about.icon === "sound" ? "Play" : "Open";
    look.setAttribute("aria-label", `${look.textContent} ${name}`);
    save.setAttribute("aria-label", `Save ${name}`);
    look.hidden = !previewable(file);
    save.addEventListener("click", () => this.#save(file, row));
    look.addEventListener("click", () => this.#look(file, row));
    row.addEventListener("click", ({ target }) => {
      const onButton = target instanceof Element && target.closest("button");
      if (!onButton && !look.hidden && !getSelection()?.toString()) this.#look(file, row);
    });
    this.#rows.set(file, row);
    return row;
  }
}
