// @ts-check
// What may be chosen for a parcel: how long it is kept, who can open it, a
// passphrase. The folded summary always says in words what is chosen.

import { byId, cloned, copy, element, within } from "./dom.js";
import { list, many, moment, shortDay, span } from "./format.js";
import { engine } from "./net.js";
import { copyRecipient } from "./trouble.js";

/** @typedef {import("./types").Network} Network */

const DAY = 86_400_000;
const DAYS = [1, 2, 3, 7, 14, 30, 90, 180, 365];

export class Options {
  /** @type {string[]} */
  recipients = [];
  #life = byId("life", HTMLSelectElement);
  #byName = byId("who-named", HTMLInputElement);
  #asks = byId("passphrase-on", HTMLInputElement);
  #passphrase = byId("passphrase", HTMLInputElement);
  #light = byId("light", HTMLInputElement);
  #payer = "";
  #changed = () => {};

  /** @param {() => void} changed called from then on */
  constructor(changed) {
    const redraw = () => this.#redraw();
    this.#life.addEventListener("change", redraw);
    this.#byName.addEventListener("change", redraw);
    byId("who-link", HTMLInputElement).addEventListener("change", redraw);
    this.#light.addEventListener("change", redraw);
    this.#asks.addEventListener("change", () => {
      redraw();
      if (this.#asks.checked && !this.#passphrase.value) this.#offerWords();
    });
    this.#bindPassphrase();
    this.#bindRecipients();
    redraw();
    this.#changed = changed;
  }

  /** What to ask of the engine. */
  chosen() {
    const named = this.#byName.checked;
    return {
      epochs: Number(this.#life.value) || 0,
      passphrase: !named && this.#asks.checked ? this.#passphrase.value.trim() || null : null,
      recipients: named ? this.recipients : [],
      light: this.#light.checked,
    };
  }

  /** Whether this can be sent; says what is missing where it is. */
  complete() {
    const named = this.#byName.checked;
    const nobody = named && !this.recipients.length;
    const empty = !named && this.#asks.checked && !this.#passphrase.value.trim();
    say("recipient", nobody ? "Name at least one person, or let anyone with the link open it." : "");
    say("passphrase", empty ? "The passphrase is still empty." : "");
    if (!nobody && !empty) return true;
    byId("options", HTMLDetailsElement).open = true;
    (nobody ? byId("recipient", HTMLElement) : this.#passphrase).focus();
    return false;
  }

  /** Offers what this network allows. @param {Network} net */
  offer(net) {
    byId("light-option", HTMLElement).hidden = !net.light;
    this.#light.checked &&= net.light;
    this.#offerLives(net);
  }

  /** Lives with the days they end on. @param {Network} net */
  #offerLives(net) {
    const epochs = new Set(DAYS.map((days) => Math.ceil((days * DAY) / net.epoch_duration_ms)));
    epochs.add(net.default_epochs);
    const offered = [...epochs].filter((count) => count >= 1 && count <= net.max_epochs_ahead).sort((a, b) => a - b);
    this.#life.replaceChildren(...offered.map((count) => {
      const end = endOf(net, count);
      const option = element("option", { value: String(count) }, `${moment(end)} (${span(end - Date.now())})`);
      option.dataset.end = String(end);
      option.selected = count === net.default_epochs;
      return option;
    }));
    this.#redraw();
  }

  /** Folds the choices away and forgets whom and what they named; the line stays what it is. */
  reset() {
    this.recipients = [];
    this.#passphrase.value = "";
    this.#asks.checked = false;
    byId("who-link", HTMLInputElement).checked = true;
    byId("options", HTMLDetailsElement).open = false;
    this.#drawRecipients();
  }

  #redraw() {
    const named = this.#byName.checked;
    byId("named", HTMLElement).hidden = !named;
    byId("passphrase-option", HTMLElement).hidden = named;
    byId("passphrase-panel", HTMLElement).hidden = !this.#asks.checked;
    const end = Number(this.#life.selectedOptions[0]?.dataset.end);
    byId("options-words", HTMLElement).textContent = [
      end ? `Kept until ${shortDay(end)}` : "",
      named ? `only ${this.recipients.length ? many(this.recipients.length, "person").replace("persons", "people") : "people I name"}` : "anyone with the link",
      named ? "" : this.#asks.checked ? "and the passphrase" : "no passphrase",
      this.#light.checked ? "uploaded once" : "",
      this.#payer,
    ].filter(Boolean).join(" · ").replace(" · and", " and");
    this.#changed();
  }

  /** Who pays, for the summary; "" for the server. @param {string} words */
  paid(words) {
    if (words === this.#payer) return;
    this.#payer = words;
    this.#redraw();
  }

  async #offerWords() {
    const words = await (await engine()).words();
    this.#passphrase.value = words;
    this.#setShown(true);
  }

  /** @param {boolean} shown */
  #setShown(shown) {
    this.#passphrase.type = shown ? "text" : "password";
    const button = byId("passphrase-show", HTMLButtonElement);
    button.textContent = shown ? "Hide" : "Show";
    button.setAttribute("aria-pressed", String(shown));
  }

  #bindPassphrase() {
    byId("passphrase-new", HTMLElement).addEventListener("click", () => this.#offerWords());
    byId("passphrase-show", HTMLElement).addEventListener("click", () => this.#setShown(this.#passphrase.type === "password"));
    const button = byId("passphrase-copy", HTMLElement);
    button.addEventListener("click", () => copy(button, this.#passphrase.value));
  }

  #bindRecipients() {
    const field = byId("recipient", HTMLInputElement);
    byId("recipient-add", HTMLElement).addEventListener("click", () => this.#addRecipients(field));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) this.#addRecipients(field);
    });
    const mine = byId("recipient-mine", HTMLElement);
    mine.addEventListener("click", () => copyRecipient(mine));
  }

  /** Several may be pasted at once. @param {HTMLInputElement} field */
  #addRecipients(field) {
    const given = field.value.split(/[\s,;]+/).filter(Boolean);
    const bad = given.filter((text) => !isRecipient(text));
    for (const text of given) {
      if (isRecipient(text) && !this.recipients.includes(text)) this.recipients.push(text);
    }
    field.value = bad.join(" ");
    say("recipient", bad.length ? `${list(bad.map(shortened))} isn’t a complete recipient: that begins with age1 and is long.` : "");
    this.#drawRecipients();
    field.focus();
  }

  #drawRecipients() {
    byId("recipients", HTMLElement).replaceChildren(...this.recipients.map((recipient) => {
      const row = cloned("recipient-row");
      within(row, "code", HTMLElement).textContent = shortened(recipient);
      const remove = within(row, "button", HTMLButtonElement);
      remove.setAttribute("aria-label", `Remove ${shortened(recipient)}`);
      remove.addEventListener("click", () => {
        this.recipients = this.recipients.filter((other) => other !== recipient);
        this.#drawRecipients();
        byId("recipient", HTMLElement).focus();
      });
      return row;
    }));
    this.#redraw();
  }
}

/** What is wrong with a field, beside it; "" for nothing. @param {string} field @param {string} words */
function say(field, words) {
  const place = byId(`${field}-wrong`, HTMLElement);
  place.textContent = words;
  place.hidden = !words;
  byId(field, HTMLElement).setAttribute("aria-invalid", String(Boolean(words)));
}

/** When a parcel kept for so many epochs ends. @param {Network} net @param {number} epochs */
export function endOf(net, epochs) {
  return net.epoch_start_ms + epochs * net.epoch_duration_ms;
}

/** Looks like one; the engine checks it to the last character. @param {string} text */
export function isRecipient(text) {
  return /^age1[02-9ac-hj-np-z]{58}$/.test(text) || /^age1pq1[02-9ac-hj-np-z]{1000,}$/.test(text);
}

/** @param {string} text */
function shortened(text) {
  return text.length > 26 ? `${text.slice(0, 14)}…${text.slice(-6)}` : text;
}
