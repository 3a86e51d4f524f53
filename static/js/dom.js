// @ts-check
// The few things every page does with its elements. Elements are made one by
// one and text is set as text, so that nothing a stranger wrote is ever markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * The element of that id, of the class asked for.
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`no ${kind.name} with id ${id}`);
}

/**
 * The first match below root, of the class asked for.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} kind
 * @returns {T}
 */
export function within(root, selector, kind) {
  const found = root.querySelector(selector);
  if (found instanceof kind) return found;
  throw new Error(`no ${kind.name} for ${selector}`);
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {{[name: string]: string}} [attributes]
 * @param {...(Node|string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {{[name: string]: string|number}} [attributes]
 * @param {...Node} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function drawing(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** The first element of a <template>, cloned. @param {string} id */
export function cloned(id) {
  const copy = byId(id, HTMLTemplateElement).content.cloneNode(true);
  const first = /** @type {DocumentFragment} */ (copy).firstElementChild;
  if (first instanceof HTMLElement) return first;
  throw new Error(`template ${id} is empty`);
}

/**
 * Shows one of the sections, hides the others.
 * @param {HTMLElement[]} all
 * @param {HTMLElement|null} shown
 */
export function showOnly(all, shown) {
  for (const section of all) section.hidden = section !== shown;
}

/**
 * Changes what an element says. The same words again would be laid out and drawn again.
 * @param {Element} node
 * @param {string} words
 */
export function reword(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

const STEPS = 500; // about as many as a bar has pixels

/**
 * Moves a bar, once it is a pixel further.
 * @param {HTMLProgressElement} bar
 * @param {number} part of its whole length, 0 to 1
 */
export function move(bar, part) {
  const value = (Math.floor(part * STEPS) / STEPS) * bar.max;
  if (bar.value !== value || !bar.hasAttribute("value")) bar.value = value;
}

/** Says it to those who can't see it. @param {string} words */
export function announce(words) {
  reword(byId("status", HTMLElement), words);
}

/**
 * A new heading; whoever reads by ear is taken there.
 * @param {string} words
 * @param {boolean} [focus]
 */
export function headline(words, focus = true) {
  const title = byId("title", HTMLElement);
  title.textContent = words;
  if (focus) title.focus({ preventScroll: true });
}

/**
 * Asks in a dialog; true for yes.
 * @param {string} id
 * @returns {Promise<boolean>}
 */
export function ask(id) {
  const dialog = byId(id, HTMLDialogElement);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/**
 * Puts text on the clipboard and says so on the button for a while.
 * @param {HTMLElement} button
 * @param {string} text
 */
export async function copy(button, text) {
  const done = await toClipboard(text);
  const words = button.dataset.words ??= button.textContent ?? "";
  button.textContent = done ? "Copied" : "Press Ctrl+C";
  announce(done ? "Copied." : "The browser doesn’t allow copying. Select the text and copy it.");
  setTimeout(() => { button.textContent = words; }, 6000);
}

/** @param {string} text */
async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text);
  }
}

/** For pages without the clipboard API, such as plain http on a local net. @param {string} text */
function copiedBySelection(text) {
  const field = element("textarea", { class: "unseen", "aria-hidden": "true" });
  field.value = text;
  const back = document.activeElement;
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (back instanceof HTMLElement) back.focus({ preventScroll: true });
  return done;
}

/**
 * Lets the browser paint and take what was typed before it goes on. A hidden page
 * has nothing to paint, and its timers wait for a second or a minute: messages don't.
 * @returns {Promise<void>}
 */
export function breath() {
  return new Promise((resolve) => {
    if (!document.hidden) {
      setTimeout(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); resolve(); };
    port2.postMessage(null);
  });
}

const STRETCH_MS = 12; // of work at a time: a press of a key is answered after it

/**
 * Does something for each of many, and lets the browser do other things in between.
 * @template T
 * @param {Iterable<T>} many
 * @param {(one: T) => void} work
 */
export async function calmly(many, work) {
  let until = performance.now() + STRETCH_MS;
  for (const one of many) {
    work(one);
    if (performance.now() < until) continue;
    await breath();
    until = performance.now() + STRETCH_MS;
  }
}

/**
 * Hands a file to the browser to save.
 * @param {Blob} blob
 * @param {string} name
 */
export function saveAs(blob, name) {
  const url = URL.createObjectURL(blob);
  const anchor = element("a", { href: url, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * Fulfilled once the page has been painted, or won't be for a while. All modules
 * that it takes later are asked for then, at once: one by one they would tell what
 * else they need.
 * @returns {Promise<void>}
 */
export async function painted() {
  await new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, 300);
  });
  const names = document.querySelector('meta[name="floe-later"]')?.getAttribute("content") ?? "";
  for (const name of names.split(" ")) document.head.append(element("link", { rel: "modulepreload", href: new URL(name, import.meta.url).href }));
}
