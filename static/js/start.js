// @ts-check
// The first module of the page that sends. It takes what is dropped, picked or
// pasted from the moment the page is painted; home.js, which knows what to do
// with it, is still on its way then.

import { byId, painted } from "./dom.js";
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

painted().then(() => {
  return import("./home.js");
}).then(({ taker }) => {
  page = taker;
  for (const picked of early) taker.take(picked);
}, () => {
  byId("broken", HTMLElement).hidden = false;
});
