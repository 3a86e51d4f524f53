// @ts-check
// The first module of the page that sends. It takes what is dropped, picked or
// pasted from the moment the page is painted; home.js, which knows what to do
// with it, is still on its way then.

import { byId, element } from "./dom.js";
import { takeFiles } from "./drop.js";

/** @typedef {import("./drop.js").Picked} Picked */
/** @typedef {import("./drop.js").Taker} Taker */

/** @type {Taker|null} */
let page = null;
/** What came before the page was ready for it. @type {Picked[]} */
const early = [];

takeFiles({
  take: (picked) => { page ? page.take(picked) : early.push(picked); },
  ready: () => page?.ready() ?? true,
  over: (at) => page?.over(at),
});

/** Fulfilled once the page has been painted, or won’t be for a while. */
const painted = new Promise((done) => {
  requestAnimationFrame(() => setTimeout(done));
  setTimeout(done, 300);
});

/** Asks for all the rest at once: modules tell one by one what else they need. */
function askAhead() {
  const names = document.querySelector('meta[name="floe-later"]')?.getAttribute("content") ?? "";
  for (const name of names.split(" ")) document.head.append(element("link", { rel: "modulepreload", href: new URL(name, import.meta.url).href }));
}

painted.then(() => {
  askAhead();
  return import("./home.js");
}).then(({ taker }) => {
  page = taker;
  for (const picked of early) taker.take(picked);
}, () => {
  byId("broken", HTMLElement).hidden = false;
});
