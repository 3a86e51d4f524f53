// @ts-check
// An opened parcel: its files by name, each to be looked at or saved, or all
// at once. Nothing is called saved before the engine has checked its last byte.

import { announce, byId, cloned, element, headline, saveAs, within } from "./dom.js";
import { many, manyInWords, shortDay, size } from "./format.js";
import { base, hides, kind, shown } from "./names.js";
import { engine } from "./net.js";
import { Preview, previewable } from "./preview.js";
import { calm, failureOf, troubleBox } from "./trouble.js";
import { percent, rest, work } from "./vitals.js";

/** @typedef {import("./types").Opened} Opened */
/** @typedef {import("./types").OpenedFile} OpenedFile */
/** @typedef {import("./types").Progress} Progress */

const ROWS = 40; // shown before "show all"
const FEW = 8; // files; with more, "save all" comes first
const KEEP = 32e6; // bytes of one file that is kept after it was looked at

export class Parcel {
  /** @type {Opened|null} */
  open = null;
  /** @type {Map<number, Blob>} */
  #kept = new Map();
  #show;
  #trouble;
  #preview = new Preview();
  #list = byId("open-list", HTMLElement);

  /**
   * @param {(progress: Progress) => void} progress shows which nodes gave something, and waits
   * @param {(failure: import("./types").Failure, whole: boolean) => void} trouble
   */
  constructor(progress, trouble) {
    this.#show = progress;
    this.#trouble = trouble;
    byId("save-all", HTMLElement).addEventListener("click", () => this.#saveAll());
    within(byId("more-files", HTMLElement), "button", HTMLElement).addEventListener("click", () => {
      this.#draw(Infinity);
      within(this.#list, `li:nth-child(${ROWS + 1}) button:not([hidden])`, HTMLElement).focus();
    });
  }

  clear() {
    this.open = null;
    this.#kept.clear();
    this.#list.replaceChildren();
  }

  /** @param {Opened} opened */
  show(opened) {
    this.clear();
    this.open = opened;
    const { files, sender, endsAt } = opened;
    headline(`${manyInWords(files.length, "file")} for you`);
    const from = element("strong", {}, sender.short.split(/[\s·…]+/).filter(Boolean).join(" · "));
    byId("lead", HTMLElement).replaceChildren("From ", from, ` … Opens until ${shortDay(endsAt)}. Decrypted here, in this page.`);
    byId("lead", HTMLElement).hidden = false;
    byId("sender-known", HTMLElement).textContent = sender.known
      ? "This device has opened files of the same sender before. Their twelve words:"
      : "This device has not met this sender before. If it matters who it is, have them read their twelve words to you:";
    byId("sender-words", HTMLElement).textContent = sender.words;
    byId("save-all", HTMLElement).textContent = `Save all (${size(opened.total)})`;
    byId("saved-all", HTMLElement).hidden = true;
    const all = byId("all", HTMLElement);
    if (files.length > FEW) this.#list.before(all);
    else byId("sender", HTMLElement).before(all);
    this.#draw(ROWS);
    announce(`${many(files.length, "file")}, ${size(opened.total)}.`);
  }

  /** @param {number} rows */
  #draw(rows) {
    const files = this.open?.files ?? [];
    this.#list.replaceChildren(...files.slice(0, rows).map((file) => this.#row(file)));
    const more = byId("more-files", HTMLElement);
    more.hidden = files.length <= rows;
    within(more, "button", HTMLElement).textContent = `Show all ${files.length.toLocaleString("en")}`;
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
    look.setAttribute("aria-label", `Open ${name}`);
    save.setAttribute("aria-label", `Save ${name}`);
    look.hidden = !previewable(file);
    save.addEventListener("click", () => this.#save(file, row));
    look.addEventListener("click", () => this.#look(file, row));
    row.addEventListener("click", ({ target }) => {
      const onButton = target instanceof Element && target.closest("button");
      if (!onButton && !look.hidden && !getSelection()?.toString()) this.#look(file, row);
    });
    return row;
  }

  /** @param {OpenedFile} file @param {HTMLElement} row */
  async #look(file, row) {
    const blob = await this.#read(file, row);
    if (!blob) return;
    this.#preview.show(file, blob, () => this.#save(file, row));
    if (this.#preview.picture) {
      within(row, ".tile", HTMLElement).replaceChildren(element("img", { src: this.#preview.picture, alt: "" }));
    }
  }

  /** @param {OpenedFile} file @param {HTMLElement} row */
  async #save(file, row) {
    const blob = await this.#read(file, row);
    if (!blob) return;
    saveAs(new Blob([blob], { type: "application/octet-stream" }), base(file.path || file.name));
    within(row, ".saved", HTMLElement).hidden = false;
    announce(`${shown(file.name)}: saved and checked.`);
  }

  /**
   * The file, whole and verified, or null when that failed and was said.
   * @param {OpenedFile} file @param {HTMLElement} row
   * @returns {Promise<Blob|null>}
   */
  async #read(file, row) {
    const kept = this.#kept.get(file.index);
    if (kept) return kept;
    const reading = within(row, ".reading", HTMLElement);
    if (!this.open || !reading.hidden) return null;
    const bar = within(reading, "progress", HTMLProgressElement);
    bar.setAttribute("aria-label", `Reading ${shown(file.name)}`);
    try {
      const job = (await engine()).read({ parcelId: this.open.parcelId, index: file.index }, (p) => this.#progress(bar, p));
      const stop = within(reading, "[data-stop]", HTMLButtonElement);
      stop.onclick = () => job.cancel();
      stop.setAttribute("aria-label", `Cancel reading ${shown(file.name)}`);
      bar.removeAttribute("value");
      reading.hidden = false;
      calm(troubleBox());
      const blob = await job.promise;
      if (blob.size <= KEEP) this.#kept.set(file.index, blob);
      return blob;
    } catch (cause) {
      this.#tell(cause);
      return null;
    } finally {
      reading.hidden = true;
    }
  }

  async #saveAll() {
    if (!this.open) return;
    const button = byId("save-all", HTMLButtonElement);
    const stop = byId("stop-all", HTMLButtonElement);
    const bar = byId("all-progress", HTMLProgressElement);
    button.disabled = true;
    bar.removeAttribute("value");
    byId("saved-all", HTMLElement).hidden = true;
    announce("Saving all.");
    work();
    try {
      const job = (await engine()).saveAll({ parcelId: this.open.parcelId }, (p) => this.#progress(bar, p));
      stop.onclick = () => job.cancel();
      stop.hidden = bar.hidden = false;
      calm(troubleBox());
      saveAs(await job.promise, zipName());
      byId("saved-all", HTMLElement).hidden = false;
      announce("All saved and checked.");
      rest("Saved");
    } catch (cause) {
      rest();
      this.#tell(cause);
    } finally {
      button.disabled = false;
      stop.hidden = bar.hidden = true;
    }
  }

  /** @param {HTMLProgressElement} bar @param {Progress} progress */
  #progress(bar, progress) {
    if (progress.total > 0) bar.value = Math.min(99, (progress.acked / progress.total) * 100);
    percent(bar.value, "read");
    this.#show(progress);
  }

  /** @param {unknown} cause */
  #tell(cause) {
    const failure = failureOf(cause);
    if (failure.code === "cancelled") announce("Cancelled.");
    else this.#trouble(failure, false);
  }
}

function zipName() {
  const now = new Date();
  return `floe ${new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)}.zip`;
}
