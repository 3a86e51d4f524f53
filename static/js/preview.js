// @ts-check
// Shows one file in the page: raster pictures as pictures, the beginning of a
// text as text. Films and sounds play in a frame without scripts, and what could
// carry code is shown in a frame without an origin, so that no file can run
// anything here. Each reads the bytes it shows and no others.

import { byId, element, within } from "./dom.js";
import { size } from "./format.js";
import { base, boxedKind, isText, playedType, rasterType, shown } from "./names.js";

/** @typedef {import("./types").OpenedFile} OpenedFile */
/**
 * @typedef {object} Source
 * @property {string} parcelId
 * @property {(offset: number, length: number) => Promise<Blob>} read
 * @property {(progress: import("./types").Progress) => void} progress
 * @property {() => void} save
 */

const MOST_TEXT = 1_000_000; // bytes shown of a text
const MOST_PICTURE = 100e6;
const MOST_DRAWING = 20e6;

/** @param {OpenedFile} file */
export function previewable(file) {
  const name = base(file.path || file.name);
  if (rasterType(name)) return file.size <= MOST_PICTURE;
  if (boxedKind(name) === "drawing") return file.size <= MOST_DRAWING;
  return isText(name) || boxedKind(name) !== "" || playedType(name) !== "" && "serviceWorker" in navigator;
}

/** How much of a file has to be read before it can be shown; 0: it is read while it is shown. @param {OpenedFile} file */
export function ahead(file) {
  const name = base(file.path || file.name);
  if (rasterType(name)) return file.size;
  return isText(name) ? Math.min(file.size, MOST_TEXT) : 0;
}

export class Preview {
  /** Where the picture shown last can be had from, or "". */
  picture = "";
  #dialog = byId("preview", HTMLDialogElement);
  #body = byId("preview-body", HTMLElement);
  /** @type {() => void} */
  #save = () => {};
  /** @type {() => void} */
  #stop = () => {};
  #turn = 0;

  constructor() {
    byId("preview-save", HTMLElement).addEventListener("click", () => this.#save());
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
    this.#dialog.addEventListener("close", () => this.#end());
  }

  /** @param {OpenedFile} file @param {Blob} blob as much as {@link ahead} says @param {Source} source */
  async show(file, blob, source) {
    const name = base(file.path || file.name);
    const type = rasterType(name);
    this.#end();
    this.#save = source.save;
    this.picture = type ? URL.createObjectURL(new Blob([blob], { type })) : "";
    within(byId("preview-title", HTMLElement), "bdi", HTMLElement).textContent = shown(name);
    this.#dialog.showModal();
    if (type) this.#body.replaceChildren(this.#pictureOf(name));
    else if (isText(name)) this.#body.replaceChildren(...await textOf(blob, file.size));
    else await this.#framed(file, name, source);
    this.#body.scrollTop = 0;
  }

  #end() {
    this.#turn++;
    this.#stop();
    this.#stop = () => {};
    this.#body.replaceChildren();
  }

  /** @param {string} name */
  #pictureOf(name) {
    const image = element("img", { src: this.picture, alt: shown(name) });
    image.addEventListener("error", () => this.#cant("This picture can’t be shown here."));
    return image;
  }

  /** @param {OpenedFile} file @param {string} name @param {Source} source */
  async #framed(file, name, source) {
    const mine = this.#turn;
    const place = element("div", { class: "framed" });
    const remark = element("p", { class: "remark", role: "status" }, "One moment.");
    this.#body.replaceChildren(remark, place);
    const what = { parcelId: source.parcelId, index: file.index, size: file.size, name: shown(name) };
    const escape = () => this.#dialog.close();
    const kind = boxedKind(name);
    const failed = () => { if (mine === this.#turn) this.#cant(kind ? "This can’t be shown here." : "Your browser can’t play this here."); };
    try {
      const stop = kind
        ? (await import("./box.js")).box(place, kind, what, source.read, { shown: () => remark.remove(), failed, escape })
        : await this.#play(place, { ...what, name }, source, failed, escape);
      if (mine !== this.#turn) {
        stop();
        return;
      }
      if (!kind) remark.remove();
      this.#stop = stop;
    } catch {
      failed();
    }
  }

  /** @param {HTMLElement} place @param {{parcelId: string, index: number, size: number, name: string}} what @param {Source} source @param {() => void} failed @param {() => void} escape */
  async #play(place, what, { read, progress }, failed, escape) {
    const { play, plays } = await import("./player.js");
    if (!plays(what.name)) throw new Error("not played here");
    return play(place, what, read, { progress, failed, escape });
  }

  /** @param {string} words */
  #cant(words) {
    this.#end();
    this.#body.replaceChildren(element("p", {}, `${words} Its bytes are as they were sent: save it and open it with another program.`));
  }
}

/** @param {Blob} blob @param {number} whole bytes of the file */
async function textOf(blob, whole) {
  const text = new TextDecoder().decode(await blob.arrayBuffer(), { stream: true }); // no half character at the end
  const parts = [element("pre", {}, text)];
  if (whole <= blob.size) return parts;
  return [...parts, element("p", { class: "remark" }, `This is the beginning; the whole text is ${size(whole)}. Save it to read on.`)];
}
