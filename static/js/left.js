// @ts-check
// What a wallet paid for in a page that was closed before it was finished: says
// so, and tells the key to it to whoever asks.

import { announce, ask, byId, cloned, within } from "./dom.js";
import { moment } from "./format.js";
import { shown } from "./names.js";
import { engine } from "./net.js";
import { trying } from "./trouble.js";
import { short } from "./wallet.js";

/** @typedef {import("./types").Left} Left */

const place = byId("left", HTMLElement);
let wanted = true;

export function hide() {
  wanted = false;
  place.hidden = true;
  place.replaceChildren(); // no key stays behind
}

/** Shows what there is; where there is nothing, nothing. */
export async function show() {
  wanted = true;
  /** @type {Left[]} */
  let left;
  try {
    left = await (await engine()).left();
  } catch {
    return; // it is kept, and told another time
  }
  place.replaceChildren(...(wanted ? left.map(box) : []));
  place.hidden = !place.childElementCount;
}

/** @param {Left} left */
function box(left) {
  const made = cloned("left-box");
  const { wallet } = left;
  within(made, "[data-who]", HTMLElement).textContent = wallet ? `${shown(wallet.name)} ${short(wallet.address)}` : "Your wallet";
  within(made, "[data-at]", HTMLElement).textContent = moment(left.at);
  const button = within(made, "[data-show]", HTMLButtonElement);
  button.addEventListener("click", () => trying(made, () => tellKey(made, button, left)));
  within(made, "[data-forget]", HTMLButtonElement).addEventListener("click", () => trying(made, () => forget(left)));
  return made;
}

/** @param {HTMLElement} made @param {HTMLButtonElement} button @param {Left} left */
async function tellKey(made, button, left) {
  within(made, ".code", HTMLElement).textContent = await (await engine()).rescue(left);
  const key = within(made, "[data-key]", HTMLElement);
  key.hidden = false;
  button.hidden = true;
  key.focus();
}

/** @param {Left} left */
async function forget(left) {
  if (!await ask("ask-forget")) return;
  await (await engine()).forget(left);
  announce("Forgotten.");
  await show();
  byId("title", HTMLElement).focus();
}
