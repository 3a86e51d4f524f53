// @ts-check
// Shows one file in the page: raster pictures as pictures, text as text, and
// nothing else, so that no file can run anything here.

import { byId, element, within } from "./dom.js";
import { size } from "./format.js";
import { base, isText, rasterType, shown } from "./names.js";

/** @typedef {import("./types").OpenedFile} OpenedFile */

const MOST_TEXT = 1_000_000; // bytes shown of a text
const MOST_PICTURE = 100e6;

/** @param {OpenedFile} file */
export function previewable(file) {
  const name = base(file.path || file.name);
  return isText(name) || (rasterType(name) !== "" && file.size <= MOST_PICTURE);
}

export class Preview {
  /** Where the picture shown last can be had from, or "". */
  picture = "";
  #dialog = byId("preview", HTMLDialogElement);
  #body = byId("preview-body", HTMLElement);
  /** @type {() => void} */
  #save = () => {};

  constructor() {
    byId("preview-save", HTMLElement).addEventListener("click", () => this.#save());
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
    this.#dialog.addEventListener("close", () => this.#body.replaceChildren());
  }

  /** @param {OpenedFile} file @param {Blob} blob @param {() => void} save */
  async show(file, blob, save) {
    const name = base(file.path || file.name);
    const type = rasterType(name);
    this.#save = save;
    this.picture = type ? URL.createObjectURL(new Blob([blob], { type })) : "";
    within(byId("preview-title", HTMLElement), "bdi", HTMLElement).textContent = shown(name);
    this.#body.replaceChildren();
    this.#dialog.showModal();
    this.#body.replaceChildren(...(type ? this.#pictureOf(name) : await textOf(blob)));
    this.#body.scrollTop = 0;
  }

  /** @param {string} name */
  #pictureOf(name) {
    const image = element("img", { src: this.picture, alt: shown(name) });
    image.addEventListener("error", () => {
      this.#body.replaceChildren(element("p", {}, "This picture can’t be shown here. Its bytes are as they were sent: save it and open it with another program."));
    });
    return [image];
  }
}

/** @param {Blob} blob */
async function textOf(blob) {
  const text = await blob.slice(0, MOST_TEXT).text();
  const parts = [element("pre", {}, text)];
  if (blob.size <= MOST_TEXT) return parts;
  return [...parts, element("p", { class: "remark" }, `This is the beginning; the whole text is ${size(blob.size)}. Save it to read on.`)];
}
