// @ts-check
// An opened parcel: its files by name, each to be looked at or saved, or all at
// once. Nothing is called saved before its last byte was checked and written.

import { announce, byId, element, headline, move, reword, saveAs, within } from "./dom.js";
import { many, manyInWords, shortDay, size, sizeOf } from "./format.js";
import { FileList } from "./list.js";
import { base, shown } from "./names.js";
import { engine } from "./net.js";
import { ahead, Preview } from "./preview.js";
import { allName, save, saveFolder, savesFolders, SMALL } from "./saving.js";
import { calm, failureOf, troubleBox } from "./trouble.js";
import { percent, rest, work } from "./vitals.js";

/** @typedef {import("./types").Opened} Opened */
/** @typedef {import("./types").OpenedFile} OpenedFile */
/** @typedef {import("./types").Progress} Progress */
/** @template T @typedef {import("./types").Job<T>} Job */

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
  #list = new FileList((file, row) => this.#look(file, row), (file, row) => this.#save(file, row));

  /**
   * @param {(progress: Progress) => void} progress shows which nodes gave something, and waits
   * @param {(failure: import("./types").Failure, whole: boolean) => void} trouble
   */
  constructor(progress, trouble) {
    this.#show = progress;
    this.#trouble = trouble;
    byId("save-all", HTMLElement).addEventListener("click", () => this.#saveAll());
    byId("save-folder", HTMLElement).addEventListener("click", () => this.#saveFolder());
  }

  clear() {
    this.open = null;
    this.#kept.clear();
    this.#list.show([]);
    byId("halted", HTMLElement).hidden = true;
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
    byId("save-folder", HTMLElement).hidden = files.length < 2 || !savesFolders();
    byId("saved-all", HTMLElement).hidden = true;
    const all = byId("all", HTMLElement);
    if (files.length > FEW) byId("finding", HTMLElement).before(all);
    else byId("sender", HTMLElement).before(all);
    this.#list.show(files);
    announce(`${many(files.length, "file")}, ${size(opened.total)}.`);
    this.#tellHalted();
  }

  /** @param {OpenedFile} file @param {HTMLElement} row */
  async #look(file, row) {
    const { parcelId } = this.open ?? {};
    if (!parcelId) return;
    const length = ahead(file);
    const read = (/** @type {number} */ offset, /** @type {number} */ n) =>
      engine().then((own) => own.read({ parcelId, index: file.index, offset, length: n }, (progress) => this.#show(progress)).promise);
    const blob = length ? await this.#read(file, row, length) : new Blob();
    if (!blob) return;
    await this.#preview.show(file, blob, { parcelId, read, save: () => this.#save(file, row), progress: (progress) => this.#show(progress) });
    if (this.#preview.picture) {
      within(row, ".tile", HTMLElement).replaceChildren(element("img", { src: this.#preview.picture, alt: "" }));
    }
  }

  /** @param {OpenedFile} file @param {HTMLElement} row @param {FileSystemFileHandle|null} [known] */
  async #save(file, row, known) {
    if (!this.open) return;
    const name = base(file.path || file.name);
    const kept = this.#kept.get(file.index);
    const what = { parcelId: this.open.parcelId, index: file.index, name, size: file.size };
    if (kept?.size === file.size) saveAs(new Blob([kept], { type: "application/octet-stream" }), name);
    else {
      if (file.size > SMALL) work();
      const saved = await this.#busy(file, row, "Saving", (progress) => save(what, progress, known));
      if (file.size > SMALL) rest();
      if (!saved) return;
    }
    within(row, ".saved", HTMLElement).hidden = false;
    announce(`${shown(file.name)}: saved and checked.`);
  }

  /**
   * As much of the file as is asked for, verified, or null when that failed and was said.
   * @param {OpenedFile} file @param {HTMLElement} row @param {number} length
   * @returns {Promise<Blob|null>}
   */
  async #read(file, row, length) {
    const kept = this.#kept.get(file.index);
    if (kept && kept.size >= length || !this.open) return kept ?? null;
    const { parcelId } = this.open;
    const read = await this.#busy(file, row, "Reading", async (progress) =>
      (await engine()).read({ parcelId, index: file.index, offset: 0, length }, progress));
    if (!read) return null;
    if (length <= KEEP) this.#kept.set(file.index, read.result);
    return read.result;
  }

  /**
   * Shows in a file's row what goes on with it. Null: that failed, and was said.
   * @template T
   * @param {OpenedFile} file @param {HTMLElement} row @param {string} verb
   * @param {(progress: (progress: Progress) => void) => Job<T>|Promise<Job<T>>} begin
   * @returns {Promise<{result: T}|null>}
   */
  async #busy(file, row, verb, begin) {
    const reading = within(row, ".reading", HTMLElement);
    if (!reading.hidden) return null;
    const bar = within(reading, "progress", HTMLProgressElement);
    const amount = within(reading, ".amount", HTMLElement);
    const stop = within(reading, "[data-stop]", HTMLButtonElement);
    bar.setAttribute("aria-label", `${verb} ${shown(file.name)}`);
    bar.removeAttribute("value");
    amount.textContent = "";
    within(row, ".saved", HTMLElement).hidden = true;
    reading.hidden = false;
    calm(troubleBox());
    try {
      const job = await begin((progress) => this.#progress(bar, amount, progress));
      stop.onclick = () => job.cancel();
      stop.setAttribute("aria-label", `Cancel ${verb.toLowerCase()} ${shown(file.name)}`);
      return { result: await job.promise };
    } catch (cause) {
      this.#tell(cause);
      return null;
    } finally {
      reading.hidden = true;
    }
  }

  /** @param {FileSystemFileHandle|null} [known] */
  async #saveAll(known) {
    if (!this.open) return;
    const what = { parcelId: this.open.parcelId, index: null, name: `${allName()}.zip`, size: this.open.zipSize };
    if (await this.#allBusy((progress) => save(what, progress, known))) this.#savedAll("Saved and checked ✓");
  }

  /** @param {import("./types").Halted|null} [halted] */
  async #saveFolder(halted) {
    const { open } = this;
    if (!open) return;
    const done = await this.#allBusy((progress) => saveFolder(open, allName(), progress, halted));
    if (!done) return;
    const { name, renamed } = done.result;
    this.#savedAll(`Saved and checked in “${name}” ✓${renamed ? ` ${many(renamed, "name")} had to be changed for this system.` : ""}`);
  }

  /** @param {string} words */
  #savedAll(words) {
    byId("saved-all", HTMLElement).textContent = words;
    byId("saved-all", HTMLElement).hidden = false;
    announce("All saved and checked.");
    rest("Saved");
  }

  /**
   * @template T
   * @param {(progress: (progress: Progress) => void) => Job<T>} begin
   * @returns {Promise<{result: T}|null>}
   */
  async #allBusy(begin) {
    const buttons = [byId("save-all", HTMLButtonElement), byId("save-folder", HTMLButtonElement)];
    const stop = byId("stop-all", HTMLButtonElement);
    const bar = byId("all-progress", HTMLProgressElement);
    const amount = byId("all-amount", HTMLElement);
    for (const button of buttons) button.disabled = true;
    bar.removeAttribute("value");
    amount.textContent = "";
    byId("saved-all", HTMLElement).hidden = byId("halted", HTMLElement).hidden = true;
    announce("Saving all.");
    work();
    try {
      const job = begin((progress) => this.#progress(bar, amount, progress));
      stop.onclick = () => job.cancel();
      stop.hidden = bar.hidden = amount.hidden = false;
      calm(troubleBox());
      return { result: await job.promise };
    } catch (cause) {
      rest();
      this.#tell(cause);
      return null;
    } finally {
      for (const button of buttons) button.disabled = false;
      stop.hidden = bar.hidden = amount.hidden = true;
    }
  }

  /** @param {HTMLProgressElement} bar @param {HTMLElement} amount @param {Progress} progress */
  #progress(bar, amount, progress) {
    if (progress.total > 0) {
      move(bar, Math.min(0.99, progress.acked / progress.total));
      reword(amount, sizeOf(progress.acked, progress.total));
    }
    percent(bar.value, "read");
    this.#show(progress);
  }

  /** Offers to go on with a saving that was begun before the page was closed. */
  async #tellHalted() {
    const { open } = this;
    const halted = await engine().then((own) => open && own.halted({ parcelId: open.parcelId })).catch(() => null);
    if (!halted || !open || this.open !== open) return;
    const { index, handle, kept } = halted;
    const file = index === null ? null : open.files[index];
    const whole = file?.size ?? open.zipSize;
    const place = byId("halted", HTMLElement);
    within(place, "bdi", HTMLElement).textContent = handle?.name ?? (file ? shown(file.name) : "all of it");
    within(place, "[data-kept]", HTMLElement).textContent = kept ? ` ${sizeOf(Math.min(kept, whole), whole)} are still on this device, encrypted, and needn’t be read again.` : "";
    within(place, "[data-go]", HTMLElement).onclick = () => this.#goOn(halted, file);
    within(place, "[data-drop]", HTMLElement).onclick = async () => {
      place.hidden = true;
      await (await engine()).over({ parcelId: open.parcelId });
      announce("Thrown away.");
    };
    place.hidden = false;
  }

  /** @param {import("./types").Halted} halted @param {OpenedFile|null|undefined} file */
  async #goOn(halted, file) {
    byId("halted", HTMLElement).hidden = true;
    const { handle } = halted;
    /** @type {any} */
    const place = handle;
    const may = !place?.requestPermission || await place.requestPermission({ mode: "readwrite" }).catch(() => "denied") === "granted";
    if (handle?.kind === "directory") await this.#saveFolder(may ? halted : null);
    else if (file) await this.#save(file, this.#list.row(file), may ? handle : null);
    else await this.#saveAll(may ? handle : null);
  }

  /** @param {unknown} cause */
  #tell(cause) {
    const failure = failureOf(cause);
    if (failure.code === "cancelled") announce("Cancelled.");
    else this.#trouble(failure, false);
  }
}
