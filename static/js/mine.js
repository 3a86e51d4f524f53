// @ts-check
// What was sent from this browser and still opens: for those who closed the tab
// before they copied the link, or want to take it back.

import { announce, ask, byId, cloned, copy, within } from "./dom.js";
import { many, shortDay, size } from "./format.js";
import { base, kind, shown } from "./names.js";
import { engine } from "./net.js";
import { failureOf } from "./trouble.js";
import { withdraw as takeBack } from "./withdraw.js";

/** @typedef {import("./types").Kept} Kept */

const place = byId("mine", HTMLDetailsElement);
let wanted = true;

export function hide() {
  wanted = false;
  place.hidden = true;
}

/** Shows the list, where there is something in it. */
export async function show() {
  wanted = true;
  /** @type {Kept[]} */
  let kept;
  try {
    kept = await (await engine()).sent();
  } catch {
    return; // a nicety: the page sends without it
  }
  place.hidden = !wanted || !kept.length;
  byId("mine-words", HTMLElement).textContent = `Sent from this browser (${kept.length})`;
  byId("mine-list", HTMLElement).replaceChildren(...kept.map(row));
}

/** @param {Kept} kept */
function row(kept) {
  const made = cloned("mine-row");
  const { name = "Files", count = 1 } = kept;
  const words = shown(base(name)) + (count > 1 ? ` and ${count - 1} more` : "");
  within(made, "use", SVGUseElement).setAttribute("href", `#kind-${count > 1 ? "archive" : kind(base(name)).icon}`);
  within(made, ".name", HTMLElement).textContent = words;
  within(made, ".meta", HTMLElement).textContent = about(kept);
  const link = within(made, "[data-copy]", HTMLButtonElement);
  link.setAttribute("aria-label", `Copy link: ${words}`);
  link.addEventListener("click", async () => copy(link, await (await engine()).link(kept)));
  const back = within(made, "[data-withdraw]", HTMLButtonElement);
  back.setAttribute("aria-label", `Withdraw ${words}`);
  back.addEventListener("click", () => withdraw(made, back, kept));
  return made;
}

/** "22 MB · until Sun 29 Nov · with a passphrase" @param {Kept} kept */
function about({ bytes, endsAt, passphrase, people }) {
  const words = [`until ${shortDay(endsAt)}`];
  if (bytes !== undefined) words.unshift(size(bytes));
  if (people) words.push(`for ${people === 1 ? "1 person" : `${people} people`}`);
  else if (passphrase) words.push("with a passphrase");
  return words.join(" · ");
}

/** @param {HTMLElement} made @param {HTMLButtonElement} button @param {Kept} kept */
async function withdraw(made, button, kept) {
  if (!await ask("ask-withdraw")) return;
  const wrong = within(made, ".wrong", HTMLElement);
  wrong.hidden = true;
  try {
    await takeBack(button, kept);
    announce("Withdrawn.");
    await show();
    (place.hidden ? byId("title", HTMLElement) : within(place, "summary", HTMLElement)).focus();
  } catch (cause) {
    wrong.textContent = `It isn’t withdrawn yet. ${failureOf(cause).message}`;
    wrong.hidden = false;
  }
}
