// @ts-check
// The nodes as ice floes on the page: each fills from below as its bytes come,
// and turns hollow and dashed when it doesn't answer. A table says the same.

import { drawing, element, reword } from "./dom.js";
import { floes } from "./floes.js";

/** @typedef {import("./floes.js").Floe} Floe */
/** @typedef {import("./nodes.js").NodeView} NodeView */
/** @typedef {{floe: Floe, group: SVGElement, water: SVGElement, row: HTMLElement, depth: number}} Drawn */

/** Width and height in units; the same ratios stand in parts.css. */
const SHAPES = { field: [640, 260], "field narrow": [360, 230], strip: [640, 92], "strip narrow": [360, 104] };
const NARROW = "(max-width: 560px)";

export class FloeMap {
  /** @type {Drawn[]} */
  #drawn = [];
  /** @type {NodeView[]} */
  #views = [];
  #narrow = matchMedia(NARROW);
  #host;

  /**
   * @param {HTMLElement} host made by web/layout.templ
   * @param {(index: number) => void} [onPick] called when a floe is clicked
   */
  constructor(host, onPick) {
    this.#host = host;
    this.#narrow.addEventListener("change", () => this.#draw());
    host.addEventListener("click", (event) => {
      const at = this.#drawn.findIndex(({ group }) => event.target instanceof Node && group.contains(event.target));
      if (at >= 0) onPick?.(this.#views[at].index);
    });
    host.classList.toggle("pickable", Boolean(onPick));
  }

  /** Shows the nodes in this state; draws anew only if their number changed. @param {NodeView[]} views */
  show(views) {
    this.#views = views;
    if (views.length !== this.#drawn.length) this.#draw();
    views.forEach((view, at) => this.#update(this.#drawn[at], view));
  }

  /** Moves the floes away from a point of the screen, as if something came down there. @param {number} x @param {number} y */
  part(x, y) {
    const box = this.#host.getBoundingClientRect();
    const scale = this.#shape()[0] / (box.width || 1);
    const from = { x: (x - box.left) * scale, y: (y - box.top) * scale };
    for (const { floe, group } of this.#drawn) {
      const dx = floe.centre.x - from.x;
      const dy = floe.centre.y - from.y;
      const far = Math.hypot(dx, dy) || 1;
      const push = 9 * Math.exp(-far / 170);
      group.style.transform = `translate(${((dx / far) * push).toFixed(1)}px, ${((dy / far) * push).toFixed(1)}px)`;
    }
  }

  /** Ends {@link part}. */
  settle() {
    for (const { group } of this.#drawn) group.style.transform = "";
  }

  #shape() {
    const form = this.#host.classList.contains("wide") ? "strip" : "field";
    return SHAPES[/** @type {keyof SHAPES} */ (this.#narrow.matches ? `${form} narrow` : form)];
  }

  #draw() {
    const [width, height] = this.#shape();
    const picture = drawing("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", focusable: "false" });
    const body = element("tbody");
    const all = floes(this.#views.length, width, height);
    this.#drawn = all.map((floe, at) => {
      const drawn = drawFloe(floe, `${this.#host.id}-${at}`, this.#views[at].index + 1);
      picture.append(drawn.group);
      body.append(drawn.row);
      return drawn;
    });
    this.#host.replaceChildren(picture, twin(this.#host.dataset.label ?? "", body));
    this.#views.forEach((view, at) => this.#update(this.#drawn[at], view));
  }

  /** Water rises by a pixel or so at a time: each step draws the floes anew. @param {Drawn} drawn @param {NodeView} view */
  #update(drawn, view) {
    const { floe, group, water, row } = drawn;
    const state = view.down ? "down" : view.fill >= 1 ? "full" : view.fill > 0 ? "filling" : "empty";
    if (group.dataset.state !== state) group.dataset.state = state;
    const depth = Math.ceil((floe.bottom - floe.top + 3) * (1 - Math.min(1, Math.max(0, view.fill))));
    if (depth !== drawn.depth) {
      drawn.depth = depth;
      water.style.transform = `translateY(${depth}px)`;
    }
    const [name, words] = row.children;
    reword(name, view.name);
    reword(words, view.words);
  }
}

/** @param {Floe} floe @param {string} id @param {number} number @returns {Drawn} */
function drawFloe(floe, id, number) {
  const { path, left, top, right, bottom, centre } = floe;
  const width = right - left;
  const water = drawing("g", { class: "water" },
    drawing("rect", { class: "filled", x: left, y: top, width, height: bottom - top + 4 }),
    drawing("rect", { class: "line", x: left, y: top, width, height: 1.6 }));
  const group = drawing("g", { class: `floe tone${floe.tone}` },
    drawing("clipPath", { id }, drawing("path", { d: path })),
    drawing("path", { class: "ice", d: path }),
    drawing("g", { "clip-path": `url(#${id})` }, water),
    drawing("path", { class: "rim", d: path }));
  if (bottom - top > 17 && width > 17) {
    const label = drawing("text", { x: centre.x.toFixed(1), y: (centre.y + 4).toFixed(1) });
    label.textContent = String(number);
    group.append(label);
  }
  const row = element("tr", {}, element("th", { scope: "row" }), element("td"));
  return { floe, group, water, row, depth: NaN };
}

/** The table for those who don't see the drawing. @param {string} label @param {HTMLElement} body */
function twin(label, body) {
  return element("table", { class: "unseen" },
    element("caption", {}, label),
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Node"), element("th", { scope: "col" }, "State"))),
    body);
}
