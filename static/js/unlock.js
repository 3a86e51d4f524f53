// @ts-check
// The form that asks for a link's passphrase.

import { byId } from "./dom.js";

export class Unlock {
  form = byId("unlock", HTMLFormElement);
  #field = byId("passphrase", HTMLInputElement);
  #button = byId("unlock-go", HTMLButtonElement);
  #show = byId("passphrase-show", HTMLElement);

  /** @param {(passphrase: string) => void} given what to do with what was typed */
  constructor(given) {
    this.form.addEventListener("submit", () => {
      this.#busy(true);
      given(this.#field.value);
    });
    this.#show.addEventListener("click", () => {
      const show = this.#field.type === "password";
      this.#field.type = show ? "text" : "password";
      this.#show.textContent = show ? "Hide" : "Show";
      this.#show.setAttribute("aria-pressed", String(show));
    });
  }

  clear() {
    this.#field.value = "";
  }

  /** The form is shown by now. */
  ask() {
    this.#busy(false);
    this.#field.focus();
  }

  /** What was typed is wrong, and is typed over. */
  again() {
    this.#field.select();
  }

  /** @param {boolean} busy */
  #busy(busy) {
    this.#button.disabled = busy;
    this.#button.textContent = busy ? "Checking…" : "Open";
  }
}
