// @ts-check
// Says what went wrong in the words of web/trouble.go, filled with what is
// known of the case.

import { byId, copy, within } from "./dom.js";
import { about as roughly, exactly, limit, list, moment, span } from "./format.js";
import { engine, lacking } from "./net.js";

/** @typedef {import("./types").Failure} Failure */
/** @typedef {{[name: string]: string|number|null|undefined}} Facts */

/** Any rejection as a code and words. @param {unknown} cause @returns {Failure} */
export function failureOf(cause) {
  const known = /** @type {Partial<Failure>|null} */ (typeof cause === "object" ? cause : null);
  const code = typeof known?.code === "string" ? known.code : "internal";
  return { ...known, code, message: known?.message ?? String(cause) };
}

/**
 * Fills box with the words for a failure and shows it. The box has role=alert,
 * so it is read out.
 * @param {HTMLElement} box
 * @param {Failure} failure
 * @param {object} more
 * @param {Facts} [more.facts] what {name}s stand for, besides what the failure itself tells
 * @param {() => void} [more.again]
 * @param {(text: string) => void} [more.paste]
 * @returns {string} the title
 */
export function tell(box, failure, { facts = {}, again, paste }) {
  const words = template(failure.code);
  fill(words, { ...factsOf(failure), ...facts });
  const title = words.querySelector("h2")?.textContent ?? "";
  bind(words, failure, again, paste);
  if (!box.hidden && box.dataset.code === failure.code && box.textContent === words.textContent) return title; // said already
  box.dataset.code = failure.code;
  box.replaceChildren(words);
  box.hidden = false;
  return title;
}

/** @param {HTMLElement} box */
export function calm(box) {
  box.hidden = true;
  box.replaceChildren();
}

/** @param {string} code @returns {DocumentFragment} */
function template(code) {
  const found = document.querySelector(`template[data-trouble="${CSS.escape(code)}"]`) ??
    document.querySelector('template[data-trouble="internal"]');
  if (!(found instanceof HTMLTemplateElement)) throw new Error("no words for internal trouble");
  return /** @type {DocumentFragment} */ (found.content.cloneNode(true));
}

/** @param {Failure} failure @returns {Facts} */
function factsOf(failure) {
  const { retryAfterMs, end, max, what } = failure;
  return {
    when: typeof retryAfterMs === "number" && retryAfterMs > 0 ? `in ${span(retryAfterMs)}` : "later",
    kept: typeof end === "number" ? `until ${moment(end)}` : "for as long as their sender chose",
    max: typeof max === "number" ? `at most ${limit(max)}` : "less than that",
    what: typeof what === "string" ? what : null,
    lacks: lacks(failure.short),
    way: isSecureContext
      ? "A current Firefox, Chrome, Edge or Safari can do it, and so can the floe command line."
      : "Open this page at its https address; whoever runs this server can set one up. The floe command line needs none.",
    why: what || lacking() ? `This browser lacks ${what || lacking()}.` : failure.message || "This browser lacks something it needs.",
  };
}

/** "0.5 WAL and 0.02 SUI" @param {unknown} short */
function lacks(short) {
  if (!Array.isArray(short) || !short.length) return "something";
  return list(short.map(({ coin, lack }) => coin === "WAL" ? exactly(lack, coin) : roughly(lack, coin)));
}

/** Replaces {name} in every text below node. @param {Node} node @param {Facts} facts */
function fill(node, facts) {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    text.textContent = (text.textContent ?? "").replace(/\{(\w+)\}/g, (_, name) => String(facts[name] ?? "…"));
  }
}

/** @param {DocumentFragment} words @param {Failure} failure @param {(() => void)|undefined} again @param {((text: string) => void)|undefined} paste */
function bind(words, failure, again, paste) {
  const retry = words.querySelector('[data-act="again"]');
  if (again) retry?.addEventListener("click", again);
  else retry?.parentElement?.remove();
  const form = words.querySelector('[data-act="paste"]');
  form?.addEventListener("submit", () => {
    const text = form.querySelector("input")?.value.trim();
    if (text) paste?.(text);
  });
  const detail = words.querySelector('[data-act="detail"] .code');
  if (detail) detail.textContent = [failure.message, failure.cause].filter(Boolean).join("\n");
  const mine = words.querySelector('[data-act="recipient"]');
  if (mine instanceof HTMLElement) mine.addEventListener("click", () => copyRecipient(mine));
}

/** Copies this device's own recipient. @param {HTMLElement} button */
export async function copyRecipient(button) {
  const { recipient } = await (await engine()).identity();
  await copy(button, recipient);
}

/** The box of this page. */
export function troubleBox() {
  return byId("trouble", HTMLElement);
}

/**
 * Acts for an entry that has a place of its own for what went wrong.
 * @param {HTMLElement} made @param {() => Promise<void>} act
 */
export async function trying(made, act) {
  const wrong = within(made, ".wrong", HTMLElement);
  wrong.hidden = true;
  try {
    await act();
  } catch (cause) {
    wrong.textContent = failureOf(cause).message;
    wrong.hidden = false;
  }
}
