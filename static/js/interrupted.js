// @ts-check
// What was being sent when its page was closed: offers to go on with it, once
// the same files are there again, or to throw it away.

import { announce, ask, byId, calmly, cloned, within } from "./dom.js";
import { fromInput } from "./files.js";
import { list, many, moment, size } from "./format.js";
import { base, shown } from "./names.js";
import { engine } from "./net.js";
import { trying } from "./trouble.js";

/** @typedef {import("./types").Interrupted} Interrupted */
/** @typedef {import("./types").PickedFile} PickedFile */
/** @typedef {import("./again.js").Lost} Lost */
/** @typedef {(going: Interrupted, files: PickedFile[]) => void} GoOn */

const place = byId("interrupted", HTMLElement);
let wanted = true;
let boxes = 0;

export function hide() {
  wanted = false;
  place.hidden = true;
}

/** Shows what there is; where there is nothing, nothing. @param {GoOn} goOn */
export async function show(goOn) {
  wanted = true;
  /** @type {Interrupted[]} */
  let all;
  try {
    all = await (await engine()).interrupted();
  } catch {
    return; // it is kept, and told another time
  }
  const stopped = all.filter(({ sending }) => !sending);
  place.replaceChildren(...(wanted ? stopped.map((going) => box(going, goOn)) : []));
  place.hidden = !place.childElementCount;
  for (const { sending } of all) if (sending) watch(sending, goOn);
}

/** Locks that are waited for: what another tab sends is told of once that tab is gone. @type {Set<string>} */
const watched = new Set();

/** @param {string} lock @param {GoOn} goOn */
async function watch(lock, goOn) {
  if (watched.has(lock)) return;
  watched.add(lock);
  await navigator.locks.request(lock, { mode: "shared" }, () => {});
  watched.delete(lock);
  if (wanted) await show(goOn);
}

/** @param {Interrupted} going @param {GoOn} goOn */
function box(going, goOn) {
  const made = cloned("interrupted-box");
  const { name, count, bytes, at, part } = going;
  within(made, "[data-what]", HTMLElement).textContent = `${shown(base(name))}${count > 1 ? ` and ${many(count - 1, "more file")}` : ""}, ${size(bytes)},`;
  within(made, "[data-at]", HTMLElement).textContent = moment(at);
  if (part >= 0.01) within(made, "[data-part]", HTMLElement).textContent = `, ${Math.floor(part * 100)} % of it being stored`;
  /** @type {Lost|null} */
  let lost = null;
  const button = within(made, "[data-go-on]", HTMLButtonElement);
  const next = async () => {
    if (!lost) return;
    if (lost.complete) goOn(going, lost.files);
    else tellLost(made, button, lost);
  };
  button.addEventListener("click", () => trying(made, async () => {
    const { Lost } = await import("./again.js"); // few ever need it
    lost = new Lost(await (await engine()).wanted(going));
    await lost.fromHandles();
    await next();
  }));
  for (const input of made.querySelectorAll("input")) {
    const label = within(made, `label[for="${input.id}"]`, HTMLLabelElement);
    label.htmlFor = input.id += `-${++boxes}`;
    input.addEventListener("change", () => trying(made, async () => {
      const { files } = await fromInput(input);
      await calmly(files, (picked) => lost?.offer(picked));
      await next();
    }));
  }
  within(made, "[data-discard]", HTMLButtonElement).addEventListener("click", () => trying(made, () => discard(going, goOn)));
  return made;
}

/** @param {HTMLElement} made @param {HTMLElement} button @param {Lost} lost */
function tellLost(made, button, { missing, changed, count }) {
  const words = [];
  if (changed.length) words.push(`Not the same any more: ${some(changed)}. Choose the files as they were, or throw this away and send them as they are now.`);
  if (missing.length === count) words.push("Choose the same files again: a page that was closed can’t read them by itself.");
  else if (missing.length) words.push(`${(count - missing.length - changed.length).toLocaleString("en")} of ${many(count, "file")} found. Still missing: ${some(missing)}.`);
  const say = within(made, "[data-say]", HTMLElement);
  say.textContent = words.join(" ");
  announce(say.textContent);
  within(made, "[data-choose]", HTMLElement).hidden = false;
  button.hidden = true;
}

/** @param {string[]} paths */
function some(paths) {
  const names = paths.slice(0, 3).map(shown);
  return list(paths.length > 3 ? [...names, `${paths.length - 3} more`] : names);
}

/** @param {Interrupted} going @param {GoOn} goOn */
async function discard(going, goOn) {
  if (!await ask("ask-discard")) return;
  await (await engine()).discard(going);
  announce("Thrown away.");
  await show(goOn);
  byId("title", HTMLElement).focus();
}
