// @ts-check
// The link, and what there is to know of a parcel that is ready.

import { ask, byId, copy, drawing, element, headline, saveAs, within } from "./dom.js";
import { list, many, moment, size, span } from "./format.js";
import { engine } from "./net.js";
import { failureOf } from "./trouble.js";
import { short } from "./wallet.js";
import { withdraw as takeBack } from "./withdraw.js";

/** @typedef {import("./types").Sent} Sent */
/** @typedef {{sent: Sent, passphrase: string|null, recipients: number, files: number, bytes: number}} Ready */

/** @type {Ready|null} */
let current = null;

/** @param {() => void} withdrawn */
export function bindDone(withdrawn) {
  const button = byId("copy", HTMLButtonElement);
  button.addEventListener("click", () => copy(button, current?.sent.link ?? ""));
  byId("recovery", HTMLElement).addEventListener("click", () => {
    const note = current?.sent.recoveryNote;
    if (note) saveAs(new Blob([note.text], { type: "text/plain" }), note.name);
  });
  byId("withdraw", HTMLElement).addEventListener("click", () => withdraw(withdrawn));
  const share = byId("share", HTMLButtonElement);
  share.hidden = !navigator.share;
  share.addEventListener("click", () => navigator.share({ url: current?.sent.link }).catch(() => {}));
}

/** @param {Ready} ready */
export async function showDone(ready) {
  current = ready;
  const { sent, recipients } = ready;
  byId("link", HTMLOutputElement).textContent = sent.link;
  byId("done-ends", HTMLElement).textContent = `${moment(sent.endsAt)}, in ${span(sent.endsAt - Date.now())}`;
  byId("done-who", HTMLElement).textContent = whoCanOpen(sent, recipients);
  byId("done-stored", HTMLElement).textContent =
    `${sent.nodesHolding} of ${many(sent.nodesTotal, "node")}, any ${sent.nodesNeeded} are enough`;
  byId("done-holds", HTMLElement).textContent = `${many(ready.files, "file")}, ${size(ready.bytes)}`;
  const payer = byId("done-payer", HTMLElement);
  payer.hidden = !sent.wallet;
  if (sent.wallet) within(payer, "dd", HTMLElement).textContent = `${sent.wallet.name} ${short(sent.wallet.address)}`;
  showPassphrase(ready);
  showOthers(sent.others);
  byId("done-trouble", HTMLElement).hidden = true;
  byId("copy", HTMLButtonElement).focus({ preventScroll: true });
  await showCode(sent.link);
}

/** Nothing of a parcel stays on the page when it is over. */
export function clearDone() {
  current = null;
  for (const id of ["link", "qr", "others", "done-passphrase"]) byId(id, HTMLElement).replaceChildren();
}

/** @param {Sent} sent @param {number} recipients */
export function readyWords(sent, recipients) {
  if (recipients) return `Ready. Only ${recipients === 1 ? "the person" : "the people"} you named can open it.`;
  return sent.passphrase ? "Ready. The link and the passphrase open it." : "Ready. Anyone with this link can open it.";
}

/** @param {Sent} sent @param {number} recipients */
function whoCanOpen(sent, recipients) {
  if (recipients) return recipients === 1 ? "the person you named" : `the ${recipients} people you named`;
  return sent.passphrase ? "whoever has the link and the passphrase" : "whoever has the link";
}

/** @param {Ready} ready */
function showPassphrase({ sent, passphrase, recipients }) {
  const place = byId("done-passphrase", HTMLElement);
  if (!sent.passphrase || !passphrase) {
    place.textContent = recipients ? "not needed" : sent.passphrase ? "the one you chose" : "none";
    return;
  }
  const button = element("button", { type: "button", class: "link small" }, "Copy it");
  button.addEventListener("click", () => copy(button, passphrase));
  place.replaceChildren("needed: tell it another way than the link · ", button);
}

/**
 * What stays visible, and to whom: "who: what" → values.
 * @param {{[name: string]: string[]}} others
 */
function showOthers(others) {
  /** @type {Map<string, HTMLElement>} */
  const places = new Map();
  for (const [name, values] of Object.entries(others)) {
    const [who, what] = name.split(": ");
    const place = places.get(who) ?? element("dd");
    places.set(who, place);
    const words = what ? [`${what}: `, element("span", { class: "code" }, values.join(", "))] : [list(values)];
    place.append(element("p", {}, ...words));
  }
  byId("others", HTMLElement).replaceChildren(...[...places].map(([who, place]) =>
    element("div", {}, element("dt", {}, who[0].toUpperCase() + who.slice(1)), place)));
}

/** Black on white in dark mode too: that is what cameras read. @param {string} link */
async function showCode(link) {
  const { size: modules, path } = await (await engine()).qr(link);
  if (current?.sent.link !== link) return;
  const edge = 4;
  const side = modules + 2 * edge;
  const title = drawing("title");
  title.textContent = "The link as a QR code";
  byId("qr", HTMLElement).replaceChildren(drawing("svg", {
    viewBox: `0 0 ${side} ${side}`, role: "img", "data-testid": "qr", "shape-rendering": "crispEdges",
  }, title,
    drawing("rect", { class: "paper", width: side, height: side }),
    drawing("path", { class: "modules", d: path, transform: `translate(${edge} ${edge})` })));
}

/** @param {() => void} withdrawn */
async function withdraw(withdrawn) {
  if (!current || !await ask("ask-withdraw")) return;
  const box = byId("done-trouble", HTMLElement);
  box.hidden = true;
  try {
    await takeBack(byId("withdraw", HTMLButtonElement), current.sent);
    withdrawn();
    headline("Withdrawn.");
  } catch (cause) {
    box.replaceChildren(
      element("h2", {}, "It isn’t withdrawn yet."),
      element("p", {}, `The link still opens the files. ${failureOf(cause).message} Try again in a moment.`));
    box.hidden = false;
  }
}
